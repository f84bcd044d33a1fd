// SPDX-License-Identifier: Apache-2.0
/*
 * test_bare - runtimes that have no engine around them: runc, crun, LXC
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "harness.h"
#include "scratch.h"

#define RUN_MS	   60000 /* a runtime on a busy machine */
#define AT_ONCE	   20
#define AT_ONCE_MS 180000 /* each takes a second of CPU time of the runtime's own */

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

static void run_in(const struct command_options *options, const char *const args[])
{
	command_free(command_run(options, args));
}

/* The first process and an exec; every step before them is set-up, and can be hidden. */
static void check_all(struct harness *h, struct harness *no_setup, const char *id,
		      const char *runtime)
{
	struct json_object *event = wait_for(h, "exec", id, "600");
	size_t steps = 0;

	check_int(event, "process.vpid", 1);
	check_absent(event, "proctrace.entered");
	event = wait_for(h, "exec", id, "brought in");
	check_str(event, "proctrace.entered", "exec");
	check_that(event, strstr(field_str(event, "proctrace.entered_by.name"), runtime) != NULL);
	check_there(event, "proctrace.entered_by.entity_id");
	event = wait_for(h, "exit", id, "brought in");
	check_str(event, "proctrace.entered", "exec");
	check_absent(wait_for(h, "exit", id, "600"), "proctrace.entered");
	for (size_t i = 0; i < h->events_len; i++) {
		const char *in = field_str(h->events[i], "container.id");
		const char *name = field_str(h->events[i], "process.name");

		if (!in || strcmp(in, id) != 0 || !name || !strstr(name, runtime))
			continue;
		check_str(h->events[i], "proctrace.entered", "setup");
		steps++;
	}
	check_that(event, steps > 0);
	wait_for(no_setup, "exit", id, "600");
	for (size_t i = 0; i < no_setup->events_len; i++) {
		const char *entered = field_str(no_setup->events[i], "proctrace.entered");

		check_that(no_setup->events[i], !entered || strcmp(entered, "setup") != 0);
	}
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(harness_stop(no_setup), 0);
}

static struct harness *start(const char *id, const char *option)
{
	return harness_start("-f", "json", "-e", "all", "-c", id, option);
}

/* run(1 to 3) of runc's command line, which crun has as well. */
static void check_oci(const char *runtime, const char *const *(*wrap)(const char *const args[]))
{
	const char *id = unique_name(runtime);
	const char *bundle = bundle_make("bundle", argv_of("sleep", "600"));
	char log[256];
	struct command_options options = { .deadline_ms = RUN_MS, .out_file = log };
	struct harness *h = start(id, NULL), *no_setup = start(id, "--no-setup");
	struct command *c;

	snprintf(log, sizeof(log), "%s/runtime.log", scratch());
	c = command_start(&options, wrap(argv_of(runtime, "run", "-d", "--bundle", bundle, id)));
	if (command_wait(c, RUN_MS) != 0)
		harness_skip("%s does not run here: %s", runtime, read_whole(log));
	command_free(c);
	run_in(&options, wrap(argv_of(runtime, "exec", id, "true", "brought in")));
	run_in(&options, wrap(argv_of(runtime, "delete", "-f", id)));
	check_all(h, no_setup, id, runtime);
}

static const char *const *as_it_is(const char *const args[])
{
	return args;
}

static void runc(void **state)
{
	(void)state;
	check_oci("runc", as_it_is);
}

static void crun(void **state)
{
	(void)state;
	if (!bundle_has_program("crun"))
		harness_skip("crun is not installed");
	check_oci("crun", bundle_not_hybrid);
}

