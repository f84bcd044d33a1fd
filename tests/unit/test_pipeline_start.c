// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_start.c - one start of each container, also of one that began while we did, and
 * what ran before
 */
#include "pipeline_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "records.h"

#define PID    4000000000u /* nobody's */
#define CGROUP 4000000001ull
#define NAME   "docker-00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee.scope"
#define EMPTY  "docker-11c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee.scope"

struct seen {
	uint64_t start_ns; /* of the container's process */
	unsigned int starts, stops, late_stops;
	uint64_t first_start_ns; /* time of the event */
};

static void take(const struct event *event, bool shown, void *arg)
{
	struct seen *seen = arg;

	(void)shown;
	if (event->kind == EVENT_CONTAINER_START && seen->starts++ == 0)
		seen->first_start_ns = event->time_ns;
	seen->stops += event->kind == EVENT_CONTAINER_STOP;
	seen->late_stops += event->kind == EVENT_CONTAINER_STOP && event->late;
}

static void put_cgroup(struct pipeline *p, unsigned int type, uint64_t id, uint64_t parent_id,
		       struct str name)
{
	struct made m;

	made_init(&m, type);
	m.cgroup.id = id;
	m.cgroup.parent_id = parent_id;
	made_slice(&m, &m.cgroup.name, name, 0);
	pipeline_record(p, &m, m.hdr.size, true);
}

static void put_task_in(struct pipeline *p, unsigned int type, uint64_t cgroup, uint64_t time_ns,
			uint64_t start_ns)
{
	struct made m;

	made_init(&m, type);
	m.hdr.time_ns = time_ns;
	m.seed.task.pid = m.seed.task.tid = PID;
	m.seed.task.start_ns = start_ns;
	m.seed.task.cgroup_v2 = cgroup;
	if (type == PTC_TASK)
		pipeline_seed(p, &m.seed);
	else
		pipeline_record(p, &m, m.hdr.size, true);
}

static void put_task(struct pipeline *p, unsigned int type, uint64_t time_ns, uint64_t start_ns)
{
	put_task_in(p, type, CGROUP, time_ns, start_ns);
}

static void live(struct pipeline *p, void *arg)
{
	const struct seen *seen = arg;

	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP - 1, 0, STR_LITERAL("/system.slice"));
	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP, CGROUP - 1, STR_LITERAL(NAME));
	put_task(p, PTC_TASK, 1000, seen->start_ns);
	pipeline_seed_procfs(p);
	put_task(p, PTC_EXIT, 1001, seen->start_ns);
	put_cgroup(p, PTC_CGROUP_RMDIR, CGROUP, CGROUP - 1, STR_LITERAL(NAME));
}

static void test_ran_before(void **state)
{
	struct seen seen = { .start_ns = RIG_ATTACHED_NS - 1 };

	(void)state;
	rig_run(take, live, &seen);
	assert_int_equal(seen.starts, 0);
	assert_int_equal(seen.stops, 1);
}

/* After the probes were attached, before the list of processes was asked for. */
static void test_began_since(void **state)
{
	struct seen seen = { .start_ns = RIG_ATTACHED_NS };

	(void)state;
	rig_run(take, live, &seen);
	assert_int_equal(seen.starts, 1);
	assert_int_equal(seen.first_start_ns, 1001);
	assert_int_equal(seen.stops, 1);
}

/* No such cgroup is there: as if the record of its removal had been lost. */
static void live_and_vanish(struct pipeline *p, void *arg)
{
	const struct seen *seen = arg;

	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP - 1, 0, STR_LITERAL("/system.slice"));
	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP, CGROUP - 1, STR_LITERAL(NAME));
	put_task(p, PTC_FORK, 1000, 999);
	assert_int_equal(seen->starts, 1);
	assert_int_equal(seen->stops, 0);
	pipeline_tick(p, false); /* its record may still wait in the ring */
	assert_int_equal(seen->stops, 0);
	pipeline_tick(p, true);
	assert_int_equal(seen->late_stops, 1);
	/* If it comes after all, it is no second end. */
	put_cgroup(p, PTC_CGROUP_RMDIR, CGROUP, CGROUP - 1, STR_LITERAL(NAME));
	assert_int_equal(seen->stops, 1);
}

