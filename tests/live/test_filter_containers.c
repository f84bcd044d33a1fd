// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter_containers - filters on a container that comes later: what enters it, and how
 * it is named
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "things.h"

static bool is_of(struct json_object *event, const char *path, const char *want)
{
	const char *got = field_str(event, path);

	return got && !strcmp(got, want);
}

/* The event of this action by this process, in the container or having to do with it. */
static struct json_object *find(struct harness *h, const char *action, pid_t pid, const char *path,
				const char *id)
{
	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];

		if (is_of(event, "event.action", action) &&
		    (!pid || field_int(event, "process.pid") == pid) && is_of(event, path, id))
			return event;
	}
	harness_fail("no %s of %d with %s %s", action, pid, path, id);
}

/* What enters it, leaves it, or reaches in, and that from its first event on. */
static void by_entering(void **state)
{
	struct things t = describe();
	const char *there[2] = { cgroup_make_docker(controller(), container_id('d')) };
	struct command_options in_there = { .input = true, .cgroups = there };
	struct harness *web, *not_web;
	struct command *resident;

	(void)state;
	assert_non_null(there[0]);
	write_docker(container_id('d'), own("there-%d"), "busybox", "none");
	resident = command_start(&in_there, argv_of(workload("hold")));
	command_wait_lines(resident, 1);
	/* Left behind, with nobody in it. */
	assert_non_null(cgroup_make_docker(controller(), container_id('f')));
	write_docker(container_id('f'), own("left-%d"), "busybox", "none");
	web = harness_start("-f", "json", "-e", "all", "--host-root", host_root(), "-c",
			    own("web-%d"));
	not_web = harness_start("-f", "json", "-e", "all", "--host-root", host_root(), "-c",
				own("!web-%d"), "-c", own("*-%d"));
	assert_non_null(strstr(web->tracer->err.data,
			       own("no such container yet, waiting: web-%d; running: ")));
	assert_non_null(strstr(web->tracer->err.data, own("there-%d")));
	assert_null(strstr(web->tracer->err.data, own("left-%d")));
	happen(&t);
	harness_stop_whole(web);
	harness_stop_whole(not_web);
	command_end(resident);
	check_str(web->events[0], "event.action", "container-start");
	check_str(web->events[0], "container.id", t.web_id);
	check_str(find(web, "setns", t.visitor, "proctrace.ns_change[0].owner.id", t.web_id),
		  "proctrace.ns_change[0].type", "net");
	check_absent(find(web, "setns", t.visitor, "event.outcome", "success"), "container");
	check_int(find(web, "signal", getpid(), "proctrace.signal.target.container.id", t.web_id),
		  "proctrace.signal.target.pid", t.holder);
	/* In, and out; what happens there is no matter of web. */
	check_that(find(web, "cgroup", t.mover, "container.id", t.web_id),
		   harness_count(web, "cgroup", t.mover) == 2);
	find(web, "cgroup", t.mover, "proctrace.old_container.id", t.web_id);
	assert_null(harness_find(web, "exit", t.mover));
	assert_null(harness_find(web, NULL, t.in_db));
	assert_null(harness_find(web, NULL, t.db_mover));
	check_str(web->events[web->events_len - 1], "event.action", "container-stop");
	/* The other way round. */
	check_str(not_web->events[0], "container.id", t.db_id);
	assert_null(harness_find(not_web, NULL, t.in_web));
	assert_null(harness_find(not_web, NULL, t.visitor));
	assert_null(harness_find(not_web, "signal", 0));
	assert_null(harness_find(not_web, "cgroup", t.mover));
	assert_int_equal(harness_count(not_web, "cgroup", t.db_mover), 2);
	check_int(find(not_web, "exec", t.in_db, "container.id", t.db_id), "process.pid", t.in_db);
}

/* Beginnings of ids: one that fits two selects both. */
static void by_prefix(void **state)
{
	struct things t = describe();
	char both[16], one[24], other[65];
	struct harness *h[2];

	(void)state;
	snprintf(other, sizeof(other), "%s", t.web_id);
	other[20] = 'b';
	t.db_id = other;
	write_docker(other, own("db-%d"), "redis", "back");
	snprintf(both, sizeof(both), "%.12s", t.web_id);
	snprintf(one, sizeof(one), "%.21s", t.web_id);
	h[0] = harness_start("-f", "json", "--host-root", host_root(), "-c", both);
	h[1] = harness_start("-f", "json", "--host-root", host_root(), "-c", one);
	happen(&t);
	for (size_t i = 0; i < 2; i++) {
		harness_stop_whole(h[i]);
		assert_non_null(harness_find(h[i], "exec", t.in_web));
		assert_null(harness_find(h[i], "exec", t.in_pod));
	}
	assert_non_null(harness_find(h[0], "exec", t.in_db));
	assert_null(harness_find(h[1], "exec", t.in_db));
	/* And the one inside web. */
	assert_int_equal(harness_count(h[0], "container-start", 0), 3);
	assert_int_equal(harness_count(h[1], "container-start", 0), 2);
}

/* Of a real runtime: every event of a container that comes later, its start first. */
static void by_real_facts(void **state)
{
	struct harness *name, *image, *not_runtime;
	struct container early, c;
	char pid[16];
	struct command *visitor;
	const struct runtime_ops *ops;

	runtime_need(*state);
	ops = runtime();
	/* So that it is known where the runtime of this test keeps what it says. */
	runtime_keep_container(own("early-%d"), &early);
	name = harness_start("-f", "json", "-e", "all", "-c", own("later-%d"));
	image = harness_start("-f", "json", "-e", "all", "--image", ops->image, "--runtime",
			      ops->runtime, "-c", own("lat*-%d"));
	not_runtime = harness_start("-f", "json", "-e", "all", "--runtime", "*", "--runtime",
				    own("!docker,!podman"));
	assert_non_null(strstr(name->tracer->err.data, "no such container yet, waiting: later-"));
	assert_non_null(strstr(name->tracer->err.data, early.name));
	runtime_keep_container(own("later-%d"), &c);
	runtime_exec(c.name, argv_of("true", "within"));
	snprintf(pid, sizeof(pid), "%d", runtime_container_pid(c.name));
	visitor = command_run(NULL, argv_of("nsenter", "-t", pid, "-n", "true"));
	runtime_remove_container(c.name);
	runtime_remove_container(early.name);
	harness_stop_whole(name);
	harness_stop_whole(image);
	harness_stop_whole(not_runtime);
	for (size_t i = 0; i < 2; i++) {
		struct harness *h = i ? image : name;

		check_str(h->events[0], "event.action", "container-start");
		check_str(h->events[0], "container.id", c.id);
		find(h, "exec", 0, "process.args[1]", "within");
		find(h, "setns", visitor->pid, "proctrace.ns_change[0].owner.id", c.id);
		find(h, "container-stop", 0, "container.id", c.id);
	}
	assert_int_equal(name->events_len, image->events_len);
	for (size_t i = 0; i < not_runtime->events_len; i++)
		check_that(not_runtime->events[i],
			   !is_of(not_runtime->events[i], "container.id", c.id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_entering),
		live_test(by_prefix),
	};
	const struct CMUnitTest docker[] = { runtime_test(by_real_facts, "docker") };
	const struct CMUnitTest podman[] = { runtime_test(by_real_facts, "podman") };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += cmocka_run_group_tests_name("docker", docker, NULL, runtime_stop);
	return failed + cmocka_run_group_tests_name("podman", podman, NULL, runtime_stop);
}
