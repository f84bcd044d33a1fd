// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgroup - real cgroups of every form that runtimes use, and moves between them
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"

#define CASES_MAX 128
#define COLUMNS	  5 /* line, verdict, runtime, id, pod */

struct path_case {
	char *text; /* owned; the columns point into it */
	char *column[COLUMNS];
	const char *cgroup; /* its directory; NULL: cannot be made here */
	pid_t pid;	    /* of the process that ran in it */
};

static FILE *open_cases(void)
{
	const char *dir = getenv("PROCTRACE_FIXTURES");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup-paths.tsv", dir ? dir : "tests/fixtures");
	f = fopen(path, "re");
	if (!f)
		harness_fail("%s: %s", path, strerror(errno));
	return f;
}

static bool parse_case(const char *line, struct path_case *ret_case)
{
	char *rest;

	ret_case->text = strdup(line);
	rest = ret_case->text;
	for (int i = 0; i < COLUMNS; i++) {
		ret_case->column[i] = strsep(&rest, "\t");
		if (!ret_case->column[i])
			harness_fail("%s: not enough columns", line);
	}
	return strcmp(ret_case->column[0], "cgroup_line") != 0;
}

/* A name alone is a container only if a runtime's state directory says so. */
static bool needs_a_runtime(const struct path_case *c)
{
	return strstr(c->column[1], "not hex") || strstr(c->column[1], "name unknown") ||
	       strstr(c->column[2], "no cgroupsPath");
}

/* The hierarchy is the one of the line, or the one of its version that is watched. */
static void run_in(struct path_case *c)
{
	const char *path = strchr(strchr(c->column[0], ':') + 1, ':') + 1;
	bool v1 = strncmp(c->column[0], "0:", 2) != 0;
	const char *cgroups[2] = { NULL };
	struct command *command;

	if (!cgroup_mount(v1 ? "pids" : ""))
		v1 = !v1;
	c->cgroup = cgroup_make(v1 ? "pids" : "", path);
	if (!c->cgroup)
		harness_fail("%s: %s", path, strerror(errno));
	cgroups[0] = c->cgroup;
	command = command_run(&(struct command_options){ .cgroups = cgroups },
			      argv_of(workload("tiny"), "in", path));
	c->pid = command->pid;
	command_free(command);
}

static void check_case(struct harness *h, const struct path_case *c)
{
	static const char *const kinds[] = { "exec", "exit" };
	char runtime[64];

	snprintf(runtime, sizeof(runtime), "%.*s", (int)strcspn(c->column[2], " "), c->column[2]);
	for (size_t i = 0; i < 2; i++) {
		struct json_object *event = harness_wait_event(h, kinds[i], c->pid);

		check_str(event, "proctrace.cgroup.path",
			  strchr(strchr(c->column[0], ':') + 1, ':') + 1);
		if (strncmp(c->column[1], "container", 9) && strncmp(c->column[1], "build", 5)) {
			check_absent(event, "container");
			continue;
		}
		check_str(event, "container.id", c->column[3]);
		if (!strcmp(runtime, "docker") || !strcmp(runtime, "podman") ||
		    !strcmp(runtime, "containerd") || !strcmp(runtime, "cri-o") ||
		    !strcmp(runtime, "lxc") || !strcmp(runtime, "systemd-nspawn"))
			check_str(event, "container.runtime", runtime);
		if (strcmp(c->column[4], "-") != 0 && !strchr(c->column[4], ' '))
			check_str(event, "orchestrator.resource.id", c->column[4]);
		check_that(event, field_true(event, "proctrace.container.build") ==
					  !strncmp(c->column[1], "build", 5));
	}
}

static void of_every_form(void **state)
{
	static struct path_case cases[CASES_MAX];
	FILE *f = open_cases();
	struct harness *h;
	char line[4096];
	size_t n = 0;

	(void)state;
	while (n < CASES_MAX && fgets(line, sizeof(line), f)) {
		if (!parse_case(line, &cases[n]) || needs_a_runtime(&cases[n]))
			free(cases[n].text);
		else
			n++;
	}
	fclose(f);
	assert_true(n > 30);
	h = harness_start_own();
	for (size_t i = 0; i < n; i++)
		run_in(&cases[i]);
	for (size_t i = 0; i < n; i++) {
		check_case(h, &cases[i]);
		free(cases[i].text);
	}
	harness_stop_whole(h);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(of_every_form),
		live_test(moved),
		live_test(started_and_stopped),
		live_test(inside_a_container),
		live_test(renamed),
		live_test(started_by_nobody_known),
	};

	const struct CMUnitTest v2_tests[] = {
		live_test(of_every_form),
		live_test(moved),
		live_test(started_and_stopped),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed + cmocka_run_group_tests_name("v2 only", v2_tests, cgroups_v2_only, NULL);
}
