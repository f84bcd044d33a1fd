// SPDX-License-Identifier: Apache-2.0
/*
 * test_fault_read - ps, inspect, replay, report, verify and keygen, each call failing once
 *
 * A failure that does not show in the exit status must not show in what is printed either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/host_tree.h"
#include "cli/commands.h"
#include "sweep.h"

struct read_case {
	int (*command)(struct options *options);
	const char *const *argv;
};

#define ARGV(...) ((const char *const[]){ "proctrace", __VA_ARGS__, NULL })

static int run(void *arg)
{
	const struct read_case *c = arg;

	return sweep_command(c->command, c->argv);
}

/* Nothing that is printed with success is less than all. */
static void check_whole(const struct outcome *got, const struct outcome *good, void *arg)
{
	(void)arg;
	if (got->status == good->status && !str_eq(got->out, good->out))
		sweep_complain(got, "the output is another one, and the exit status is not");
}

static void sweep_read(int (*command)(struct options *options), const char *const *argv)
{
	struct read_case c = { .command = command, .argv = argv };

	sweep_run(&(struct sweep){ .run = run, .check = check_whole, .arg = &c });
}

static void replay_text(void **state)
{
	(void)state;
	sweep_read(cmd_replay,
		   ARGV("replay", "-e", "all", "--color", "never", "tests/golden/rotated"));
}

static void replay_json_joined(void **state)
{
	(void)state;
	sweep_read(cmd_replay, ARGV("replay", "-f", "json", "--join", "-c", "web",
				    "tests/golden/joined.jsonl"));
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

#define HOST "tests/fixtures/inspect/v2"
#define OPEN "tests/fixtures/opened"

static void ps_text(void **state)
{
	(void)state;
	sweep_read(cmd_ps,
		   ARGV("ps", "--color", "never", "--host-root", HOST, "--proc-root", HOST "/proc",
			"--columns", "container,pid,user,state,rss,image,what", "--tree"));
}

static void ps_json(void **state)
{
	(void)state;
	sweep_read(cmd_ps, ARGV("ps", "-f", "json", "--host-root", HOST, "--proc-root",
				HOST "/proc", "--sort", "name"));
}

static void inspect_text(void **state)
{
	(void)state;
	sweep_read(cmd_inspect, ARGV("inspect", "--color", "never", "--host-root", HOST,
				     "--proc-root", HOST "/proc", "4185"));
}

static void inspect_json(void **state)
{
	(void)state;
	sweep_read(cmd_inspect, ARGV("inspect", "-f", "json", "--host-root", OPEN, "--proc-root",
				     OPEN "/proc", "--env", "*", "700"));
}

static void inspect_difference(void **state)
{
	(void)state;
	sweep_read(cmd_inspect, ARGV("inspect", "--color", "never", "--host-root", HOST,
				     "--proc-root", HOST "/proc", "--diff", "4185", "5000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_text),
		cmocka_unit_test(replay_json_joined),
		cmocka_unit_test(report),
		cmocka_unit_test(verify),
		cmocka_unit_test(ps_text),
		cmocka_unit_test(ps_json),
		cmocka_unit_test(inspect_text),
		cmocka_unit_test(inspect_json),
		cmocka_unit_test(inspect_difference),
	};

	cmocka_set_test_filter(getenv("FAULT_TEST"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
