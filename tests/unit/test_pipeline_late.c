// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_late.c - which difference of namespaces is a change that nobody told
 */
#include "pipeline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "records.h"

#define PID 4000000000u /* nobody's: /proc is not asked about a real process */

struct seen {
	unsigned int late, cgroups;
	char name[PTC_COMM_LEN];
};

static void take(const struct event *event, bool shown, void *arg)
{
	struct seen *seen = arg;

	(void)shown;
	if (event->late) {
		seen->late++;
		snprintf(seen->name, sizeof(seen->name), "%.*s", (int)event->proc.name.len,
			 event->proc.name.p);
	}
	seen->cgroups += event->kind == EVENT_CGROUP;
}

static struct made *record(unsigned int type, uint64_t time_ns, uint32_t uts, const char *comm)
{
	struct made *m = calloc(1, sizeof(*m));
	struct ptc_task *task = &m->seed.task;

	assert_non_null(m);
	m->hdr = (struct ptc_hdr){ .time_ns = time_ns,
				   .size = made_fixed_size(type),
				   .type = (uint16_t)type,
				   .version = PTC_WIRE_VERSION };
	task->pid = task->tid = PID;
	task->start_ns = 1;
	task->vpids_len = 1;
	task->threads = 1;
	for (int i = 0; i < PTC_NS_COUNT; i++)
		task->ns[i] = 100 + (uint32_t)i;
	task->ns[PTC_NS_UTS] = uts;
	made_comm(task, comm);
	if (type == PTC_EXEC)
		m->exec.old_tid = PID;
	return m;
}

static void put(struct pipeline *p, struct made *m)
{
	pipeline_record(p, m, m->hdr.size, true);
	free(m);
}

struct late_test {
	struct seen seen; /* first: what take() gets */
	void (*run)(struct pipeline *p, struct seen *seen);
};

static void run_seeded(struct pipeline *p, void *arg)
{
	struct late_test *test = arg;
	/* Asked at 1000; by then it is in the namespace 900. */
	struct made *m = record(PTC_TASK, 1000, 900, "before");

	pipeline_seed(p, &m->seed);
	free(m);
	test->run(p, &test->seen);
}

static void with_pipeline(void (*run)(struct pipeline *p, struct seen *seen))
{
	struct late_test test = { .run = run };

	rig_run(take, run_seeded, &test);
}

static void told_with_old_name(struct pipeline *p, struct seen *seen)
{
	put(p, record(PTC_EXEC, 1001, 901, "after"));
	assert_int_equal(seen->late, 1);
	assert_string_equal(seen->name, "before");
	put(p, record(PTC_EXEC, 1002, 901, "after"));
	assert_int_equal(seen->late, 1);
}

static void not_older_than_seed(struct pipeline *p, struct seen *seen)
{
	put(p, record(PTC_EXEC, 999, 899, "after"));
	assert_int_equal(seen->late, 0);
}

static void not_by_exec_of_thread(struct pipeline *p, struct seen *seen)
{
	struct made *m = record(PTC_EXEC, 1001, 901, "after");

	m->exec.old_tid = PID + 1;
	put(p, m);
	assert_int_equal(seen->late, 0);
	/* The thread's are the process's from now on. */
	put(p, record(PTC_EXEC, 1002, 901, "after"));
	assert_int_equal(seen->late, 0);
}

static void not_by_move_of_thread(struct pipeline *p, struct seen *seen)
{
	struct made *m = record(PTC_CGROUP_ATTACH, 1001, 900, "before");

	m->attach.task.tid = PID + 1;
	put(p, m);
	assert_int_equal(seen->cgroups, 0);
	put(p, record(PTC_CGROUP_ATTACH, 1001, 900, "before"));
	assert_int_equal(seen->cgroups, 1);
}

static void test_late(void **state)
{
	(void)state;
	with_pipeline(told_with_old_name);
	with_pipeline(not_older_than_seed);
	with_pipeline(not_by_exec_of_thread);
	with_pipeline(not_by_move_of_thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