static void test_lost_removal(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	rig_run(take, live_and_vanish, &seen);
}

struct told {
	pid_t here, ended, late;
	unsigned int here_times, ended_times, late_times, in_this_part;
};

static void take_existing(const struct event *event, bool shown, void *arg)
{
	struct told *told = arg;

	(void)shown;
	if (event->kind != EVENT_PROCESS)
		return;
	told->in_this_part++;
	told->here_times += event->proc.pid == (uint32_t)told->here;
	told->ended_times += event->proc.pid == (uint32_t)told->ended;
	told->late_times += event->proc.pid == (uint32_t)told->late;
}

static pid_t start_idle(void)
{
	pid_t pid = fork();

	assert_return_code(pid, errno);
	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void end_idle(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* While they are told of some end, and others come. */
static void tell_in_parts(struct pipeline *p, void *arg)
{
	struct told *told = arg;
	bool more;

	told->here = start_idle();
	told->ended = start_idle();
	pipeline_seed_procfs(p);
	pipeline_existing(p);
	assert_int_equal(told->in_this_part, 0);
	end_idle(told->ended);
	told->late = start_idle();
	put_task(p, PTC_EXEC, 1000, 999);
	do {
		told->in_this_part = 0;
		more = pipeline_existing_some(p, 1);
		assert_in_range(told->in_this_part, 0, 1);
	} while (more);
	assert_false(pipeline_existing_some(p, 1));
	end_idle(told->here);
	end_idle(told->late);
}

static void test_in_parts(void **state)
{
	struct told told = { 0 };

	(void)state;
	rig_run(take_existing, tell_in_parts, &told);
	assert_int_equal(told.here_times, 1);
	assert_int_equal(told.ended_times, 0);
	assert_int_equal(told.late_times, 0);
}

/* What was not told yet is not kept either. */
static void leave_early(struct pipeline *p, void *arg)
{
	(void)arg;
	pipeline_seed_procfs(p);
	pipeline_existing(p);
	pipeline_existing_some(p, 1);
}

static void test_left_early(void **state)
{
	struct told told = { 0 };

	(void)state;
	rig_run(take_existing, leave_early, &told);
}

static void note(const struct container_info *container, void *arg)
{
	struct str *found = arg;

	assert_int_equal(found->len, 0); /* one */
	*found = container->id;
}

/* What a runtime that was killed left behind; then one starts in it after all. */
static void live_beside_empty(struct pipeline *p, void *arg)
{
	const struct seen *seen = arg;
	struct str found = { 0 };

	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP - 1, 0, STR_LITERAL("/system.slice"));
	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP, CGROUP - 1, STR_LITERAL(NAME));
	put_cgroup(p, PTC_CGROUP_MKDIR, CGROUP + 1, CGROUP - 1, STR_LITERAL(EMPTY));
	put_task(p, PTC_TASK, 1000, seen->start_ns);
	pipeline_seed_procfs(p);
	pipeline_containers(p, note, &found);
	assert_true(str_has_prefix(found, STR_LITERAL("00c0ffee")));
	pipeline_existing(p);
	assert_int_equal(seen->starts, 1);
	put_task_in(p, PTC_FORK, CGROUP + 1, 1001, 1001);
	assert_int_equal(seen->starts, 2);
}

static void test_empty_is_none(void **state)
{
	struct seen seen = { .start_ns = RIG_ATTACHED_NS - 1 };

	(void)state;
	rig_run(take, live_beside_empty, &seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ran_before),   cmocka_unit_test(test_began_since),
		cmocka_unit_test(test_lost_removal), cmocka_unit_test(test_in_parts),
		cmocka_unit_test(test_left_early),   cmocka_unit_test(test_empty_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
