// SPDX-License-Identifier: Apache-2.0
/*
 * test_ns - setns(2) and unshare(2) of every namespace, done and refused
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NOBODY 65534

static const char *const types[] = { "pid", "mnt", "net", "uts", "ipc", "user", "cgroup", "time" };
#define TYPES (sizeof(types) / sizeof(types[0]))

static bool kernel_has(const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", type);
	return stat(path, &st) == 0;
}

/* The change of one type in an event; NULL: not there. */
static struct json_object *change_of(struct json_object *event, const char *type)
{
	for (int i = 0; i < 12; i++) {
		char path[64];
		const char *got;

		snprintf(path, sizeof(path), "proctrace.ns_change[%d]", i);
		got = field_str(field_find(event, path), "type");
		if (got && !strcmp(got, type))
			return field_find(event, path);
	}
	return NULL;
}

/* What the call changes: a process cannot change its own pid namespace, nor its time by unshare. */
static const char *changed_name(const char *action, const char *type)
{
	if (!strcmp(type, "pid"))
		return "pid_for_children";
	if (!strcmp(type, "time") && !strcmp(action, "unshare"))
		return "time_for_children";
	return type;
}

static void check_change(struct json_object *event, const char *action, const char *type,
			 struct json_object *facts)
{
	struct json_object *change = change_of(event, changed_name(action, type));

	check_that(facts, field_int(facts, "errno") == 0);
	check_str(event, "event.outcome", "success");
	if (!change)
		check_failed(event, changed_name(action, type), __FILE__, __LINE__);
	check_that(event, field_int(change, "old") == field_int(facts, "old"));
	check_that(event, field_int(change, "new") == field_int(facts, "new"));
	check_that(event, field_int(facts, "old") != field_int(facts, "new"));
}

static void unshared(void **state)
{
	struct harness *h = harness_start_own();

	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		struct json_object *event, *facts;
		struct command *c;

		if (!kernel_has(types[i]))
			continue;
		c = command_run(NULL, argv_of(workload("ns"), "unshare", types[i]));
		facts = command_facts(c);
		event = harness_wait_event(h, "unshare", c->pid);
		check_change(event, "unshare", types[i], facts);
		check_absent(event, "proctrace.seen");
		check_str(event, "process.name", "ns");
		harness_wait_event(h, "exit", c->pid);
		assert_int_equal(harness_count(h, "unshare", c->pid), 1);
		json_object_put(facts);
	}
	harness_stop_whole(h);
}

/* Into the namespace of another process: not the host's, no container's. */
static void entered(void **state)
{
	struct harness *h = harness_start_own();

	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		struct command *holder, *c;
		struct json_object *event, *facts, *held;
		char pid[16];

		if (!kernel_has(types[i]))
			continue;
		holder = command_start(&(struct command_options){ .input = true },
				       argv_of(workload("ns"), "unshare", types[i]));
		held = command_facts(holder);
		snprintf(pid, sizeof(pid), "%d", (int)field_int(held, "child"));
		c = command_run(NULL, argv_of(workload("ns"), "setns", pid, types[i]));
		facts = command_facts(c);
		event = harness_wait_event(h, "setns", c->pid);
		check_change(event, "setns", types[i], facts);
		check_that(facts, field_int(facts, "new") == field_int(held, "new"));
		harness_wait_event(h, "exit", c->pid);
		assert_int_equal(harness_count(h, "setns", c->pid), 1);
		json_object_put(facts);
		json_object_put(held);
		command_end(holder);
	}
	harness_stop_whole(h);
}

/* Back into the host's, from a namespace of its own; then once more, which changes nothing. */
static void entered_the_hosts(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c;
	struct json_object *event;
	char link[64], pid[16];

	(void)state;
	snprintf(link, sizeof(link), "--uts=/proc/%d/ns/uts", getpid());
	snprintf(pid, sizeof(pid), "%d", getpid());
	c = command_run(NULL, argv_of("unshare", "--uts", "nsenter", link, workload("ns"), "setns",
				      pid, "uts"));
	event = harness_wait_event(h, "setns", c->pid);
	check_str(event, "process.name", "nsenter");
	check_str(event, "proctrace.ns_change[0].type", "uts");
	check_str(event, "proctrace.ns_change[0].owner.type", "host");
	harness_wait_event(h, "exit", c->pid);
	event = harness_find_last(h, "setns", c->pid);
	check_str(event, "process.name", "ns");
	check_str(event, "event.outcome", "success");
	assert_int_equal(harness_count(h, "setns", c->pid), 2);
	harness_stop_whole(h);
}

