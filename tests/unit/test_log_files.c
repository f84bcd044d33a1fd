// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_files.c - which files are of one log, and in what order they are read
 */
#include "log/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "log/files_order.h"

#define ROTATIONS 200

static char dir[] = "/tmp/test_log_files.XXXXXX";
static struct buf refused;

static int set_up(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	buf_done(&refused);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") < 0 || system(command) ? -1 : 0;
}

/* Every test begins with an empty directory. */
static int clean(void **state)
{
	(void)state;
	buf_reset(&refused);
	return system("rm -rf -- *");
}

static void write_file(const char *name, const char *text)
{
	gzFile gz = gzopen(name, strstr(name, ".gz") ? "w" : "wT");

	assert_non_null(gz);
	gzputs(gz, text);
	assert_int_equal(gzclose(gz), Z_OK);
}

/* A log file whose first record has this number (0: none), from this second. */
static void write_log(const char *name, unsigned int seq, unsigned int second)
{
	char text[256], log[32] = "";

	if (seq)
		snprintf(log, sizeof(log), ",\"log\":{\"seq\":%u}", seq);
	snprintf(text, sizeof(text),
		 "{\"@timestamp\":\"2026-11-22T18:40:%02u.000000000Z\",\"host\":{\"hostname\":"
		 "\"h\"},\"proctrace\":{\"schema\":1%s}}\n",
		 second, log);
	write_file(name, text);
}

static void note_refused(const char *name, int error, void *arg)
{
	assert_ptr_equal(arg, &refused);
	buf_printf(&refused, "%s: %s\n", name, log_files_reason(error));
}

/* The names, in order; separated by blanks on both sides. */
static void expect_order(const char *arguments, const char *expected)
{
	const char *paths[16];
	struct log_files *files;
	struct buf order = { 0 };
	char copy[256], *rest = copy;
	size_t len = 0;

	snprintf(copy, sizeof(copy), "%s", arguments);
	while ((paths[len] = strsep(&rest, " ")))
		len++;
	assert_int_equal(log_files_open(paths, len, note_refused, &refused, &files), 0);
	for (size_t i = 0; i < log_files_len(files); i++)
		buf_printf(&order, "%s%s", i ? " " : "", log_files_at(files, i)->path);
	buf_putc(&order, '\0');
	assert_string_equal(order.data, expected);
	buf_done(&order);
	log_files_free(files);
}

static void expect_refused(const char *expected)
{
	buf_putc(&refused, '\0');
	assert_string_equal(refused.data, expected);
}

static void by_sequence(void **state)
{
	(void)state;
	write_log("l.000001.gz", 1, 1);
	write_log("l.000002", 20, 2);
	write_log("l", 300, 3);
	expect_order("l l.000002 l.000001.gz", "l.000001.gz l.000002 l");
	expect_order("l.000002 l l.000001.gz", "l.000001.gz l.000002 l");
	/* Whatever they are called. */
	rename("l.000002", "l.000009");
	rename("l.000001.gz", "l.000010.gz");
	expect_order("l l.000009 l.000010.gz", "l.000010.gz l.000009 l");
	expect_refused("");
}

/* logrotate's numbers grow with age, and there was no sequence. */
static void by_time(void **state)
{
	(void)state;
	write_log("l.2.gz", 0, 1);
	write_log("l.1", 0, 2);
	write_log("l", 0, 3);
	expect_order("l l.1 l.2.gz", "l.2.gz l.1 l");
	/* Then came a version with one. */
	write_log("l", 1, 4);
	expect_order("l l.1 l.2.gz", "l.2.gz l.1 l");
}

/* A file whose beginning says nothing is where its number says. */
static void by_number(void **state)
{
	(void)state;
	write_log("l.000001", 1, 1);
	write_file("l.000002", "damaged\n");
	write_log("l.000003", 30, 3);
	write_log("l", 40, 4);
	expect_order("l l.000003 l.000002 l.000001", "l.000001 l.000002 l.000003 l");
	write_file("l.000002", "damaged\n{\"proctrace\":{\"log\":{\"seq\":50}}}\n");
	expect_order("l l.000003 l.000002 l.000001", "l.000001 l.000003 l l.000002");
}

