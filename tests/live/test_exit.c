// SPDX-License-Identifier: Apache-2.0
/*
 * test_exit - how processes end, and that one process is one exit
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

/* Runs it whatever its status is, and returns its exit event; *ret_status is wait(2)'s. */
static struct json_object *exit_of(struct harness *h, const char *const argv[], int *ret_status)
{
	struct command *c = command_start(&(struct command_options){ .cwd = scratch() }, argv);
	struct json_object *event;
	pid_t pid = c->pid;

	*ret_status = command_wait(c, deadline_ms());
	command_free(c);
	event = harness_wait_event(h, "exit", pid);
	check_str(event, "process.entity_id",
		  field_str(harness_find(h, "exec", pid), "process.entity_id"));
	check_that(event, field_int(event, "event.duration") > 0);
	return event;
}

static void by_itself(void **state)
{
	struct harness *h = harness_start_own();
	struct json_object *event;
	int status;

	(void)state;
	event = exit_of(h, argv_of(workload("die"), "exit", "0"), &status);
	check_int(event, "process.exit_code", 0);
	check_absent(event, "proctrace.signal");
	event = exit_of(h, argv_of(workload("die"), "exit", "3"), &status);
	check_int(event, "process.exit_code", 3);
	check_absent(event, "proctrace.signal");
	event = exit_of(h, argv_of(workload("die"), "exit", "255"), &status);
	check_int(event, "process.exit_code", 255);
	harness_stop_whole(h);
}

static void by_a_fault(void **state)
{
	static const char *const modes[] = { "signal", "core" };
	struct harness *h = harness_start_own();
	int status;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct json_object *event =
			exit_of(h, argv_of(workload("die"), modes[i], "11"), &status);

		check_absent(event, "process.exit_code");
		check_int(event, "proctrace.signal.number", SIGSEGV);
		check_str(event, "proctrace.signal.name", "SIGSEGV");
		/* Where a core cannot be written, the kernel says so to both of us. */
		check_that(event,
			   field_true(event, "proctrace.signal.core") == (WCOREDUMP(status) != 0));
		check_true(event, "proctrace.signal.sender.kernel");
	}
	harness_stop_whole(h);
}

static void by_another_process(void **state)
{
	static const int numbers[] = { SIGKILL, SIGTERM };
	struct harness *h = harness_start_own();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct command *c = command_start(&(struct command_options){ .input = true },
						  argv_of(workload("hold")));
		struct json_object *event;

		command_wait_lines(c, 1);
		kill(c->pid, numbers[i]);
		command_wait(c, deadline_ms());
		event = harness_wait_event(h, "exit", c->pid);
		check_absent(event, "process.exit_code");
		check_int(event, "proctrace.signal.number", numbers[i]);
		check_that(event, !field_true(event, "proctrace.signal.core"));
		check_int(event, "proctrace.signal.sender.pid", getpid());
		check_str(event, "proctrace.signal.sender.name", "test_exit");
		check_str(event, "proctrace.signal.sender.user.id", "0");
		command_free(c);
	}
	harness_stop_whole(h);
}

/* A status of 137 is not a signal. */
static void by_a_status_that_looks_like_a_signal(void **state)
{
	struct harness *h = harness_start_own();
	struct json_object *event;
	int status;

	(void)state;
	event = exit_of(h, argv_of(workload("die"), "exit", "137"), &status);
	check_int(event, "process.exit_code", 137);
	check_absent(event, "proctrace.signal");
	harness_stop_whole(h);
}

/* Of all children that were waited for. */
static int64_t children_cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_CHILDREN, &r);
	return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 + r.ru_utime.tv_usec +
	       r.ru_stime.tv_usec;
}

static struct json_object *threads_exit(struct harness *h, const char *mode)
{
	int64_t before_us = children_cpu_us(), cpu_us;
	struct json_object *event;
	int status;
	pid_t pid;

	event = exit_of(h, argv_of(workload("threads"), "8", "20", mode), &status);
	cpu_us = children_cpu_us() - before_us;
	pid = (pid_t)field_int(event, "process.pid");
	harness_sync(h);
	event = harness_find(h, "exit", pid);
	if (harness_count(h, "exit", pid) != 1)
		check_failed(event, "more than one exit", __FILE__, __LINE__);
	/* A thread that runs while the process ends is known to its last tick only. */
	check_between(event, "proctrace.usage.cpu_ns", cpu_us * 900 - 12000000,
		      cpu_us * 1100 + 12000000);
	return event;
}

static void with_threads(void **state)
{
	struct harness *h = harness_start_own();
	struct json_object *event;

	(void)state;
	event = threads_exit(h, "leader-first");
	check_int(event, "process.exit_code", 0);
	event = threads_exit(h, "exit-group");
	check_int(event, "process.exit_code", 5);
	event = threads_exit(h, "crash");
	check_int(event, "proctrace.signal.number", SIGSEGV);
	event = threads_exit(h, "join");
	check_int(event, "process.exit_code", 0);
	harness_stop_whole(h);
}

