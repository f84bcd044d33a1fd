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
	bool has_times; /* of its own: no two outputs are the same */
};

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
		check_whole(got, good, arg);
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
		.check = check_whole,
		.arg = &(struct read_case){ .command = command, .argv = argv },
	});
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
