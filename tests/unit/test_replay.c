// SPDX-License-Identifier: Apache-2.0
/*
 * test_replay.c - proctrace replay: files, damaged lines, exit statuses
 */
#include "cli/commands.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define TEXT_MAX   8192
#define ARGS_MAX   16
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

#define LINE(seconds, pid, kind)                                                      \
	"{\"@timestamp\":\"2026-11-22T18:40:0" seconds                                \
	".000000000Z\",\"event\":{\"action\":\"" kind "\"},\"process\":{\"pid\":" pid \
	"},\"proctrace\":{}}\n"

/* A container whose name comes with the second line, and stays known. */
#define ID "da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"
#define CONTAINED(seconds, pid, container)                                             \
	"{\"@timestamp\":\"2026-11-22T18:40:0" seconds                                 \
	".000000000Z\",\"event\":{\"action\":\"exec\"},\"process\":{\"pid\":" pid      \
	"},\"container\":{\"id\":\"" ID "\"" container "},\"proctrace\":{\"source\":{" \
	"\"container\":\"runtime\"}}}\n"
#define UNNAMED(seconds, pid) CONTAINED(seconds, pid, "")
#define NAMED(seconds, pid)   CONTAINED(seconds, pid, ",\"name\":\"web\"")

static char dir[] = "/tmp/test_replay.XXXXXX";

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void write_gz(const char *name, const char *text)
{
	gzFile gz = gzopen(name, "w");

	assert_non_null(gz);
	gzputs(gz, text);
	assert_int_equal(gzclose(gz), Z_OK);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	write_file("a", LINE("1", "11", "exec") LINE("2", "12", "fork") LINE("3", "13", "unshare"));
	write_file("b", LINE("4", "14", "exec"));
	write_file("damaged", LINE("1", "11", "exec") "\n{\n\"\n" LINE("3", "13", "unshare"));
	write_file("cut", LINE("1", "11", "exec") "{\"@timestamp\":");
	write_file("none", "#!/bin/sh\nexit 0\n");
	write_file("empty", "");
	write_file("late", UNNAMED("1", "11") NAMED("2", "12"));
	write_file("early", UNNAMED("1", "10"));
	if (mkdir("logs", 0700) < 0)
		return -1;
	write_file("logs/l", LINE("5", "11", "exec") LINE("6", "13", "exec"));
	write_file("logs/l.000001", LINE("4", "14", "exec"));
	write_file("logs/other", "nothing of ours\n");
	write_gz("packed.gz", LINE("1", "11", "exec") LINE("3", "13", "exec"));
	return mkfifo("pipe", 0600);
}

static int tear_down(void **state)
{
	static const char *const names[] = {
		"a",	 "b",	      "damaged", "cut",		  "none",
		"empty", "out",	      "err",	 "late",	  "early",
		"pipe",	 "packed.gz", "logs/l",	 "logs/l.000001", "logs/other"
	};

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++)
		unlink(names[i]);
	rmdir("logs");
	return chdir("/") < 0 || rmdir(dir) < 0 ? -1 : 0;
}

static void read_file(const char *name, char ret_text[TEXT_MAX])
{
	FILE *file = fopen(name, "r");
	size_t len = file ? fread(ret_text, 1, TEXT_MAX - 1, file) : 0;

	ret_text[len] = '\0';
	if (file)
		fclose(file);
}

static int redirect(const char *path, int fd)
{
	int saved = dup(fd), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(saved >= 0 && to >= 0);
	dup2(to, fd);
	close(to);
	return saved;
}

static void restore(int saved, int fd)
{
	dup2(saved, fd);
	close(saved);
}

