// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_limit.c - containers past their rate limit, and the gaps they leave
 *
 * Long because each gap needs the records around it, and a /proc that agrees.
 */
#include "pipeline_rig.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "records.h"

#define ID    "00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee"
#define NAME  "docker-" ID ".scope"
#define NGINX 4185u
#define INIT  1u
#define ROOT  1 /* id of the cgroup that init is in */

struct seen {
	unsigned int throttled, stops, exits;
	bool stopped_first; /* before the last gap was told */
	uint64_t total;
	int64_t from_wall_ns, to_wall_ns;
	struct event_process proc; /* of the last fork or exit; its strings are gone */
	size_t parent_name_len;
	/* What the kernel side was told, and has. */
	enum ptc_gate_state state;
	uint16_t meter;
	unsigned int gates, renames;
	uint64_t kept_back;
	uint16_t asked; /* the last meter that was */
};

static struct seen seen;

static void take(const struct event *event, bool shown, void *arg)
{
	(void)shown;
	(void)arg;
	seen.exits += event->kind == EVENT_EXIT;
	if (event->kind == EVENT_FORK || event->kind == EVENT_EXIT) {
		seen.proc = event->proc;
		seen.parent_name_len = event->proc.parent.name.len;
	}
	seen.stops += event->kind == EVENT_CONTAINER_STOP;
	if (event->kind != EVENT_THROTTLED)
		return;
	assert_non_null(event->container);
	assert_false(event->about_process);
	seen.throttled++;
	seen.stopped_first = seen.stops;
	seen.total = event->lost.total;
	assert_true(event->wall_ns >= event->lost.to_wall_ns);
	seen.from_wall_ns = event->lost.from_wall_ns;
	seen.to_wall_ns = event->lost.to_wall_ns;
}

static bool gate(uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state, uint16_t meter,
		 void *arg)
{
	(void)hierarchy_id;
	(void)id;
	(void)arg;
	seen.state = state;
	seen.meter = meter;
	seen.gates++;
	return true;
}

static void made_one(uint32_t hierarchy_id, uint64_t id, void *arg)
{
	(void)hierarchy_id;
	(void)id;
	(void)arg;
}

static void renamed_one(uint32_t hierarchy_id, void *arg)
{
	(void)hierarchy_id;
	(void)arg;
	seen.renames++;
}

static bool throttled(uint16_t meter, struct event_lost *ret_throttled, void *arg)
{
	uint64_t now_ns;

	(void)arg;
	seen.asked = meter;
	if (!seen.kept_back)
		return false;
	/* Up to this moment, which is after the tick began. */
	now_ns = clock_boot_ns();
	*ret_throttled = (struct event_lost){
		.total = seen.kept_back,
		.from_ns = now_ns - 2000,
		.to_ns = now_ns,
	};
	ret_throttled->by_kind[PTC_EXIT] = seen.kept_back;
	seen.kept_back = 0;
	return true;
}

static void limit(struct pipeline_options *options)
{
	options->gates = (struct pipeline_gates){
		.set = gate,
		.made = made_one,
		.renamed = renamed_one,
	};
	options->throttled = throttled;
	options->enrich.proc_root = host_tree_path(rig_tree(), "/proc");
}

static uint64_t slice, cgroup; /* their ids */

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

static void make_container(struct pipeline *p)
{
	slice = host_tree_mkdir(rig_tree(), "/v2/system.slice");
	cgroup = host_tree_mkdir(rig_tree(), "/v2/system.slice/" NAME);
	put_cgroup(p, PTC_CGROUP_MKDIR, slice, 0, STR_LITERAL("/system.slice"));
	put_cgroup(p, PTC_CGROUP_MKDIR, cgroup, slice, STR_LITERAL(NAME));
}

static uint64_t start_of(uint32_t pid)
{
	return (1000 + pid) * NSEC_PER_SEC;
}

/* As far as /proc must know it. */
static void write_proc(uint32_t pid, const char *comm)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	snprintf(text, sizeof(text), "%u (%s) S 0 %u %u 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %llu 0 0\n",
		 pid, comm, pid, pid, (unsigned long long)(start_of(pid) / clock_tick_ns()));
	host_tree_text(rig_tree(), path, text);
}

static void set_task(struct ptc_task *task, uint32_t pid, uint64_t exec_id)
{
	task->pid = task->tid = pid;
	task->start_ns = start_of(pid);
	task->cgroup_v2 = pid == INIT ? ROOT : cgroup;
	task->exec_id = exec_id;
	task->parent_pid = pid == NGINX || pid == INIT ? 0 : NGINX;
	task->parent_start_ns = task->parent_pid ? start_of(NGINX) : 0;
}