static void several_logs(void **state)
{
	(void)state;
	write_log("b.000001", 1, 1);
	write_log("b", 10, 2);
	write_log("a.000001", 5, 1);
	write_log("a", 15, 2);
	expect_order("b a a.000001 b.000001", "b.000001 b a.000001 a");
	expect_order("a b a.000001 b.000001", "a.000001 a b.000001 b");
}

/* An archive goes on where the log is; another host's log of that name does not. */
static void several_directories(void **state)
{
	(void)state;
	assert_int_equal(mkdir("old", 0700), 0);
	write_log("old/l.000001", 1, 1);
	write_log("old/l.000002", 10, 2);
	write_log("l.000003", 20, 3);
	write_log("l", 30, 4);
	expect_order("l l.000003 old/l.000002 old/l.000001",
		     "old/l.000001 old/l.000002 l.000003 l");
	write_log("l.000003", 2, 1);
	expect_order("l l.000003 old/l.000002 old/l.000001",
		     "l.000003 l old/l.000001 old/l.000002");
}

static void twice(void **state)
{
	(void)state;
	write_log("l.000001", 1, 1);
	write_log("l", 10, 2);
	assert_int_equal(link("l", "link"), 0);
	expect_order("l link ./l l.000001", "l.000001 l");
	/* Killed while it compressed. */
	write_log("l.000001.gz", 1, 1);
	expect_order("l l.000001.gz l.000001", "l.000001 l");
	assert_int_equal(truncate("l.000001.gz", 8), 0);
	expect_order("l l.000001.gz l.000001", "l.000001 l");
	/* Another one's. */
	write_log("l.000001.gz", 5, 1);
	expect_order("l l.000001.gz l.000001", "l.000001 l.000001.gz l");
}

static void directory(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(mkdir("d/below", 0700), 0);
	write_log("d/l.000001.gz", 1, 1);
	write_log("d/l", 20, 3);
	write_file("d/l.000002", "damaged\n");
	write_log("d/k", 1, 1);
	write_log("d/.hidden", 1, 1);
	write_file("d/notes\n", "of somebody\n");
	write_file("d/new", "");
	assert_int_equal(symlink("l", "d/link"), 0);
	assert_int_equal(mkfifo("d/fifo", 0600), 0);
	expect_order("d", "d/k d/l.000001.gz d/l.000002 d/l d/new");
	expect_refused("d/notes\\n: it does not begin as a log of proctrace\n");
}

/*
 * A file that is to be the log is made under the name of the next closed one. Who found it so
 * would read it before the log, which it follows, and once more when it has the log's name.
 */
static void about_to_be_the_log(void **state)
{
	struct log_files *files;
	char path[PATH_MAX];

	(void)state;
	write_log("l.000001", 1, 1);
	write_log("l", 20, 2);
	write_file("l.000002", "");
	expect_order(".", "./l.000001 ./l");
	snprintf(path, sizeof(path), "%s/l", dir);
	assert_int_equal(log_files_of(path, &files), 0);
	assert_int_equal(log_files_len(files), 2);
	log_files_free(files);
	/* A new log is empty, too, and is one. */
	write_file("l", "");
	expect_order(".", "./l.000001 ./l");
	expect_refused("");
}

static void rotate(void)
{
	char name[16];

	for (unsigned int n = 2; n < ROTATIONS; n++) {
		snprintf(name, sizeof(name), "l.%06u", n - 1);
		write_file(name, "");
		usleep(500);
		renameat2(AT_FDCWD, "l", AT_FDCWD, name, RENAME_EXCHANGE);
		write_log("l", n, n % 60);
		usleep(500);
	}
	_exit(0);
}

/* All from the first on, each once; the newest may have nothing in it yet. */
static bool is_complete(const struct log_files *files)
{
	size_t len = log_files_len(files);

	for (size_t i = 0; i < len; i++) {
		const struct log_file *file = log_files_at(files, i);

		if (file->has_seq ? file->seq != i + 1 : i + 1 != len)
			return false;
	}
	return true;
}

