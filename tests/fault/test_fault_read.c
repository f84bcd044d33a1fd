// SPDX-License-Identifier: Apache-2.0
/*
 * test_fault_read - ps, inspect, replay, report, verify and keygen, each call failing once
 *
 * A failure that does not show in the exit status must not show in what is printed either.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/host_tree.h"
#include "cli/commands.h"
#include "log/sealfile.h"
#include "sweep.h"

struct read_case {
	int (*command)(struct options *options);
	const char *const *argv;
	bool has_times; /* of its own: no two outputs are the same */
};

static int run(void *arg)
{
	const struct read_case *c = arg;

	return sweep_command(c->command, c->argv);
}

static size_t count_lines(struct str text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.p[i] == '\n';
	return lines;
}

/* Facts may be missing, which then shows; but no process, and nothing without a failure. */
static void check_listed(const struct outcome *got, const struct outcome *good, void *arg)
{
	const struct read_case *c = arg;
	bool is_failure = got->fault != FAULT_WAIT && got->fault != FAULT_SHORT_READ &&
			  got->fault != FAULT_SHORT_WRITE && got->failed;

	if (is_failure && got->status != good->status)
		return;
	if (!is_failure && !c->has_times)
		sweep_check_whole(got, good, arg);
	if (got->status != good->status || got->out.len == 0)
		sweep_complain(got, "nothing is printed");
	if (c->command == cmd_ps && count_lines(got->out) != count_lines(good->out))
		sweep_complain(got, "a process is missing, and the exit status does not tell");
}

static void sweep_facts(struct read_case c)
{
	sweep_run(&(struct sweep){ .run = run, .check = check_listed, .arg = &c });
}

static void sweep_read(int (*command)(struct options *options), const char *const *argv)
{
	sweep_run(&(struct sweep){
		.run = run,
		.check = sweep_check_whole,
		.arg = &(struct read_case){ .command = command, .argv = argv },
	});
}

static void replay_text(void **state)
{
	(void)state;
	sweep_read(cmd_replay,
		   ARGV("replay", "-e", "all", "--color", "never", "tests/golden/rotated"));
}

/* What cannot be decided is shown: here it would be in any case. */
static void replay_searched(void **state)
{
	(void)state;
	sweep_read(cmd_replay,
		   ARGV("replay", "-l", "no such|^.", "-l", "x{2}", "tests/golden/rotated"));
}

static void replay_json_joined(void **state)
{
	(void)state;
	sweep_read(cmd_replay, ARGV("replay", "-f", "json", "--join", "-c", "web",
				    "tests/golden/joined.jsonl"));
}

/* What comes through a pipe is kept, to be read twice. */
static void fill_pipe(void *arg)
{
	static char log[4096]; /* every pipe holds as much */
	int fd = open("tests/golden/joined.jsonl", O_RDONLY | O_CLOEXEC), ends[2];
	ssize_t len = read(fd, log, sizeof(log));

	const char *end = memrchr(log, '\n', sizeof(log));

	(void)arg;
	assert_int_equal(len, sizeof(log));
	assert_non_null(end);
	len = end + 1 - log;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], log, (size_t)len), len);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

static void replay_piped(void **state)
{
	(void)state;
	sweep_run(&(struct sweep){
		.run = run,
		.before = fill_pipe,
		.check = sweep_check_whole,
		.arg = &(struct read_case){ .command = cmd_replay,
					    .argv = ARGV("replay", "-f", "json", "--join", "-") },
	});
}

static void report(void **state)
{
	(void)state;
	sweep_read(cmd_report, ARGV("report", "tests/golden/rotated"));
}

static void verify(void **state)
{
	(void)state;
	sweep_read(cmd_verify, ARGV("verify", "tests/golden/rotated"));
}

/* ---- keys */

struct key_files {
	struct host_tree tree;
	const char *path;
};

static void remove_key(void *arg)
{
	const struct key_files *k = arg;

	unlink(k->path);
}

static int make_keys(void *arg)
{
	const struct key_files *k = arg;

	return sweep_command(cmd_keygen, ARGV("keygen", "-o", k->path));
}

/* Either both keys are there, and belong together, or none is. */
static void check_keys(const struct outcome *got, const struct outcome *good, void *arg)
{
	const struct key_files *k = arg;
	struct verifykey verify = { 0 };
	struct sealfile file = { 0 };
	struct sealkey first = { 0 };
	struct why why;
	bool is_there = access(k->path, F_OK) == 0;

	if (got->status != good->status) {
		if (is_there)
			sweep_complain(got, "a key is left that nobody can verify with");
		return;
	}
	if (verifykey_parse(got->out, &verify))
		sealkey_first(&verify, &first);
	if (!is_there || sealfile_read(k->path, &file, &why) < 0 ||
	    memcmp(&first, &file.key, sizeof(first)) != 0)
		sweep_complain(got, "the keys do not belong together");
}

static void keygen(void **state)
{
	struct key_files k = { 0 };

	(void)state;
	host_tree_init(&k.tree);
	k.path = host_tree_path(&k.tree, "/key");
	sweep_run(&(struct sweep){ .run = make_keys,
				   .before = remove_key,
				   .check = check_keys,
				   .arg = &k });
	host_tree_done(&k.tree);
}

/* ---- processes */

#define HOST "tests/fixtures/inspect/v2"
#define OPEN "tests/fixtures/opened"

#define ROOTS(host) "--host-root", host, "--proc-root", host "/proc"

static void ps_text(void **state)
{
	(void)state;
	sweep_facts((struct read_case){
		.command = cmd_ps,
		.argv = ARGV("ps", "--color", "never", "--tree", ROOTS(HOST), "--columns",
			     "container,pid,user,state,rss,image,what"),
	});
}

static void ps_json(void **state)
{
	(void)state;
	sweep_facts((struct read_case){
		.command = cmd_ps,
		.argv = ARGV("ps", "-f", "json", "--sort", "name", ROOTS(HOST)),
		.has_times = true,
	});
}

static void inspect_text(void **state)
{
	(void)state;
	sweep_facts((struct read_case){
		.command = cmd_inspect,
		.argv = ARGV("inspect", "--color", "never", ROOTS(HOST), "4185"),
	});
}

static void inspect_json(void **state)
{
	(void)state;
	sweep_facts((struct read_case){
		.command = cmd_inspect,
		.argv = ARGV("inspect", "-f", "json", "--env", "*", ROOTS(OPEN), "700"),
	});
}

static void inspect_difference(void **state)
{
	(void)state;
	sweep_facts((struct read_case){
		.command = cmd_inspect,
		.argv = ARGV("inspect", "--color", "never", ROOTS(HOST), "--diff", "4185", "5000"),
	});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_text),
		cmocka_unit_test(replay_searched),
		cmocka_unit_test(replay_json_joined),
		cmocka_unit_test(replay_piped),
		cmocka_unit_test(report),
		cmocka_unit_test(verify),
		cmocka_unit_test(keygen),
		cmocka_unit_test(ps_text),
		cmocka_unit_test(ps_json),
		cmocka_unit_test(inspect_text),
		cmocka_unit_test(inspect_json),
		cmocka_unit_test(inspect_difference),
	};

	cmocka_set_test_filter(getenv("FAULT_TEST"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