static void put(struct pipeline *p, unsigned int type, uint32_t pid, uint64_t exec_id)
{
	struct made m;

	made_init(&m, type);
	set_task(&m.seed.task, pid, exec_id);
	if (type == PTC_TASK) {
		pipeline_seed(p, &m.seed);
		return;
	}
	if (type == PTC_FORK) {
		m.fork.creator_pid = NGINX;
		m.fork.creator_start_ns = start_of(NGINX);
		memcpy(m.fork.creator_ns, m.fork.task.ns, sizeof(m.fork.creator_ns));
	}
	if (type == PTC_EXEC) {
		m.exec.old_tid = pid;
		m.exec.argc = 2;
		made_slice(&m, &m.exec.args, RAW("nginx\0-v"), 0);
		made_slice(&m, &m.exec.exe, RAW("nginx\0bin\0usr"), PTC_SLICE_REVERSED);
		made_slice(&m, &m.exec.filename, STR_LITERAL("/usr/bin/nginx"), 0);
	}
	pipeline_record(p, &m, m.hdr.size, true);
}

static void begin(struct pipeline *p)
{
	memset(&seen, 0, sizeof(seen));
	write_proc(INIT, "init");
	put(p, PTC_TASK, INIT, 1);
	make_container(p);
}

static uint64_t processes(struct pipeline *p)
{
	struct pipeline_stats stats;

	pipeline_stats(p, &stats);
	return stats.processes;
}

/* ---- who has a meter, and until when */

static void meter(struct pipeline *p, void *arg)
{
	uint16_t first;

	(void)arg;
	begin(p);
	/* Made, and nobody in it: not decided. */
	assert_int_equal(seen.gates, 0);
	put(p, PTC_EXEC, NGINX, 3);
	assert_int_equal(seen.state, PTC_GATE_PASS);
	assert_int_not_equal(seen.meter, PTC_METER_NONE);
	first = seen.meter;
	assert_int_equal(seen.gates, 1);
	/* Once. */
	put(p, PTC_FORK, 5001, 3);
	assert_int_equal(seen.gates, 1);
	seen.kept_back = 5;
	pipeline_tick(p, false);
	assert_int_equal(seen.asked, first);
	assert_int_equal(seen.throttled, 1);
	assert_int_equal(seen.total, 5);
	assert_int_equal(seen.to_wall_ns - seen.from_wall_ns, 2000);
	/* One a second. */
	seen.kept_back = 6;
	pipeline_tick(p, false);
	assert_int_equal(seen.throttled, 1);
	assert_true(pipeline_wait_ms(p, 5000) <= 1001);
	/* At its end what is left, before its stop; and nothing afterwards. */
	put_cgroup(p, PTC_CGROUP_RMDIR, cgroup, slice, STR_LITERAL(NAME));
	assert_int_equal(seen.throttled, 2);
	assert_int_equal(seen.total, 6);
	assert_false(seen.stopped_first);
	assert_int_equal(seen.stops, 1);
	assert_int_equal(seen.state, PTC_GATE_NONE);
	assert_int_equal(seen.meter, PTC_METER_NONE);
	put(p, PTC_EXIT, 5001, 3);
	assert_int_equal(seen.state, PTC_GATE_NONE);
	seen.kept_back = 7;
	pipeline_throttled(p);
	assert_int_equal(seen.throttled, 2);
}

/* It has another name by now, and is the same container. */
static void renamed(struct pipeline *p, void *arg)
{
	uint16_t first;

	(void)arg;
	begin(p);
	put(p, PTC_EXEC, NGINX, 3);
	first = seen.meter;
	put_cgroup(p, PTC_CGROUP_RENAME, cgroup, slice, STR_LITERAL(ID));
	assert_int_equal(seen.state, PTC_GATE_PASS);
	assert_int_equal(seen.meter, first);
	assert_int_equal(seen.renames, 1);
	/* It is none's any more. */
	put_cgroup(p, PTC_CGROUP_RENAME, cgroup, slice, STR_LITERAL("plain"));
	assert_int_equal(seen.state, PTC_GATE_NONE);
	assert_int_equal(seen.meter, PTC_METER_NONE);
	assert_int_equal(seen.renames, 2);
}

/* What is left when the tracer ends. */
static void rest(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_EXEC, NGINX, 3);
	pipeline_tick(p, false);
	seen.kept_back = 5;
	pipeline_throttled(p);
	assert_int_equal(seen.throttled, 1);
}

/* Processes of the host have none. */
static void host(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_EXEC, INIT, 2);
	put(p, PTC_FORK, INIT, 2);
	assert_int_equal(seen.gates, 0);
	seen.kept_back = 5;
	pipeline_tick(p, true);
	assert_int_equal(seen.throttled, 0);
}

/* ---- an exec that was not sent */

