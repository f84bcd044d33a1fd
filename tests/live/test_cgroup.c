// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgroup - moves between real cgroups, their making, renaming and removal
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"

static struct command *start_hold(void)
{
	struct command *c = command_start(&(struct command_options){ .input = true },
					  argv_of(workload("hold")));

	command_wait_lines(c, 1);
	return c;
}

/* A move counts from then on, also for a process that ran before the tracer did. */
static void moved(void **state)
{
	const char *controller = cgroup_mount("") ? "" : "pids";
	const char *id_a = container_id('a'), *a = cgroup_make_docker(controller, id_a);
	const char *id_b = container_id('b'), *b = cgroup_make_docker(controller, id_b);
	struct command *before = start_hold();
	struct harness *h = harness_start_own("-e", "all");
	struct command *after = start_hold();
	struct command *both[] = { before, after };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		pid_t pid = both[i]->pid;
		struct json_object *event;

		cgroup_move(a, pid);
		event = harness_wait_event(h, "cgroup", pid);
		check_str(event, "container.id", id_a);
		check_starts(event, "proctrace.cgroup.path", "/docker/aaaa");
		check_str(event, "proctrace.old_cgroup.path", cgroup_own(controller));
		check_absent(event, "proctrace.old_container.id");
		command_tell(both[i], "");
		command_wait_lines(both[i], 2);
		cgroup_move(b, pid);
		command_end(both[i]);
		event = harness_wait_event(h, "exit", pid);
		check_str(event, "container.id", id_b);
		event = harness_find_last(h, "cgroup", pid);
		check_str(event, "container.id", id_b);
		check_str(event, "proctrace.old_container.id", id_a);
		assert_int_equal(harness_count(h, "cgroup", pid), 2);
	}
	harness_stop_whole(h);
}

static bool has_container_id(struct json_object *event, const char *id)
{
	const char *got = field_str(event, "container.id");

	return got && !strcmp(got, id);
}

static bool is_start_of(struct json_object *event, const void *id)
{
	return has_container_id(event, id) &&
	       !strcmp(field_str(event, "event.action"), "container-start");
}

static bool is_stop_of(struct json_object *event, const void *id)
{
	return has_container_id(event, id) &&
	       !strcmp(field_str(event, "event.action"), "container-stop");
}

/* Its first process starts a container, the removal of its cgroup ends it. */
static void started_and_stopped(void **state)
{
	const char *controller = cgroup_mount("") ? "" : "pids";
	const char *id_a = container_id('a');
	struct harness *h = harness_start("-f", "json", "-e", "container", "-c", id_a);
	const char *cgroups[2] = { cgroup_make_docker(controller, id_a) };
	struct command_options options = { .cgroups = cgroups };

	(void)state;
	command_free(command_run(&options, argv_of(workload("tiny"))));
	command_free(command_run(&options, argv_of(workload("tiny"))));
	harness_wait_where(h, is_start_of, id_a);
	assert_int_equal(cgroup_remove(cgroups[0]), 0);
	harness_wait_where(h, is_stop_of, id_a);
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(harness_count(h, "container-start", 0), 1);
	assert_int_equal(harness_count(h, "container-stop", 0), 1);
}

/* The parent of a container's process is no runtime's: nobody is said to have started it. */
static void started_by_nobody_known(void **state)
{
	const char *id = container_id('9'), *cgroups[2] = { cgroup_make_docker("", id) };
	struct command_options options = { .cgroups = cgroups, .input = true };
	struct command *inside = command_start(&options, argv_of(workload("hold")));
	struct json_object *event;
	struct harness *h;

	(void)state;
	command_wait_lines(inside, 1);
	h = harness_start("-f", "json", "--existing", "-c", id);
	event = harness_wait_where(h, is_start_of, id);
	check_true(event, "proctrace.container.ran_already");
	check_absent(event, "proctrace.container.starter");
	command_end(inside);
	assert_int_equal(harness_stop(h), 0);
}

/* A cgroup inside a container's is the container; its end is not the container's. */
static void inside_a_container(void **state)
{
	const char *controller = cgroup_mount("") ? "" : "pids";
	const char *id_a = container_id('a');
	struct harness *h = harness_start("-f", "json", "-e", "all,!fork", "-c", id_a);
	const char *outer = cgroup_make_docker(controller, id_a);
	const char *cgroups[2] = { NULL };
	struct command *c;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "/docker/%s/init.scope", id_a);
	cgroups[0] = cgroup_make(controller, path);
	c = command_run(&(struct command_options){ .cgroups = cgroups }, argv_of(workload("tiny")));
	check_str(harness_wait_event(h, "exit", c->pid), "container.id", id_a);
	assert_int_equal(cgroup_remove(cgroups[0]), 0);
	assert_int_equal(cgroup_remove(outer), 0);
	harness_wait_where(h, is_stop_of, id_a);
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(harness_count(h, "container-stop", 0), 1);
}

/* v1 cgroups can be renamed while processes are in them. */
static void renamed(void **state)
{
	const char *old = cgroup_make_docker("pids", "proctrace-renamed");
	struct command *c = start_hold();
	struct harness *h;
	pid_t pid = c->pid;
	char new[512];
	int err;

	(void)state;
	snprintf(new, sizeof(new), "%s/docker/%s", cgroup_mount("pids"), container_id('b'));
	cgroup_move(old, pid);
	h = harness_start_own();
	assert_return_code(rename(old, new), errno);
	command_end(c);
	err = cgroup_remove(new);
	assert_int_equal(err, 0);
	check_str(harness_wait_event(h, "exit", pid), "container.id", container_id('b'));
	harness_stop_whole(h);
}

/* Root's, called runc, and with the right arguments; but another program. */
static void not_a_runtime(void **state)
{
	static const char script[] = "d=$1/forged-$2; mkdir $d; echo $$ > $d/cgroup.procs;"
				     "true; echo $$ > $1/cgroup.procs; rmdir $d";
	char id[64], pid[16];
	const char *mount_point = cgroup_mount("pids");
	struct json_object *event;
	struct command *c;
	struct harness *h;

	(void)state;
	if (!mount_point)
		mount_point = cgroup_mount("");
	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(id, sizeof(id), "forged-%d", getpid());
	h = harness_start_own("-e", "all");
	c = command_run(&(struct command_options){ .program = "/bin/sh" },
			argv_of("runc", "-c", script, "run", mount_point, pid, id));
	event = harness_wait_event(h, "cgroup", c->pid);
	check_absent(event, "container");
	harness_stop_whole(h);
	for (size_t i = 0; i < h->events_len; i++)
		check_absent(h->events[i], "container");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(moved),
		live_test(started_and_stopped),
		live_test(inside_a_container),
		live_test(renamed),
		live_test(started_by_nobody_known),
		live_test(not_a_runtime),
	};

	const struct CMUnitTest one_kind[] = {
		live_test(moved),
		live_test(started_and_stopped),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += cmocka_run_group_tests_name("v2 only", one_kind, cgroups_v2_only, NULL);
	return failed + cmocka_run_group_tests_name("v1 only", one_kind, cgroups_v1_only, NULL);
}
