// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_exit - one exit per process, however often the kernel side fires
 */
#include "pipeline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records.h"

#define PID 4000000000u /* nobody's */

struct seen {
	unsigned int exits;
	uint32_t code;
	uint64_t start_ns;
};

static void take(const struct event *event, bool shown, void *arg)
{
	struct seen *seen = arg;

	(void)shown;
	if (event->kind != EVENT_EXIT)
		return;
	seen->exits++;
	seen->code = event->exit.code;
	seen->start_ns = event->proc.start_ns;
}

/* A last thread's exit; of a group that dies at once, several threads may be the last. */
static void put_exit(struct pipeline *p, uint32_t tid, uint64_t start_ns, uint32_t code)
{
	struct made m;

	made_init(&m, PTC_EXIT);
	m.exit.task.pid = PID;
	m.exit.task.tid = tid;
	m.exit.task.start_ns = start_ns;
	m.exit.exit_code = code;
	pipeline_record(p, &m, m.hdr.size, true);
}

static void several_exits(struct pipeline *p, void *arg)
{
	const struct seen *seen = arg;
	struct pipeline_stats stats;

	put_exit(p, PID + 1, 1000000000, 3);
	put_exit(p, PID, 1000000000, 3);
	put_exit(p, PID + 2, 1000000000, 3);
	assert_int_equal(seen->exits, 1);
	assert_int_equal(seen->code, 3);
	pipeline_stats(p, &stats);
	assert_int_equal(stats.repeated_exits, 2);
	assert_int_equal(stats.events[EVENT_EXIT], 1);

	/* The same number again is another process. */
	put_exit(p, PID, 2000000000, 4);
	assert_int_equal(seen->exits, 2);
	assert_int_equal(seen->code, 4);
	assert_int_equal(seen->start_ns, 2000000000);
}

static void test_one_exit(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	rig_run(take, several_exits, &seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_exit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
