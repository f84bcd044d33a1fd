// SPDX-License-Identifier: Apache-2.0
/*
 * test_short - 500 processes that live for less than a millisecond, none of them lost
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"

#define PROCESSES     500
#define PROCESSES_STR "500"

/* Index of an event's process by its unique argument; -1: not one of the storm's. */
static int index_of(struct json_object *event)
{
	const char *unique = field_str(event, "process.args[1]");
	int i;

	return unique && sscanf(unique, "unique-%d", &i) == 1 && i >= 0 && i < PROCESSES ? i : -1;
}

static bool is_last(struct json_object *event, const void *arg)
{
	(void)arg;
	return index_of(event) == PROCESSES - 1 &&
	       !strcmp(field_str(event, "event.action"), "exit");
}

/* Without symbolic links and "..", as the kernel says it. */
static const char *tiny_path(void)
{
	static char path[PATH_MAX];

	if (!path[0] && !realpath(workload("tiny"), path))
		harness_fail("%s is not there", workload("tiny"));
	return path;
}

static void check_one(struct json_object *event, struct json_object *facts, const char *parent,
		      const char *container)
{
	int i = index_of(event);
	char unique[32], path[32];

	snprintf(unique, sizeof(unique), "unique-%d", i);
	snprintf(path, sizeof(path), "children[%d]", i);
	check_int(event, "process.pid", field_int(facts, path));
	check_args(event, argv_of(workload("tiny"), unique, "a b", "", "last"));
	check_str(event, "process.executable", tiny_path());
	check_str(event, "process.name", "tiny");
	check_int(event, "process.parent.pid", field_int(facts, "pid"));
	check_str(event, "process.parent.entity_id", parent);
	check_str(event, "process.parent.name", "storm");
	if (container) {
		check_str(event, "container.id", container);
		check_str(event, "container.runtime", "docker");
		check_str(event, "proctrace.source.cgroup", "kernel");
	} else {
		check_absent(event, "container");
	}
}

/* Every exec has its exit, with the same identity and everything that the exec said. */
static void check_all(struct harness *h, struct json_object *facts, const char *container)
{
	struct json_object *storm = harness_wait_event(h, "exec", (pid_t)field_int(facts, "pid"));
	const char *parent = field_str(storm, "process.entity_id");
	struct json_object *execs[PROCESSES] = { NULL }, *exits[PROCESSES] = { NULL };

	check_that(storm, parent != NULL);
	harness_wait_where(h, is_last, NULL);
	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];
		int at = index_of(event);
		struct json_object **seen;

		if (at < 0)
			continue;
		check_one(event, facts, parent, container);
		seen = !strcmp(field_str(event, "event.action"), "exec") ? execs : exits;
		check_that(event, seen[at] == NULL);
		seen[at] = event;
	}
	for (int i = 0; i < PROCESSES; i++) {
		if (!execs[i] || !exits[i])
			harness_fail("process %d: exec %s, exit %s", i,
				     execs[i] ? "seen" : "missing", exits[i] ? "seen" : "missing");
		check_str(exits[i], "process.entity_id", field_str(execs[i], "process.entity_id"));
		check_int(exits[i], "process.exit_code", 0);
	}
}

static void run_storm(const char *controller)
{
	struct command_options options = { 0 };
	const char *cgroups[2] = { NULL };
	struct harness *h = harness_start_own("-e", "exec,exit,fork,lost");
	struct command *storm;
	struct json_object *facts;

	if (controller) {
		cgroups[0] = cgroup_make_docker(controller, container_id('5'));
		options.cgroups = cgroups;
	}
	storm = command_run(&options, argv_of(workload("storm"), PROCESSES_STR, workload("tiny"),
					      "a b", "", "last"));
	facts = command_facts(storm);
	check_all(h, facts, controller ? container_id('5') : NULL);
	json_object_put(facts);
	harness_stop_whole(h);
}

static void on_the_host(void **state)
{
	(void)state;
	run_storm(NULL);
}

static void in_a_v2_cgroup(void **state)
{
	(void)state;
	run_storm("");
}

static void in_a_v1_cgroup(void **state)
{
	(void)state;
	run_storm("pids");
}

/* Several tracers at once are independent of each other. */
static void with_two_tracers(void **state)
{
	struct harness *a = harness_start_own("-e", "exec,exit");
	struct harness *b = harness_start_own("-e", "exec,exit");
	struct command *storm = command_run(NULL, argv_of(workload("storm"), PROCESSES_STR,
							  workload("tiny"), "a b", "", "last"));
	struct json_object *facts = command_facts(storm);

	(void)state;
	check_all(a, facts, NULL);
	check_all(b, facts, NULL);
	json_object_put(facts);
	harness_stop_whole(a);
	harness_stop_whole(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(on_the_host),
		live_test(in_a_v2_cgroup),
		live_test(in_a_v1_cgroup),
		live_test(with_two_tracers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