/* Runs a command line, split at single spaces; returns its status. */
static int run(const char *line, const char *out_path)
{
	char words[256], *argv[ARGS_MAX + 1], *save = NULL;
	int argc = 0, status, out, err;
	struct options options;

	snprintf(words, sizeof(words), "proctrace replay %s", line);
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		assert_true(argc < ARGS_MAX);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	out = redirect(out_path, STDOUT_FILENO);
	err = redirect("err", STDERR_FILENO);
	status = options_parse(argc, argv, &options) ? options.exit_status : cmd_replay(&options);
	options_done(&options);
	restore(out, STDOUT_FILENO);
	restore(err, STDERR_FILENO);
	return status;
}

static void test_files(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *pids;    /* what --columns pid prints, with spaces for newlines */
		const char *message; /* NULL: nothing is said */
	} rows[] = {
		{ "a", 0, "11 13 ", NULL },
		{ "-e all a", 0, "11 12 13 ", NULL },
		{ "b a", 0, "14 11 13 ", NULL },
		{ "a a", 0, "11 13 ", NULL },
		{ "--since 2026-11-22T18:40:03Z a b", 0, "13 14 ", NULL },
		{ "--until 2026-11-22T18:40:03Z a b", 0, "11 13 ", NULL },
		{ "--since 2026-11-22T18:40:03Z --until 2026-11-22T18:40:03Z -e all a b", 0, "13 ",
		  NULL },
		{ "-p 13 a", 0, "13 ", NULL },
		{ "--count 1 a b", 0, "11 ", NULL },
		{ "empty", 0, "", NULL },
		{ "damaged", 0, "11 13 ",
		  "damaged: 2 damaged lines left out, the first is line 3" },
		{ "cut", 0, "11 ", "cut: 1 damaged line left out, the first is line 2" },
		{ "none", 1, "", "none: no line of it is an event" },
		{ "none a", 1, "11 13 ", "none: no line of it is an event" },
		{ "missing a", 1, "11 13 ", "cannot open 'missing': No such file" },
		{ "logs", 0, "14 11 13 ", "'logs/other': it does not begin as a log" },
		{ "logs/l logs/l.000001", 0, "14 11 13 ", NULL },
		{ "a -o a", 2, "", "'a' is the log to be replayed" },
		{ "a -o missing/x", 1, "", "cannot open 'missing/x'" },
		{ "-c web late", 0, "12 ", NULL },
		{ "-c web --join late", 0, "11 12 ", NULL },
		{ "-c web --join early late", 0, "10 11 12 ", NULL },
		{ "-c web --join late early", 0, "11 12 10 ", NULL },
		{ "-c web --join --count 1 early late", 0, "10 ", NULL },
		{ "--join damaged", 0, "11 13 ",
		  "damaged: 2 damaged lines left out, the first is line 3" },
		{ "--join missing a", 1, "11 13 ", "cannot open 'missing': No such file" },
		{ "--join logs", 0, "14 11 13 ", "'logs/other': it does not begin as a log" },
		{ "--join none", 1, "", "none: no line of it is an event" },
		{ "--join a a", 0, "11 13 ", NULL },
		{ "--join --follow a", 2, "", "use one of them" },
		{ "--follow --count 2 a", 0, "11 13 ", NULL },
		{ "--follow packed.gz", 1, "11 13 ", "it is no plain file" },
		{ "--since nonsense a", 2, "", "--since: 'nonsense' is no moment" },
		{ "--existing a", 2, "", "unknown option '--existing'" },
	};

	char log[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char line[256], out[TEXT_MAX], err[TEXT_MAX];
		int status;

		snprintf(line, sizeof(line), "--no-header --columns pid %s", rows[i].line);
		status = run(line, "out");
		read_file("out", out);
		read_file("err", err);
		for (char *c = out; *c; c++)
			*c = *c == '\n' ? ' ' : *c;
		if (status != rows[i].status || strcmp(out, rows[i].pids) ||
		    !(rows[i].message ? strstr(err, rows[i].message) != NULL : !*err))
			fail_msg("'%s' ends with %d, '%s', '%s'", rows[i].line, status, out, err);
	}
	/* The log that should have been written over is still there. */
	read_file("a", log);
	assert_int_equal(log[0], '{');
}

