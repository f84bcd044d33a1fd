// SPDX-License-Identifier: Apache-2.0
/*
 * test_fork - new processes, their parents, and who made them
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"

static void no_event_for_a_thread(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	struct command *c = command_run(NULL, argv_of(workload("threads"), "4", "1", "join"));
	struct json_object *fork;

	(void)state;
	harness_wait_event(h, "exit", c->pid);
	fork = harness_wait_event(h, "fork", c->pid);
	check_int(fork, "process.parent.pid", getpid());
	check_str(fork, "process.entity_id",
		  field_str(harness_find(h, "exit", c->pid), "process.entity_id"));
	/* The process itself: nothing else was forked. */
	assert_int_equal(harness_count(h, "fork", 0), 1);
	harness_stop_whole(h);
}

/* A child that never executes anything has its parent's name. */
static void without_exec(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	struct json_object *event;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(9);
	waitpid(child, NULL, 0);
	event = harness_wait_event(h, "exit", child);
	check_int(event, "process.exit_code", 9);
	check_str(event, "process.name", "test_fork");
	check_int(event, "process.parent.pid", getpid());
	if (field_find(event, "process.args"))
		check_str(event, "proctrace.source.args", "inherited");
	assert_null(harness_find(h, "exec", child));
	harness_stop_whole(h);
}

static void *fork_and_wait(void *ret_child)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	*(pid_t *)ret_child = child;
	return NULL;
}

/* The parent is the process, whichever of its threads called fork(). */
static void made_by_a_thread(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	struct command *c = command_run(NULL, argv_of(workload("tiny")));
	struct json_object *event, *other;
	pthread_t thread;
	pid_t child;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, fork_and_wait, &child), 0);
	pthread_join(thread, NULL);
	event = harness_wait_event(h, "exit", child);
	other = harness_wait_event(h, "exit", c->pid);
	check_int(event, "process.parent.pid", getpid());
	check_str(event, "process.parent.entity_id", field_str(other, "process.parent.entity_id"));
	harness_stop_whole(h);
}

/* With CLONE_PARENT the parent is the creator's parent: this test. */
static void made_for_the_parent(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	struct command *c =
		command_run(NULL, argv_of(workload("cloneparent"), workload("tiny"), "x"));
	struct json_object *facts = command_facts(c);
	pid_t child = (pid_t)field_int(facts, "child");
	struct json_object *event;

	(void)state;
	waitpid(child, NULL, 0);
	event = harness_wait_event(h, "fork", child);
	check_int(event, "process.parent.pid", getpid());
	check_int(event, "proctrace.creator.pid", c->pid);
	check_str(event, "proctrace.creator.name", "cloneparent");
	check_int(harness_wait_event(h, "exec", child), "process.parent.pid", getpid());
	check_int(harness_wait_event(h, "exit", child), "process.parent.pid", getpid());
	json_object_put(facts);
	harness_stop_whole(h);
}

/* CLONE_INTO_CGROUP: no move, yet the container is right from the first event. */
static void born_in_a_container(void **state)
{
	const char *id = container_id('f'), *cgroup = cgroup_make_docker("", id);
	struct harness *h = harness_start_own("-e", "all");
	struct command *c =
		command_run(NULL, argv_of(workload("intocgroup"), cgroup, workload("tiny"), "x"));
	struct json_object *facts = command_facts(c);
	pid_t child = (pid_t)field_int(facts, "child");

	(void)state;
	check_str(harness_wait_event(h, "fork", child), "container.id", id);
	check_str(harness_wait_event(h, "exec", child), "container.id", id);
	check_str(harness_wait_event(h, "exit", child), "container.id", id);
	assert_null(harness_find(h, "cgroup", child));
	check_absent(harness_wait_event(h, "exit", c->pid), "container");
	json_object_put(facts);
	harness_stop_whole(h);
}

/* The parent ends first: the child keeps the parent it was born with. */
static void orphan(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit");
	int ends[2], parent_pid[2];
	pid_t parent, child;
	struct json_object *event;

	(void)state;
	assert_return_code(pipe(ends), 0);
	assert_return_code(pipe(parent_pid), 0);
	parent = fork();
	if (parent == 0) {
		char byte;

		child = fork();
		if (child == 0) {
			close(ends[1]);
			/* Until the test has seen that the parent is gone. */
			_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
		}
		_exit(write(parent_pid[1], &child, sizeof(child)) != sizeof(child));
	}
	assert_int_equal(read(parent_pid[0], &child, sizeof(child)), sizeof(child));
	waitpid(parent, NULL, 0);
	harness_wait_event(h, "exit", parent);
	close(ends[1]);
	event = harness_wait_event(h, "exit", child);
	check_int(event, "process.parent.pid", parent);
	check_str(event, "process.parent.entity_id",
		  field_str(harness_find(h, "exit", parent), "process.entity_id"));
	close(ends[0]);
	close(parent_pid[0]);
	close(parent_pid[1]);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(no_event_for_a_thread), live_test(without_exec),
		live_test(made_by_a_thread),	  live_test(made_for_the_parent),
		live_test(born_in_a_container),	  live_test(orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
