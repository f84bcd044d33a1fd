// SPDX-License-Identifier: Apache-2.0
/*
 * test_entered - who is a container's workload and who came from outside, by descent
 *
 * With a runtime that nobody has heard of.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

struct wanted {
	const char *action;
	const char *id;	  /* of the container; NULL: in none */
	const char *arg1; /* NULL: any */
};

static bool is_wanted(struct json_object *event, const void *arg)
{
	const struct wanted *w = arg;
	const char *action = field_str(event, "event.action");
	const char *id = field_str(event, "container.id");
	const char *arg1 = field_str(event, "process.args[1]");

	return action && !strcmp(action, w->action) && (w->id ? id && !strcmp(id, w->id) : !id) &&
	       (!w->arg1 || (arg1 && !strcmp(arg1, w->arg1)));
}

#define wait_for(h, action, id, arg1) \
	harness_wait_where(h, is_wanted, (&(struct wanted){ action, id, arg1 }))

static struct command *box_start(const char *const args[])
{
	struct command_options options = { .input = true };
	struct command *c = command_start(&options, args);

	command_wait_lines(c, 2); /* its own facts and those of hold */
	return c;
}

static pid_t child_of(struct command *c)
{
	struct json_object *facts = command_facts(c);
	pid_t child = (pid_t)field_int(facts, "child");

	json_object_put(facts);
	return child;
}

/* Its first process, what that forks, and an exec into it, which forks too. */
static void unknown_runtime(void **state)
{
	const char *id = container_id('e'), *dir = cgroup_make_docker("pids", id);
	struct command *run, *exec;
	struct harness *h, *after;
	struct json_object *event;
	char pid[16];

	(void)state;
	h = harness_start_own("-e", "all");
	run = box_start(argv_of(workload("box"), "run", dir, workload("hold"), "first"));
	snprintf(pid, sizeof(pid), "%d", child_of(run));
	exec = box_start(argv_of(workload("box"), "exec", dir, pid, workload("hold"), "second"));
	command_tell(run, "");
	command_wait_lines(run, 3);
	command_tell(exec, "");
	command_wait_lines(exec, 3);

	event = wait_for(h, "exec", id, "first");
	check_int(event, "process.vpid", 1);
	check_absent(event, "proctrace.entered");
	check_absent(event, "proctrace.entered_by");
	event = wait_for(h, "exec", id, "second");
	check_str(event, "proctrace.entered", "exec");
	check_str(event, "proctrace.entered_by.name", "box");
	check_int(event, "proctrace.entered_by.pid", child_of(exec)); /* it moved itself */
	/* Their children have their arguments, and are what they are. */
	check_absent(wait_for(h, "fork", id, "first"), "proctrace.entered");
	event = wait_for(h, "fork", id, "second");
	check_str(event, "proctrace.entered", "exec");
	check_int(event, "proctrace.entered_by.pid", child_of(exec));

	/* One that comes too late tells by the parents of now. */
	after = harness_start("-f", "json", "-e", "all", "--existing", "-c", id);
	event = wait_for(after, "process", id, "first");
	check_absent(event, "proctrace.entered");
	event = wait_for(after, "process", id, "second");
	check_str(event, "proctrace.entered", "exec");
	check_str(event, "proctrace.entered_by.name", "box");

	command_end(exec);
	command_end(run);
	check_absent(wait_for(h, "exit", id, "first"), "proctrace.entered");
	check_str(wait_for(h, "exit", id, "second"), "proctrace.entered", "exec");
	assert_int_equal(harness_stop(after), 0);
	harness_stop_whole(h);
}

/* The cgroup stays, the processes end: who comes next is the first again. */
static void started_again(void **state)
{
	const char *id = container_id('f'), *dir = cgroup_make_docker("pids", id);
	struct harness *h = harness_start_own("-e", "exec,exit");

	(void)state;
	command_free(
		command_run(NULL, argv_of(workload("box"), "run", dir, workload("tiny"), "1")));
	command_free(
		command_run(NULL, argv_of(workload("box"), "run", dir, workload("tiny"), "2")));
	check_absent(wait_for(h, "exec", id, "1"), "proctrace.entered");
	check_absent(wait_for(h, "exec", id, "2"), "proctrace.entered");
	harness_stop_whole(h);
}

/* Into one namespace only, and its cgroup not at all. */
static void one_namespace(void **state)
{
	const char *id = container_id('d'), *dir = cgroup_make_docker("pids", id);
	struct harness *h = harness_start_own("-e", "exec,setns,exit");
	struct json_object *event;
	struct command *run;
	char pid[16];

	(void)state;
	run = box_start(argv_of(workload("box"), "run", dir, workload("hold"), "first"));
	snprintf(pid, sizeof(pid), "%d", child_of(run));
	command_free(command_run(NULL, argv_of("nsenter", "-t", pid, "-u", "--", workload("tiny"),
					       "visitor")));
	event = harness_wait_event(h, "setns", 0);
	check_str(event, "proctrace.ns_change[0].owner.id", id);
	event = wait_for(h, "exec", NULL, "visitor");
	check_str(event, "proctrace.entered", "nsenter");
	check_str(event, "proctrace.entered_by.name", "nsenter");
	command_end(run);
	harness_stop_whole(h);
}

/* What a runtime's program does from the host is set-up as well, and can be hidden. */
static void set_up_from_the_host(void **state)
{
	const char *const programs[] = { "runc", "conmon", "containerd-shim-runc-v2",
					 "lxc-attach" };
	struct harness *all = harness_start_own("-e", "exec,exit");
	struct harness *rest = harness_start_own("-e", "exec,exit", "--no-setup");

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct command *c = command_run(
			NULL, argv_of(scratch_copy(workload("tiny"), programs[i]), programs[i]));

		check_str(harness_wait_event(all, "exec", c->pid), "proctrace.entered", "setup");
		check_str(harness_wait_event(all, "exit", c->pid), "proctrace.entered", "setup");
		harness_sync(rest);
		assert_int_equal(harness_count(rest, NULL, c->pid), 0);
	}
	harness_stop_whole(all);
	harness_stop_whole(rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(unknown_runtime),
		live_test(started_again),
		live_test(one_namespace),
		live_test(set_up_from_the_host),
	};

	return cmocka_run_group_tests_name("entered", tests, NULL, NULL);
}