static void exec_gap(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_EXEC, NGINX, 3);
	/* None was missed: the child runs what its parent ran. */
	put(p, PTC_FORK, 5001, 3);
	put(p, PTC_EXIT, 5001, 3);
	assert_true(event_has(&seen.proc, FACT_EXE) && event_has(&seen.proc, FACT_ARGS));
	assert_int_equal(seen.proc.source[FACT_ARGS], SOURCE_INHERITED);
	/* Somebody moves it in the midst of an exec, whose record is still to come. */
	put(p, PTC_CGROUP_ATTACH, NGINX, 4);
	put(p, PTC_FORK, 5004, 3);
	assert_true(event_has(&seen.proc, FACT_EXE) && event_has(&seen.proc, FACT_ARGS));
	put(p, PTC_EXIT, 5004, 3);
	/* An exec of its own was. */
	put(p, PTC_FORK, 5002, 3);
	assert_true(event_has(&seen.proc, FACT_EXE));
	put(p, PTC_EXIT, 5002, 4);
	assert_false(event_has(&seen.proc, FACT_EXE) || event_has(&seen.proc, FACT_ARGS));
	assert_int_equal(seen.proc.pid, 5002);
	/* One of its parent: the child does not run what that ran before, and it is not called so. */
	put(p, PTC_FORK, 5003, 4);
	assert_false(event_has(&seen.proc, FACT_EXE) || event_has(&seen.proc, FACT_ARGS));
	assert_int_equal(seen.proc.parent.pid, NGINX);
	assert_int_equal(seen.parent_name_len, 0);
	/* Then one that was sent, of the same process: known again. */
	put(p, PTC_EXEC, NGINX, 5);
	put(p, PTC_FORK, 5004, 5);
	assert_true(event_has(&seen.proc, FACT_EXE));
	put(p, PTC_EXIT, NGINX, 5);
	assert_true(event_has(&seen.proc, FACT_EXE));
}

/* A kernel's list that was asked later than the record was written. */
static void seed_is_newer(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_TASK, NGINX, 4);
	put(p, PTC_FORK, 5001, 3);
	put(p, PTC_EXEC, NGINX, 4);
	put(p, PTC_EXIT, NGINX, 4);
	assert_true(event_has(&seen.proc, FACT_EXE));
}

/* ---- an exit that was not sent */

static void tick_until(struct pipeline *p, uint64_t wanted)
{
	uint64_t deadline_ns = clock_boot_ns() + 5 * NSEC_PER_SEC;

	while (processes(p) != wanted && clock_boot_ns() < deadline_ns) {
		poll(NULL, 0, 20);
		pipeline_tick(p, true);
	}
	assert_int_equal(processes(p), wanted);
}

static void exit_gap(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_EXEC, NGINX, 3);
	write_proc(NGINX, "nginx");
	put(p, PTC_FORK, 5001, 3);
	put(p, PTC_FORK, 5002, 3);
	write_proc(5002, "nginx");
	/* Another process has its number by now. */
	put(p, PTC_FORK, 5003, 3);
	host_tree_text(rig_tree(), "/proc/5003/stat",
		       "5003 (ls) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n");
	assert_int_equal(processes(p), 5);
	/* Nothing was throttled: nobody is looked for. */
	pipeline_tick(p, true);
	assert_int_equal(processes(p), 5);
	seen.kept_back = 2;
	pipeline_throttled(p);
	/* Records may wait in the ring. */
	pipeline_tick(p, false);
	assert_int_equal(processes(p), 5);
	/* Missed once: its exit may have been sent since. */
	pipeline_tick(p, true);
	assert_int_equal(processes(p), 5);
	put(p, PTC_EXIT, 5001, 3);
	assert_true(event_has(&seen.proc, FACT_ARGS));
	tick_until(p, 4);
	/* The one that ended stays for its grace time, or is forgotten by now; no exit was made up. */
	assert_int_equal(seen.exits, 1);
	put(p, PTC_EXIT, 5002, 3);
	assert_true(event_has(&seen.proc, FACT_ARGS));
}

/* A /proc of another pid namespace knows none of them, which proves nothing. */
static void other_proc(struct pipeline *p, void *arg)
{
	(void)arg;
	begin(p);
	put(p, PTC_EXEC, NGINX, 3);
	host_tree_text(rig_tree(), "/proc/1/stat",
		       "1 (sh) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n");
	for (int i = 0; i < 40; i++) {
		seen.kept_back = 1;
		pipeline_throttled(p);
		pipeline_tick(p, true);
		poll(NULL, 0, 40);
	}
	assert_int_equal(processes(p), 2);
}

static void run(void (*test)(struct pipeline *p, void *arg))
{
	rig_adjust(limit);
	rig_run(take, test, NULL);
	rig_adjust(NULL);
}

static void test_gets_a_meter(void **state)
{
	(void)state;
	run(meter);
}

static void test_renamed(void **state)
{
	(void)state;
	run(renamed);
}

static void test_the_rest_is_told(void **state)
{
	(void)state;
	run(rest);
}

static void test_not_the_host(void **state)
{
	(void)state;
	run(host);
}

static void test_missed_exec(void **state)
{
	(void)state;
	run(exec_gap);
}

static void test_seed_overtakes(void **state)
{
	(void)state;
	run(seed_is_newer);
}

static void test_missed_exit(void **state)
{
	(void)state;
	run(exit_gap);
}

static void test_proc_of_others(void **state)
{
	(void)state;
	run(other_proc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gets_a_meter),	 cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_the_rest_is_told), cmocka_unit_test(test_not_the_host),
		cmocka_unit_test(test_missed_exec),	 cmocka_unit_test(test_seed_overtakes),
		cmocka_unit_test(test_missed_exit),	 cmocka_unit_test(test_proc_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