static void exec_from_a_thread(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	struct command *c =
		command_run(NULL, argv_of(workload("threadexec"), workload("tiny"), "t"));
	struct json_object *event = harness_wait_event(h, "exit", c->pid);
	const char *identity = field_str(event, "process.entity_id");
	size_t execs = 0;

	(void)state;
	check_args(event, argv_of(workload("tiny"), "t"));
	for (size_t i = 0; i < h->events_len; i++) {
		if (field_int(h->events[i], "process.pid") != c->pid)
			continue;
		check_str(h->events[i], "process.entity_id", identity);
		check_int(h->events[i], "process.parent.pid", getpid());
		execs += !strcmp(field_str(h->events[i], "event.action"), "exec");
	}
	assert_int_equal(execs, 2);
	assert_int_equal(harness_count(h, "exit", c->pid), 1);
	assert_int_equal(harness_count(h, "fork", c->pid), 1);
	harness_stop_whole(h);
}

static bool has_last_argument(struct json_object *event, const void *arg)
{
	const char *last = field_str(event, "process.args[1]");

	return last && !strcmp(last, arg) && !strcmp(field_str(event, "event.action"), "exit");
}

static void reused_pid(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c = command_run(NULL, argv_of(workload("reuse"), workload("tiny")));
	struct json_object *facts = command_facts(c), *first, *second;

	(void)state;
	if (field_int(facts, "errno"))
		harness_skip("clone3 cannot choose a pid: %s",
			     strerror((int)field_int(facts, "errno")));
	first = harness_wait_where(h, has_last_argument, "first");
	second = harness_wait_where(h, has_last_argument, "second");
	check_int(first, "process.pid", field_int(facts, "child"));
	check_int(second, "process.pid", field_int(facts, "child"));
	check_that(second, strcmp(field_str(first, "process.entity_id"),
				  field_str(second, "process.entity_id")) != 0);
	assert_int_equal(harness_count(h, "exit", (pid_t)field_int(facts, "child")), 2);
	json_object_put(facts);
	harness_stop_whole(h);
}

/* Within 10 % and two ticks, or marked, or absent. */
static void check_usage(struct json_object *event, int64_t cpu_us, int64_t rss_kib)
{
	int64_t cpu = field_int(event, "proctrace.usage.cpu_ns");
	int64_t peak = field_int(event, "proctrace.usage.peak_bytes");

	if (cpu != INT64_MIN && !field_true(event, "proctrace.usage.cpu_partial"))
		check_between(event, "proctrace.usage.cpu_ns", cpu_us * 900 - 20000000,
			      cpu_us * 1100 + 20000000);
	/* Counters of memory are per CPU: up to 64 pages each may be missing. */
	if (peak != INT64_MIN)
		check_between(event, "proctrace.usage.peak_bytes", (rss_kib * 9 / 10 - 1024) * 1024,
			      (rss_kib * 11 / 10 + 1024) * 1024);
}

static void memory_and_time(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c = command_run(NULL, argv_of(workload("burn"), "150", "40"));
	struct json_object *facts = command_facts(c);
	struct json_object *event = harness_wait_event(h, "exit", c->pid);

	(void)state;
	check_usage(event, field_int(facts, "cpu_us"), field_int(facts, "maxrss_kib"));
	check_there(event, "proctrace.usage.cpu_ns");
	check_there(event, "proctrace.usage.peak_bytes");
	check_between(event, "proctrace.usage.minor_faults", field_int(facts, "minor_faults"),
		      field_int(facts, "minor_faults") + 100);
	json_object_put(facts);
	harness_stop_whole(h);
}

/* vfork from a parent of 200 MiB: the child's own peak is below 2 MiB. */
static void never_the_parents_memory(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c = command_run(NULL, argv_of(workload("fat"), "200", workload("tiny")));
	struct json_object *facts = command_facts(c);
	pid_t child = (pid_t)field_int(facts, "child");
	struct json_object *event = harness_wait_event(h, "exit", child);

	(void)state;
	check_that(facts, field_int(facts, "child_maxrss_kib") > 200 << 10);
	check_usage(event, field_int(facts, "child_cpu_us"), 1024);
	event = harness_wait_event(h, "exit", c->pid);
	check_between(event, "proctrace.usage.peak_bytes", 200 << 20, 210 << 20);
	json_object_put(facts);
	harness_stop_whole(h);
}

static void out_of_memory(void **state)
{
	const char *v1 = cgroup_mount("memory");
	struct command_options options = { 0 };
	const char *cgroups[2] = { NULL };
	struct json_object *event;
	struct harness *h;
	struct command *c;

	(void)state;
	/* Any name of its own will do. */
	cgroups[0] = cgroup_make_docker(v1 ? "memory" : "", container_id('0'));
	if (cgroup_write(cgroups[0], v1 ? "memory.limit_in_bytes" : "memory.max", "16M") < 0)
		harness_skip("no memory controller");
	options.cgroups = cgroups;
	h = harness_start_own("--ended", "oom");
	c = command_start(&options, argv_of(workload("hog")));
	command_wait(c, deadline_ms());
	event = harness_wait_event(h, "exit", c->pid);
	check_int(event, "proctrace.signal.number", SIGKILL);
	check_true(event, "proctrace.oom_kill");
	check_between(event, "proctrace.usage.peak_bytes", 8 << 20, 17 << 20);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_itself),
		live_test(by_a_fault),
		live_test(by_another_process),
		live_test(by_a_status_that_looks_like_a_signal),
		live_test(with_threads),
		live_test(exec_from_a_thread),
		live_test(reused_pid),
		live_test(memory_and_time),
		live_test(never_the_parents_memory),
		live_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