/* Who sees a rotation half done would have one file twice, and another not. */
static void while_rotated(void **state)
{
	unsigned int found = 0, incomplete = 0, errors = 0;
	pid_t pid;

	(void)state;
	write_log("l", 1, 1);
	pid = fork();
	if (pid == 0)
		rotate();
	assert_true(pid > 0);
	for (bool of_one = true; waitpid(pid, NULL, WNOHANG) == 0; of_one = !of_one) {
		struct log_files *files = NULL;
		int r = of_one ? log_files_of("l", &files) :
				 log_files_open((const char *[]){ "." }, 1, note_refused, &refused,
						&files);

		errors += r < 0 && r != -EAGAIN;
		/* A directory's are given, and it is said, even if that may not be all. */
		incomplete += r == 0 && refused.len == 0 && !is_complete(files);
		found += r == 0 && refused.len == 0;
		buf_reset(&refused);
		log_files_free(files);
	}
	assert_int_equal(errors, 0); /* only now: else the next test's directory were rotated */
	assert_int_equal(incomplete, 0);
	print_message("found at rest %u times\n", found);
}

static void refusals(void **state)
{
	(void)state;
	write_log("l", 1, 1);
	expect_order("nothing l", "l");
	expect_refused("nothing: No such file or directory\n");
}

/* Those of a log, found from one of them. */
static void of_a_log(void **state)
{
	struct log_files *files;

	(void)state;
	write_log("l.000001.gz", 1, 1);
	write_log("l.000002", 10, 2);
	write_log("l", 20, 3);
	write_log("l2", 1, 1);
	assert_int_equal(log_files_of("l", &files), 0);
	assert_int_equal(log_files_len(files), 3);
	assert_string_equal(log_files_at(files, 0)->path, "l.000001.gz");
	assert_int_equal(log_files_at(files, 2)->seq, 20);
	log_files_free(files);
	assert_int_equal(log_files_of("none/l", &files), -ENOENT);
}

/* More files than descriptors, as far as the hard limit goes. */
static void many(void **state)
{
	struct rlimit old, low = { .rlim_cur = 32, .rlim_max = 0 };
	struct log_files *files;
	const char *paths[] = { "." };

	(void)state;
	for (unsigned int i = 1; i <= 100; i++) {
		char name[32];

		snprintf(name, sizeof(name), "l.%06u", i);
		write_log(name, i, i % 60);
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(log_files_open(paths, 1, note_refused, &refused, &files), 0);
	assert_int_equal(log_files_len(files), 100);
	log_files_free(files);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void names(void **state)
{
	static const struct {
		const char *path, *directory, *stem;
		uint64_t number;
		bool compressed;
	} rows[] = {
		{ "l", "", "l", NUMBER_CURRENT, false },
		{ "/a/b.log.000012.gz", "/a/", "b.log", 12, true },
		{ "l.1", "", "l", 1, false },
		{ "l-20261129.gz", "", "l", 20261129, true },
		{ "l.gz", "", "l", NUMBER_CURRENT, true },
		{ ".gz", "", ".gz", NUMBER_CURRENT, false },
		{ ".1", "", ".1", NUMBER_CURRENT, false },
		{ "12", "", "12", NUMBER_CURRENT, false },
		{ "l.x1", "", "l.x1", NUMBER_CURRENT, false },
		{ "l.99999999999999999999", "", "l.99999999999999999999", NUMBER_CURRENT, false },
		{ "", "", "", NUMBER_CURRENT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_files_item item = { .file.path = rows[i].path };

		files_name(&item);
		assert_true(str_eq(item.directory, str_of(rows[i].directory)));
		assert_true(str_eq(item.stem, str_of(rows[i].stem)));
		assert_int_equal(item.number, rows[i].number);
		assert_int_equal(item.compressed, rows[i].compressed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(by_sequence, clean),
		cmocka_unit_test_setup(by_time, clean),
		cmocka_unit_test_setup(by_number, clean),
		cmocka_unit_test_setup(several_logs, clean),
		cmocka_unit_test_setup(several_directories, clean),
		cmocka_unit_test_setup(twice, clean),
		cmocka_unit_test_setup(directory, clean),
		cmocka_unit_test_setup(about_to_be_the_log, clean),
		cmocka_unit_test_setup(while_rotated, clean),
		cmocka_unit_test_setup(refusals, clean),
		cmocka_unit_test_setup(of_a_log, clean),
		cmocka_unit_test_setup(many, clean),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
