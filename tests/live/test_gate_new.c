// SPDX-License-Identifier: Apache-2.0
/*
 * test_gate_new - cgroups that are made in a container whose records stay in the kernel
 *
 * Each may be a container of its own that somebody asked for, whatever it is called, and none
 * of its records may be missing. While the tracer is stopped it knows nothing of a new cgroup,
 * so what it would miss by being late it misses for certain.
 */
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bundle.h"
#include "cgroups.h"
#include "gated.h"
#include "harness.h"
#include "things.h"

#define ROUNDS 30
#define LONG   60000

/* Where something of that name is, in the container; valid until the next call. */
static const char *below(const struct gated *outer, const char *prefix, const char *name,
			 const char *suffix)
{
	static char path[512];

	snprintf(path, sizeof(path), "/docker/%s/%s%s%s", outer->id, prefix, name, suffix);
	return path;
}

static void storm_in(const char *cgroup)
{
	command_free(
		gated_run(cgroup, argv_of(workload("storm"), GATED_STORM_COUNT, workload("tiny"))));
}

static void named(const char *controller, const char *prefix, const char *suffix)
{
	struct gated web = gated_make(controller, "web", 'a');
	struct gated other = gated_make(controller, "other", 'b');
	struct harness *h = gated_start("-c", own("fresh%d_*,web"));
	const char *stale;

	gated_prime(h, web.cgroup, other.cgroup);
	kill(h->tracer->pid, SIGSTOP);
	storm_in(cgroup_make(controller, below(&other, prefix, own("fresh%d_x"), suffix)));
	kill(h->tracer->pid, SIGCONT);
	gated_check_whole(h);
	for (int i = 0; i < ROUNDS; i++) {
		char name[32];
		struct json_object *event;

		snprintf(name, sizeof(name), "fresh%d_%d", getpid(), i);
		command_free(gated_run(cgroup_make(controller, below(&other, prefix, name, suffix)),
				       argv_of(workload("tiny"), name)));
		event = harness_wait_where(h, gated_has_args, name);
		check_str(event, "container.id", name);
		check_str(event, "proctrace.container.outer[0].id", other.id);
	}
	/* One that is not asked for stays back all the same, once it was seen. */
	stale = cgroup_make(controller, below(&other, prefix, own("stale%d"), suffix));
	command_free(gated_run(stale, argv_of(workload("tiny"), "first")));
	gated_sync(h, web.cgroup);
	harness_forget(h);
	storm_in(stale);
	gated_sync(h, web.cgroup);
	gated_check_none_of(h, own("stale%d"));
	gated_check_none_of(h, other.id);
	harness_stop_whole(h);
	check_that(NULL, harness_summary(h, "filtered in the kernel") >= 3 * GATED_STORM);
}

static void lxc(void **state)
{
	named(*state, "lxc.payload.", "");
}

static void nspawn(void **state)
{
	named(*state, "machine-", ".scope");
}

/* Some levels down, in what was made just before. */
static void deep(void **state)
{
	named(*state, "a/b/c/lxc.payload.", "");
}

/* It was there before the container around it was excluded, and before the tracer. */
static void that_was_there(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	const char *early =
		cgroup_make(*state, below(&other, "lxc.payload.", own("fresh%d_early"), ""));
	struct harness *h = gated_start("-c", own("fresh%d_*,web"));
	const char *later;

	later = cgroup_make(*state, below(&other, "lxc.payload.", own("fresh%d_later"), ""));
	gated_prime(h, web.cgroup, other.cgroup);
	command_free(gated_run(early, argv_of(workload("tiny"), "early")));
	harness_wait_where(h, gated_has_args, "early");
	command_free(gated_run(later, argv_of(workload("tiny"), "later")));
	harness_wait_where(h, gated_has_args, "later");
	harness_stop_whole(h);
}

static bool is_lost(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");

	(void)arg;
	return action && !strcmp(action, "lost");
}

