// SPDX-License-Identifier: Apache-2.0
/*
 * test_podman_rootless - containers of a real Podman that is not root's
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "scratch.h"

struct wanted {
	const char *action;
	const char *name; /* of the container */
	const char *arg1; /* of a process in it */
};

static bool is_wanted(struct json_object *event, const void *arg)
{
	const struct wanted *w = arg;
	const char *action = field_str(event, "event.action"),
		   *name = field_str(event, "proctrace.isolated.container.name"),
		   *arg1 = field_str(event, "process.args[1]");

	return action && name && arg1 && !strcmp(action, w->action) && !strcmp(name, w->name) &&
	       !strcmp(arg1, w->arg1);
}

static void check_group(struct harness *h, const struct wanted *w, const struct container *c)
{
	struct json_object *event = harness_wait_where(h, is_wanted, w);

	check_absent(event, "container");
	check_str(event, "proctrace.isolated.by", "pid");
	check_str(event, "proctrace.isolated.container.id", c->id);
	check_str(event, "proctrace.isolated.container.runtime", "podman");
	check_str(event, "proctrace.isolated.container.image.name", runtime()->image);
	check_absent(event, "proctrace.isolated.container.unconfirmed");
}

/* No cgroup tells of it: its processes are a group called after what its monitor was told. */
static void by_its_monitor(void **state)
{
	struct harness *all, *by_name, *later;
	struct container c, other;
	char name[64];

	(void)state;
	runtime_need("podman-no-cgroup");
	snprintf(name, sizeof(name), "free-%d", getpid());
	all = harness_start("-f", "json", "-e", "exec,exit");
	by_name = harness_start("-f", "json", "-e", "exec,exit", "-c", name);
	runtime_keep_container(name, &c);
	snprintf(name, sizeof(name), "other-%d", getpid());
	runtime_keep_container(name, &other);
	runtime_exec(c.name, argv_of("true", "within"));
	check_group(all, &(struct wanted){ "exec", c.name, "600" }, &c);
	check_group(all, &(struct wanted){ "exec", other.name, "600" }, &other);
	check_group(all, &(struct wanted){ "exec", c.name, "within" }, &c);
	check_group(by_name, &(struct wanted){ "exit", c.name, "within" }, &c);
	later = harness_start("-f", "json", "--existing", "-c", other.name);
	check_group(later, &(struct wanted){ "process", other.name, "600" }, &other);
	runtime_remove_container(c.name);
	runtime_remove_container(other.name);
	check_group(all, &(struct wanted){ "exit", c.name, "600" }, &c);
	check_group(later, &(struct wanted){ "exit", other.name, "600" }, &other);
	harness_stop_whole(all);
	assert_int_equal(harness_stop(by_name), 0);
	for (size_t i = 0; i < by_name->events_len; i++)
		check_str(by_name->events[i], "proctrace.isolated.container.name", c.name);
	/* What conmon and runc do is in Podman's own namespaces, and no container's. */
	for (size_t i = 0; i < all->events_len; i++) {
		const char *process = field_str(all->events[i], "process.name");

		if (process && !strcmp(process, "conmon"))
			check_absent(all->events[i], "proctrace.isolated.container");
	}
}

static bool is_tiny_in(struct json_object *event, const void *id)
{
	const char *action = field_str(event, "event.action"),
		   *container = field_str(event, "container.id");

	return action && container && !strcmp(action, "exec") && !strcmp(container, id);
}

/* A process that runs in the cgroup of the container. */
static struct json_object *run_in(struct harness *h, const char *id, uid_t owner)
{
	const char *cgroups[2] = { NULL, NULL };
	char path[128];

	snprintf(path, sizeof(path), "/forged-%d/libpod-%s", getpid(), id);
	cgroups[0] = cgroup_make("", path);
	if (!cgroups[0])
		harness_skip("no cgroup %s", path);
	assert_int_equal(chown(cgroups[0], owner, owner), 0);
	command_free(command_run(&(struct command_options){ .cgroups = cgroups },
				 argv_of(workload("tiny"), id)));
	return harness_wait_where(h, is_tiny_in, id);
}

/* Files in which a user claims two containers, one of which is in a cgroup of that user. */
static void only_of_its_user(void **state)
{
	const char *mine = container_id('a'), *others = container_id('b');
	char text[512], bundle[512];
	struct json_object *event;
	struct command *monitor;
	struct harness *h;

	(void)state;
	snprintf(text, sizeof(text),
		 "[{\"id\":\"%s\",\"names\":[\"claimed\"]},"
		 "{\"id\":\"%s\",\"names\":[\"claimed\"]}]",
		 mine, others);
	scratch_write("storage/vfs-containers/containers.json", text, 0644);
	for (int i = 0; i < 2; i++) {
		snprintf(bundle, sizeof(bundle), "storage/vfs-containers/%s/userdata/x",
			 i ? mine : others);
		scratch_write(bundle, "", 0644);
	}
	snprintf(bundle, sizeof(bundle), "%s/storage/vfs-containers/%s/userdata", scratch(), mine);
	h = harness_start("-f", "json", "-e", "exec");
	monitor = command_start(&(struct command_options){ .program = workload("hold"),
							   .uid = 65534,
							   .input = true },
				argv_of("conmon", "-c", others, "-b", bundle, "-n", "claimed"));
	command_wait_lines(monitor, 1);
	event = run_in(h, mine, 65534);
	check_str(event, "container.name", "claimed");
	check_absent(event, "proctrace.container.unconfirmed");
	event = run_in(h, others, 0);
	check_absent(event, "container.name");
	check_true(event, "proctrace.container.unconfirmed");
	command_end(monitor);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest trust[] = { live_test(only_of_its_user) };
	const struct CMUnitTest no_cgroup[] = { live_test(by_its_monitor) };
	const struct CMUnitTest delegated[] = RUNTIME_TESTS("podman-rootless");

	/* Podman makes no cgroups without root where v1 is mounted. */
	int failed = cmocka_run_group_tests_name("no cgroup", no_cgroup, NULL, runtime_stop);

	failed += cmocka_run_group_tests_name("trust", trust, NULL, NULL);
	return failed + cmocka_run_group_tests_name("delegated cgroup", delegated, cgroups_v2_only,
						    runtime_stop);
}