static void test_full_disk(void **state)
{
	char err[TEXT_MAX];

	(void)state;
	assert_int_equal(run("a", "/dev/full"), 1);
	read_file("err", err);
	assert_non_null(strstr(err, "No space left on device"));
}

/* "proctrace replay a | head": nobody reads any more, which is no error. */
static void test_closed_pipe(void **state)
{
	char *argv[] = { "proctrace", "replay", "a", NULL };
	struct options options;
	char err[TEXT_MAX];
	int fds[2], out, saved, status;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(options_parse(3, argv, &options), 0);
	saved = redirect("err", STDERR_FILENO);
	out = dup(STDOUT_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	status = cmd_replay(&options);
	restore(out, STDOUT_FILENO);
	restore(saved, STDERR_FILENO);
	options_done(&options);
	assert_int_equal(status, 0);
	read_file("err", err);
	assert_string_equal(err, "");
}

static void test_standard_input(void **state)
{
	int saved = dup(STDIN_FILENO), file = open("b", O_RDONLY);
	char out[TEXT_MAX];

	(void)state;
	dup2(file, STDIN_FILENO);
	close(file);
	assert_int_equal(run("--no-header --columns pid a -", "out"), 0);
	restore(saved, STDIN_FILENO);
	read_file("out", out);
	assert_string_equal(out, "11\n13\n14\n");
}

/* What can be read only once is kept; a file is not, and is read from where it stands. */
static void test_join_standard_input(void **state)
{
	static const char *const directories[] = { NULL, "", ".", "missing" };
	char out[TEXT_MAX], err[TEXT_MAX];
	int saved = dup(STDIN_FILENO);

	(void)state;
	for (size_t i = 0; i < ROWS(directories); i++) {
		bool works = !directories[i] || strcmp(directories[i], "missing") != 0;
		int fds[2], file = open("late", O_RDONLY);

		if (directories[i])
			setenv("TMPDIR", directories[i], 1);
		else
			unsetenv("TMPDIR");
		assert_int_equal(pipe(fds), 0);
		assert_true(write(fds[1], UNNAMED("1", "11") NAMED("2", "12"),
				  sizeof(UNNAMED("1", "11") NAMED("2", "12")) - 1) > 0);
		close(fds[1]);
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		assert_int_equal(run("-c web --no-header --columns pid --join - early", "out"),
				 works ? 0 : 1);
		read_file("out", out);
		read_file("err", err);
		assert_string_equal(out, works ? "11\n12\n10\n" : "");
		if (works)
			assert_string_equal(err, "");
		else
			assert_non_null(strstr(err, "cannot keep a copy of standard input in "
						    "missing: No such file"));
		clearerr(stdin);
		dup2(file, STDIN_FILENO);
		close(file);
		assert_true(lseek(STDIN_FILENO, sizeof(UNNAMED("1", "11")) - 1, SEEK_SET) > 0);
		assert_int_equal(run("-c web --no-header --columns pid --join - early -", "out"),
				 0);
		read_file("out", out);
		assert_string_equal(out, "12\n10\n");
	}
	unsetenv("TMPDIR");
	restore(saved, STDIN_FILENO);
	clearerr(stdin);
}

/* A FIFO by its name: a process substitution of the shell. */
static void test_join_pipe(void **state)
{
	char out[TEXT_MAX];
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		int fd = open("pipe", O_WRONLY);

		_exit(write(fd, UNNAMED("1", "11") NAMED("2", "12"),
			    sizeof(UNNAMED("1", "11") NAMED("2", "12")) - 1) < 0);
	}
	assert_true(child > 0);
	assert_int_equal(run("-c web --no-header --columns pid --join pipe", "out"), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	read_file("out", out);
	assert_string_equal(out, "11\n12\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_join_standard_input),
		cmocka_unit_test(test_join_pipe),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