/* Nothing told the tracer of it, so it never decided. */
static void that_was_lost(void **state)
{
	struct gated web = gated_make(*state, "web", 'a'), other = gated_make(*state, "other", 'b');
	struct harness *h = gated_start("-c", own("fresh%d_*,web"), "--buffer", "512K");
	const char *lost;

	gated_prime(h, web.cgroup, other.cgroup);
	kill(h->tracer->pid, SIGSTOP);
	command_free(gated_run(web.cgroup, argv_of(workload("storm"), "1000", workload("tiny"))));
	lost = cgroup_make(*state, below(&other, "lxc.payload.", own("fresh%d_lost"), ""));
	kill(h->tracer->pid, SIGCONT);
	harness_wait_where(h, is_lost, NULL);
	/* One whose making is told. */
	cgroup_make(*state, below(&other, "", "told", ""));
	gated_sync(h, web.cgroup);
	kill(h->tracer->pid, SIGSTOP);
	command_free(gated_run(lost, argv_of(workload("tiny"), "of-the-lost")));
	kill(h->tracer->pid, SIGCONT);
	check_str(harness_wait_where(h, gated_has_args, "of-the-lost"), "container.id",
		  own("fresh%d_lost"));
	assert_int_equal(harness_stop(h), 0);
}

static const char *bundle_in(const char *name, const char *cgroup, const char *const args[])
{
	const char *dir = bundle_make(name, args);
	struct json_object *config;
	char file[600];

	snprintf(file, sizeof(file), "%s/config.json", dir);
	config = json_object_from_file(file);
	json_object_object_add(json_object_object_get(config, "linux"), "cgroupsPath",
			       json_object_new_string(cgroup));
	if (json_object_to_file(file, config))
		harness_fail("%s: %s", file, json_util_get_last_err());
	json_object_put(config);
	return dir;
}

static char outer[32];

static int delete_outer(void **state)
{
	(void)state;
	command_free(command_run(&(struct command_options){ .deadline_ms = LONG },
				 argv_of("runc", "delete", "-f", outer)));
	return 0;
}

static int runc_setup(void **state)
{
	snprintf(outer, sizeof(outer), "outer-%d", getpid());
	return live_setup(state);
}

static int runc_teardown(void **state)
{
	/* What a failed test left; it is no error if nothing is there. */
	delete_outer(NULL);
	return live_teardown(state);
}

/* Of no form that shows: the runtime alone says that they are containers. */
static void runc(void **state)
{
	char log[512], path[160];
	const char *dir;
	struct harness *h;

	(void)state;
	snprintf(log, sizeof(log), "%s", scratch_path("log"));
	h = harness_start("-f", "json", "-e", "all", "-c", "fresh-*,no-such");
	snprintf(path, sizeof(path), "/%s", outer);
	dir = bundle_in(outer, path, argv_of("sleep", "600"));
	command_free(command_run(&(struct command_options){ .deadline_ms = LONG, .out_file = log },
				 argv_of("runc", "run", "-d", "--bundle", dir, outer)));
	for (int i = 0; i < 5; i++) {
		char name[64], unique[32];
		struct json_object *event;

		snprintf(name, sizeof(name), "fresh-%d-%d", getpid(), i);
		snprintf(path, sizeof(path), "/%s/%s", outer, name);
		snprintf(unique, sizeof(unique), "round-%d", i);
		dir = bundle_in(name, path, argv_of("true", unique));
		if (i == 0)
			kill(h->tracer->pid, SIGSTOP);
		command_free(command_run(&(struct command_options){ .deadline_ms = LONG,
								    .out_file = log },
					 argv_of("runc", "run", "--bundle", dir, name)));
		kill(h->tracer->pid, SIGCONT);
		event = harness_wait_where(h, gated_has_args, unique);
		check_str(event, "container.id", name);
		check_str(event, "container.runtime", "runc");
		check_str(event, "proctrace.container.outer[0].id", outer);
		gated_check_none_of(h, outer);
	}
	delete_outer(NULL);
	harness_stop_whole(h);
	check_that(NULL, harness_summary(h, "filtered in the kernel") > 0);
}

#define new_test(f, controller) \
	cmocka_unit_test_prestate_setup_teardown(f, live_setup, live_teardown, (void *)(controller))

#define ALL_TESTS(controller)                                                                \
	new_test(lxc, controller), new_test(nspawn, controller), new_test(deep, controller), \
		new_test(that_was_there, controller), new_test(that_was_lost, controller)

int main(void)
{
	const struct CMUnitTest v2_tests[] = {
		ALL_TESTS(""),
		cmocka_unit_test_setup_teardown(runc, runc_setup, runc_teardown),
	};
	const struct CMUnitTest v1_tests[] = { ALL_TESTS("pids") };
	int failed = cmocka_run_group_tests_name("v2", v2_tests, NULL, NULL);

	if (!cgroup_mount("pids"))
		return failed;
	return failed + cmocka_run_group_tests_name("v1", v1_tests, NULL, NULL);
}
