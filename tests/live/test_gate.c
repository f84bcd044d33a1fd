// SPDX-License-Identifier: Apache-2.0
/*
 * test_gate - records of containers that nobody asked for stay in the kernel
 *
 * Made cgroups with the files that Docker would keep of them, below a root of the test's own:
 * of a container without a name nothing is certain, so nothing of it is kept back.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "gated.h"
#include "harness.h"

#define FILTERED "filtered in the kernel"

/* fork, exec and exit of each child. */
static void check_filtered(struct harness *h, int children)
{
	harness_stop_whole(h);
	if (harness_summary(h, FILTERED) == UINT64_MAX ||
	    harness_summary(h, FILTERED) < 3 * (uint64_t)children)
		harness_fail("%d records were filtered, of %d children",
			     (int)harness_summary(h, FILTERED), children);
}

static void storm_beside(const char *controller, const char *const filter[])
{
	struct gated web = gated_make(controller, "web", 'a'),
		     other = gated_make(controller, "other", 'b');
	struct harness *h = gated_start(filter[0], filter[1]);

	gated_prime(h, web.cgroup, other.cgroup);
	gated_run(other.cgroup, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	gated_run(web.cgroup, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	gated_check_whole(h);
	gated_check_none_of(h, other.id);
	check_filtered(h, GATED_STORM);
}

static void by_name(void **state)
{
	storm_beside(*state, argv_of("-c", "web"));
}

static void by_other_facts(void **state)
{
	storm_beside(*state, argv_of("-c", "!other"));
	storm_beside(*state, argv_of("--image", "shop/web"));
	storm_beside(*state, argv_of("--label", "app=w*"));
}

/* A container that no file names may yet turn out to be the one. */
static void not_without_a_name(void **state)
{
	struct gated web = gated_make(*state, "web", 'a');
	const char *unknown = cgroup_make_docker(*state, container_id('c'));
	struct harness *h = gated_start("-c", "web"), *host = gated_start("--host");

	gated_prime(h, web.cgroup, unknown);
	command_run(NULL, argv_of(workload("tiny"), "of-the-host"));
	harness_wait_where(host, gated_has_args, "of-the-host");
	gated_run(unknown, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	harness_stop_whole(h);
	/* With --host any container will do. */
	check_filtered(host, GATED_STORM);
}

/* What is made below an excluded container is excluded as soon as it is known. */
static void below(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "web");
	const char *deeper;
	char path[256];

	gated_prime(h, web.cgroup, other.cgroup);
	snprintf(path, sizeof(path), "/docker/%s/deep/deeper", other.id);
	deeper = cgroup_make(*state, path);
	gated_sync(h, web.cgroup);
	gated_run(deeper, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	gated_check_none_of(h, other.id);
	check_filtered(h, GATED_STORM);
}

/* From its very first event on. */
static void that_appears_later(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b'),
		     late;
	struct harness *h = gated_start("-c", "late,web");
	size_t starts = 0;

	gated_prime(h, web.cgroup, other.cgroup);
	late = gated_make(*state, "late", 'd');
	gated_run(late.cgroup, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	gated_check_whole(h);
	for (size_t i = 0; i < h->events_len; i++)
		starts += gated_is_of(h->events[i], late.id) &&
			  !strcmp(field_str(h->events[i], "event.action"), "container-start");
	assert_int_equal(starts, 1);
	harness_stop_whole(h);
}

/* A container in an excluded one may be asked for, and none of its events is missing. */
static void inside_another(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "inner,web");
	char path[256], inner[65];

	gated_prime(h, web.cgroup, other.cgroup);
	strcpy(inner, container_id('e'));
	gated_write(inner, "inner");
	snprintf(path, sizeof(path), "/docker/%s/docker/%s", other.id, inner);
	gated_write_state(inner, *state, path);
	gated_run(cgroup_make(*state, path),
		  argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	gated_check_whole(h);
	gated_check_none_of(h, other.id);
	harness_stop_whole(h);
}

/* With v1 a container's cgroup may be in that hierarchy only, and so may one that is inside it. */
static void inside_another_in_one(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	const char *both = cgroup_make_docker("pids", other.id), *inside, *cgroups[3] = { 0 };
	struct harness *h = gated_start("-c", "inner,web");
	char path[256], inner[65];

	gated_prime(h, web.cgroup, other.cgroup);
	cgroups[0] = other.cgroup;
	cgroups[1] = both;
	command_run(&(struct command_options){ .cgroups = cgroups },
		    argv_of(workload("tiny"), "prime-both"));
	gated_run(web.cgroup, argv_of(workload("tiny"), "primed-both"));
	harness_wait_where(h, gated_has_args, "primed-both");
	strcpy(inner, container_id('e'));
	gated_write(inner, "inner");
	snprintf(path, sizeof(path), "/docker/%s/docker/%s", other.id, inner);
	gated_write_state(inner, "pids", path);
	/* Until the tracer has seen the new cgroup its decision is of no use. */
	kill(h->tracer->pid, SIGSTOP);
	inside = cgroup_make("pids", path);
	cgroups[1] = inside;
	command_run(&(struct command_options){ .cgroups = cgroups },
		    argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny")));
	kill(h->tracer->pid, SIGCONT);
	gated_check_whole(h);
	harness_stop_whole(h);
}

static bool is_move_of(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");

	return action && !strcmp(action, "cgroup") &&
	       field_int(event, "process.pid") == *(const pid_t *)arg;
}

/* Nothing was known of it until then. */
static void moved_in(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "web", "--enrich", "full");
	const char *cgroups[2] = { other.cgroup };
	struct json_object *event;
	struct command *c;

	gated_prime(h, web.cgroup, other.cgroup);
	c = command_start(&(struct command_options){ .cgroups = cgroups, .input = true },
			  argv_of(workload("hold"), "moved"));
	command_wait_lines(c, 1);
	/* The decision about what lives in the process table was carried out by now. */
	gated_run(web.cgroup, argv_of(workload("tiny"), "between"));
	harness_wait_where(h, gated_has_args, "between");
	cgroup_move(web.cgroup, c->pid);
	event = harness_wait_where(h, is_move_of, &c->pid);
	check_str(event, "container.id", web.id);
	check_str(event, "process.args[1]", "moved");
	check_str(event, "proctrace.source.args", "procfs");
	check_there(event, "process.parent.pid");
	command_end(c);
	event = harness_wait_where(h, gated_has_args, "moved");
	check_str(event, "container.id", web.id);
	harness_stop_whole(h);
}

static bool enters_net(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");
	const char *owner = field_str(event, "proctrace.ns_change[0].owner.id");

	return action && !strcmp(action, "setns") && owner && !strcmp(owner, arg);
}

/* A process of an excluded container that enters the chosen one is told. */
static void that_enters(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "web");
	const char *cgroups[2] = { web.cgroup };
	struct json_object *event;
	char pid[16], tiny_twice[1024];
	struct command *c;

	gated_prime(h, web.cgroup, other.cgroup);
	c = command_start(&(struct command_options){ .cgroups = cgroups, .input = true },
			  argv_of("unshare", "--net", workload("hold"), "held"));
	command_wait_lines(c, 1);
	snprintf(pid, sizeof(pid), "%d", c->pid);
	gated_run(other.cgroup, argv_of(workload("ns"), "setns", pid, "net"));
	check_str(harness_wait_where(h, enters_net, web.id), "container.id", other.id);
	/* And from then on, whatever it runs, and whom it starts. */
	snprintf(tiny_twice, sizeof(tiny_twice),
		 "nsenter --net=/proc/%s/ns/net /bin/sh -c '%s one; %s as-a-visitor'; true", pid,
		 workload("tiny"), workload("tiny"));
	gated_run(other.cgroup, argv_of("/bin/sh", "-c", tiny_twice));
	event = harness_wait_where(h, gated_has_args, "as-a-visitor");
	check_str(event, "container.id", other.id);
	check_str(event, "proctrace.entered", "nsenter");
	check_str(event, "proctrace.entered_container.id", web.id);
	check_str(event, "proctrace.entered_container.name", "web");
	command_end(c);
	harness_stop_whole(h);
}

/* Somebody in web with a network of its own; the path of that. */
static const char *hold_net(const struct gated *web, struct command **ret_command)
{
	static char path[64];
	const char *cgroups[2] = { web->cgroup };

	*ret_command = command_start(&(struct command_options){ .cgroups = cgroups, .input = true },
				     argv_of("unshare", "--net", workload("hold"), "held"));
	command_wait_lines(*ret_command, 1);
	snprintf(path, sizeof(path), "--net=/proc/%d/ns/net", (*ret_command)->pid);
	return path;
}

static void check_visits(struct harness *h, const char *arg, const struct gated *from,
			 const struct gated *to)
{
	struct json_object *event = harness_wait_where(h, gated_has_args, arg);

	check_str(event, "container.id", from->id);
	check_str(event, "proctrace.entered_container.id", to->id);
}

/*
 * The same of what the runtime's exec brought into a container that has the host's pid
 * namespace: its parent is none of the container, but it has the container's mounts.
 */
static void that_was_brought_in(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "web");
	struct command *c;

	gated_prime(h, web.cgroup, other.cgroup);
	gated_run(other.cgroup, argv_of("unshare", "--mount", "nsenter", hold_net(&web, &c),
					workload("tiny"), "brought-in"));
	check_visits(h, "brought-in", &other, &web);
	command_end(c);
	harness_stop_whole(h);
}

/* Nobody looks for setns(2) here: its children, and what it runs, show where it is. */
static void that_enters_unseen(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = harness_start("-f", "json", "-e", "exec,exit", "--host-root",
					  (scratch_path("host/etc/x"), scratch_path("host")), "-c",
					  "web");
	char script[1024];
	struct command *c;

	gated_prime(h, web.cgroup, other.cgroup);
	snprintf(script, sizeof(script), "nsenter %s /bin/sh -c '%s one; %s unseen'; %s home; true",
		 hold_net(&web, &c), workload("tiny"), workload("tiny"), workload("tiny"));
	gated_run(other.cgroup, argv_of("/bin/sh", "-c", script));
	check_visits(h, "unseen", &other, &web);
	command_end(c);
	harness_stop_whole(h);
}

/* A cgroup of v1 may become another container's by its new name. */
static void renamed(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", "web*");
	char path[512], late[65];

	gated_prime(h, web.cgroup, other.cgroup);
	strcpy(late, container_id('f'));
	gated_write(late, "web-late");
	snprintf(path, sizeof(path), "%.*s/%s", (int)(strrchr(other.cgroup, '/') - other.cgroup),
		 other.cgroup, late);
	/* Until the tracer has seen the new name its decision is of no use. */
	kill(h->tracer->pid, SIGSTOP);
	assert_int_equal(rename(other.cgroup, path), 0);
	gated_run(path, argv_of(workload("tiny"), "at-once"));
	kill(h->tracer->pid, SIGCONT);
	check_str(harness_wait_where(h, gated_has_args, "at-once"), "container.name", "web-late");
	gated_run(path, argv_of(workload("tiny"), "renamed"));
	check_str(harness_wait_where(h, gated_has_args, "renamed"), "container.name", "web-late");
	assert_int_equal(cgroup_remove(path), 0);
	harness_stop_whole(h);
}

#define gate_test(f, controller) \
	cmocka_unit_test_prestate_setup_teardown(f, live_setup, live_teardown, (void *)(controller))

#define ALL_TESTS(controller)                                                                     \
	gate_test(by_name, controller), gate_test(by_other_facts, controller),                    \
		gate_test(not_without_a_name, controller), gate_test(below, controller),          \
		gate_test(that_appears_later, controller), gate_test(inside_another, controller), \
		gate_test(moved_in, controller), gate_test(that_enters, controller),              \
		gate_test(that_was_brought_in, controller),                                       \
		gate_test(that_enters_unseen, controller)

int main(void)
{
	const struct CMUnitTest v2_tests[] = { ALL_TESTS("") };
	const struct CMUnitTest v1_tests[] = {
		ALL_TESTS("pids"),
		gate_test(renamed, "pids"),
		gate_test(inside_another_in_one, ""),
	};
	int failed = cmocka_run_group_tests_name("v2", v2_tests, NULL, NULL);

	if (!cgroup_mount("pids"))
		return failed;
	return failed + cmocka_run_group_tests_name("v1", v1_tests, NULL, NULL);
}