static void refused(void **state)
{
	static const char *const calls[] = { "unshare", "setns" };
	struct harness *shown = harness_start_own("-x");
	struct harness *hidden = harness_start_own();
	struct command_options options = { .uid = NOBODY };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct command *c = command_run(&options, argv_of(workload("ns"), calls[i],
								  i ? "self" : "net", "net"));
		struct json_object *facts = command_facts(c);
		struct json_object *event = harness_wait_event(shown, calls[i], c->pid);

		check_that(facts, field_int(facts, "errno") == EPERM);
		check_str(event, "event.outcome", "failure");
		check_str(event, "error.code", "EPERM");
		check_str(event, "process.user.id", "65534");
		harness_wait_event(hidden, "exit", c->pid);
		assert_null(harness_find(hidden, calls[i], c->pid));
		json_object_put(facts);
	}
	harness_stop_whole(shown);
	harness_stop_whole(hidden);
}

/* Several at once, as runtimes do. */
static void several_at_once(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c =
		command_run(NULL, argv_of("unshare", "--uts", "--ipc", "--net", workload("tiny")));
	struct json_object *event = harness_wait_event(h, "unshare", c->pid);
	struct json_object *exec;

	(void)state;
	check_that(event,
		   change_of(event, "uts") && change_of(event, "ipc") && change_of(event, "net"));
	check_that(event, !change_of(event, "mnt") && !change_of(event, "user"));
	/* What runs there says so: it is in no container, yet isolated. */
	exec = harness_wait_event(h, "exit", c->pid);
	check_absent(exec, "container");
	check_int(exec, "proctrace.ns.uts", field_int(change_of(event, "uts"), "new"));
	check_str(exec, "proctrace.ns.isolated[0]", "net");
	check_str(exec, "proctrace.ns.isolated[1]", "uts");
	check_str(exec, "proctrace.ns.isolated[2]", "ipc");
	check_absent(exec, "proctrace.ns.isolated[3]");
	harness_stop_whole(h);
}

/* A 32-bit call passes no tracepoint that we may use: it shows at the next record. */
static void by_a_compat_call(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c =
		command_start(NULL, argv_of(workload("ns"), "unshare", "uts", "compat"));
	struct json_object *event, *facts;

	(void)state;
	if (command_wait(c, deadline_ms()) != 0) {
		/*
		 * Says so and passes: no machine can be made to have what its kernel lacks. The
		 * kernels of tests/vm have it, and the same is tried there.
		 */
		print_message("int $0x80 does not work on this machine; tests/vm has it\n");
		return;
	}
	facts = command_facts(c);
	if (field_int(facts, "errno") == ENOSYS) {
		print_message("this machine has no 32-bit calls of a 64-bit process\n");
		json_object_put(facts);
		return;
	}
	event = harness_wait_event(h, "unshare", c->pid);
	check_str(event, "proctrace.seen", "late");
	check_change(event, "unshare", "uts", facts);
	json_object_put(facts);
	harness_stop_whole(h);
}

static void new_at_fork(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit,unshare");
	struct command *c = command_run(NULL, argv_of("unshare", "--fork", "--pid",
						      workload("tiny"), "in-a-new-pid-namespace"));
	struct json_object *event = NULL;

	(void)state;
	harness_sync(h);
	for (size_t i = 0; i < h->events_len; i++) {
		if (field_int(h->events[i], "process.parent.pid") == c->pid &&
		    !strcmp(field_str(h->events[i], "event.action"), "exec"))
			event = h->events[i];
	}
	check_that(event, event != NULL);
	check_int(event, "process.vpid", 1);
	check_int(event, "proctrace.pids[0]", field_int(event, "process.pid"));
	check_int(event, "proctrace.pids[1]", 1);
	check_str(event, "proctrace.ns.isolated[0]", "pid");
	check_absent(harness_wait_event(h, "exit", (pid_t)field_int(event, "process.pid")),
		     "proctrace.seen");
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(unshared),	live_test(entered),	    live_test(entered_the_hosts),
		live_test(refused),	live_test(several_at_once), live_test(by_a_compat_call),
		live_test(new_at_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