static void lxc(void **state)
{
	const char *name = unique_name("lxc"), *path = scratch();
	char file[96], log[256], config[1024];
	struct command_options options = { .deadline_ms = RUN_MS };
	struct harness *h, *no_setup;
	struct command *c;

	(void)state;
	if (!bundle_has_program("lxc-start"))
		harness_skip("lxc is not installed");
	snprintf(log, sizeof(log), "%s/lxc.log", path);
	snprintf(config, sizeof(config),
		 "lxc.rootfs.path = dir:%s\nlxc.uts.name = box\nlxc.net.0.type = empty\n"
		 "lxc.apparmor.profile = unconfined\n",
		 bundle_rootfs());
	snprintf(file, sizeof(file), "%s/config", name);
	scratch_write(file, config, 0644);
	h = start(name, NULL);
	no_setup = start(name, "--no-setup");
	c = command_start(&options, argv_of("lxc-start", "-P", path, "-n", name, "-o", log, "--",
					    "/bin/sleep", "600"));
	if (command_wait(c, RUN_MS) != 0)
		harness_skip("lxc-start does not run here: %s", read_whole(log));
	command_free(c);
	run_in(&options,
	       argv_of("lxc-attach", "-P", path, "-n", name, "--", "/bin/true", "brought in"));
	run_in(&options, argv_of("lxc-stop", "-k", "-P", path, "-n", name));
	check_all(h, no_setup, name, "lxc-");
}

/*
 * Containers that are over before anybody could look: the state of these runtimes is gone
 * with them, and their cgroups have names like any other.
 */
static bool same(struct json_object *event, const char *path, const char *want)
{
	const char *got = field_str(event, path);

	return got && !strcmp(got, want);
}

/* From its first event in the container on, all of its events are, after a start. */
static void check_process(struct harness *h, pid_t pid, const char *id, const char *runtime)
{
	bool inside = false, started = false;

	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];

		started |= same(event, "event.action", "container-start") &&
			   same(event, "container.id", id);
		if (field_int(event, "process.pid") != pid)
			continue;
		inside |= field_find(event, "container") != NULL;
		if (!inside)
			continue;
		check_str(event, "container.id", id);
		check_str(event, "container.runtime", runtime);
		check_absent(event, "proctrace.container.unconfirmed");
		check_that(event, started);
	}
	if (!inside)
		harness_fail("pid %d is never in %s", pid, id);
}

/* The program has the id as its argument, so that no other is taken for it. */
static void check_brief(struct harness *h, const char *id, const char *runtime)
{
	size_t execs = 0, exits = 0;

	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];

		if (!same(event, "process.args[0]", "true") || !same(event, "process.args[1]", id))
			continue;
		check_str(event, "container.id", id);
		check_absent(event, "proctrace.entered");
		execs += same(event, "event.action", "exec");
		exits += same(event, "event.action", "exit");
		check_process(h, (pid_t)field_int(event, "process.pid"), id, runtime);
	}
	if (execs != 1 || exits != 1)
		harness_fail("%s: %zu execs and %zu exits", id, execs, exits);
}

static void check_at_once(const char *runtime, const char *const *(*wrap)(const char *const args[]))
{
	struct command *commands[AT_ONCE];
	char ids[AT_ONCE][64], bundles[AT_ONCE][512], log[256], glob[64];
	struct command_options options = { .out_file = log };
	struct harness *h;

	for (int i = 0; i < AT_ONCE; i++) {
		snprintf(ids[i], sizeof(ids[i]), "brief-%s-%d-%d", runtime, getpid(), i);
		snprintf(bundles[i], sizeof(bundles[i]), "%s",
			 bundle_make(ids[i], argv_of("true", ids[i])));
	}
	snprintf(log, sizeof(log), "%s/runtime.log", scratch());
	snprintf(glob, sizeof(glob), "brief-%s-%d-*", runtime, getpid());
	h = harness_start("-f", "json", "-e", "all", "-c", glob);
	for (int i = 0; i < AT_ONCE; i++)
		commands[i] = command_start(
			&options, wrap(argv_of(runtime, "run", "--bundle", bundles[i], ids[i])));
	for (int i = 0; i < AT_ONCE; i++)
		if (command_wait(commands[i], AT_ONCE_MS) != 0)
			harness_skip("%s does not run here: %s", runtime, read_whole(log));
	harness_stop_whole(h);
	for (int i = 0; i < AT_ONCE; i++)
		check_brief(h, ids[i], runtime);
}

static void runc_at_once(void **state)
{
	(void)state;
	check_at_once("runc", as_it_is);
}

static void crun_at_once(void **state)
{
	(void)state;
	if (!bundle_has_program("crun"))
		harness_skip("crun is not installed");
	check_at_once("crun", bundle_not_hybrid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(runc),	 live_test(crun),	  live_test(lxc),
		live_test(runc_at_once), live_test(crun_at_once),
	};

	return cmocka_run_group_tests_name("bare", tests, NULL, NULL);
}
