// SPDX-License-Identifier: Apache-2.0
/*
 * test_nsenter - into each namespace of a container, out again, and whose it is
 *
 * A container made by hand has all eight; those of real runtimes have the ones that the
 * runtime gives them.
 *
 * Long because both kinds of container are entered and left in the same ways.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "scratch.h"

static const struct type {
	const char *name;
	const char *option; /* of nsenter(1) */
	const char
		*changes; /* what setns(2) changes at once: a process keeps its own pid namespace */
} types[] = {
	{ "mnt", "--mount", "mnt" },
	{ "net", "--net", "net" },
	{ "uts", "--uts", "uts" },
	{ "ipc", "--ipc", "ipc" },
	{ "pid", "--pid", "pid_for_children" },
	{ "user", "--user", "user" },
	{ "cgroup", "--cgroup", "cgroup" },
	{ "time", "--time", "time" },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

/* A container as the tests see it. */
struct target {
	pid_t pid; /* of a process in it, on the host */
	const char *id;
	const char *name;
	const char *shared_id; /* of another one in the same network; NULL: none */
};

static int64_t inode_of(pid_t pid, const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	return stat(path, &st) == 0 ? (int64_t)st.st_ino : 0;
}

static bool has_own(const struct target *t, const struct type *type)
{
	int64_t inode = inode_of(t->pid, type->name);

	return inode && inode != inode_of(getpid(), type->name);
}

/* As "--net=/proc/7/ns/net"; valid for 4 more calls. */
static const char *link_option(pid_t pid, const struct type *type)
{
	static char options[4][64];
	static unsigned int next;
	char *option = options[next++ % 4];

	snprintf(option, sizeof(options[0]), "%s=/proc/%d/ns/%s", type->option, pid, type->name);
	return option;
}

static void check_owner(struct json_object *event, struct json_object *change,
			const struct target *t)
{
	const char *type = field_str(change, "owner.type");

	check_that(event, type != NULL);
	if (!t) {
		check_that(event, !strcmp(type, "host"));
		return;
	}
	check_that(event, !strcmp(type, "container"));
	check_that(event, !strcmp(field_str(change, "owner.id"), t->id));
	check_that(event, !strcmp(field_str(change, "owner.name"), t->name));
}

/* One change, and no other: the owner of the new namespace is t, or with NULL the host. */
static void check_entered(struct json_object *event, const struct type *type, int64_t from,
			  int64_t to, const struct target *t)
{
	struct json_object *change = field_find(event, "proctrace.ns_change[0]");

	check_str(event, "event.outcome", "success");
	check_str(event, "proctrace.ns_change[0].type", type->changes);
	check_int(event, "proctrace.ns_change[0].old", from);
	check_int(event, "proctrace.ns_change[0].new", to);
	check_owner(event, change, t);
	/* And nothing else, but that of time the children's goes along. */
	if (!strcmp(type->name, "time")) {
		check_str(event, "proctrace.ns_change[1].type", "time_for_children");
		check_int(event, "proctrace.ns_change[1].new", to);
		check_absent(event, "proctrace.ns_change[2]");
	} else {
		check_absent(event, "proctrace.ns_change[1]");
	}
	if (t)
		check_that(event, field_int(change, "holder.pid") > 0);
	if (t && t->shared_id && !strcmp(type->name, "net"))
		check_str(event, "proctrace.ns_change[0].shared[0].id", t->shared_id);
	else
		check_absent(event, "proctrace.ns_change[0].shared");
	check_absent(event, "container");
	check_absent(event, "proctrace.seen");
}

static void check_one_call(struct harness *h, struct command *c, const char *program,
			   const struct type *type, const struct target *t)
{
	struct json_object *event = harness_wait_event(h, "setns", c->pid);

	check_str(event, "process.name", program);
	check_entered(event, type, inode_of(getpid(), type->name), inode_of(t->pid, type->name), t);
	harness_wait_event(h, "exit", c->pid);
	assert_int_equal(harness_count(h, "setns", c->pid), 1);
}

static bool is_child_of(struct json_object *event, const void *parent)
{
	return !strcmp(field_str(event, "event.action"), "fork") &&
	       field_int(event, "process.parent.pid") == *(const pid_t *)parent;
}

/* The child of a process that entered a pid namespace is the first one in it. */
static void check_child(struct harness *h, pid_t parent, const struct target *t)
{
	struct json_object *event = harness_wait_where(h, is_child_of, &parent);

	check_str(event, "proctrace.ns_change[0].type", "pid");
	check_int(event, "proctrace.ns_change[0].old", inode_of(getpid(), "pid"));
	check_int(event, "proctrace.ns_change[0].new", inode_of(t->pid, "pid"));
	check_owner(event, field_find(event, "proctrace.ns_change[0]"), t);
	check_absent(event, "proctrace.ns_change[1]");
}

/* Each namespace that it has of its own, by nsenter(1) and by a plain setns(2); how many. */
static size_t enter_each(struct harness *h, const struct target *t)
{
	size_t entered = 0;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", t->pid);
	for (size_t i = 0; i < TYPES; i++) {
		const struct type *type = &types[i];
		struct command *c;

		if (!has_own(t, type))
			continue;
		c = command_run(NULL, argv_of("nsenter", "--preserve-credentials",
					      link_option(t->pid, type), "/bin/true"));
		check_one_call(h, c, "nsenter", type, t);
		if (!strcmp(type->name, "pid"))
			check_child(h, c->pid, t);
		command_free(c);
		c = command_run(NULL, argv_of(workload("ns"), "setns", pid, type->name));
		check_one_call(h, c, "ns", type, t);
		command_free(c);
		entered++;
	}
	return entered;
}

/*
 * From each of them back into the host's. Not user: nobody is let out of one. Not mnt
 * where the container has a /proc of its own, in which this program is not to be found.
 */
static void leave_each(struct harness *h, const struct target *t, bool same_proc)
{
	for (size_t i = 0; i < TYPES; i++) {
		const struct type *type = &types[i];
		struct json_object *event;
		struct command *c;

		if (!has_own(t, type) || !strcmp(type->name, "user") ||
		    (!strcmp(type->name, "mnt") && !same_proc))
			continue;
		c = command_run(NULL, argv_of("nsenter", "-F", link_option(t->pid, type), "nsenter",
					      "-F", link_option(getpid(), type), "/bin/true"));
		harness_wait_event(h, "exit", c->pid);
		assert_int_equal(harness_count(h, "setns", c->pid), 2);
		event = harness_find_last(h, "setns", c->pid);
		check_entered(event, type, inode_of(t->pid, type->name),
			      inode_of(getpid(), type->name), NULL);
		command_free(c);
	}
}

/* ---- a container made by hand */

static bool is_made(struct json_object *event, const void *arg)
{
	const char *first = field_str(event, "process.args[1]");

	(void)arg;
	return !strcmp(field_str(event, "event.action"), "exec") && first &&
	       !strcmp(first, "first-process");
}

struct made {
	const char *cgroups[2];
	struct command *command;
	struct harness *h;
	struct target t;
};

/* Docker's file says that it is Docker's; the rest is unshare(1). */
static void make_container(struct made *m)
{
	struct command_options options = { .cgroups = m->cgroups, .input = true };
	char file[256], text[256];

	m->t.id = container_id('a');
	m->t.name = "by-hand";
	snprintf(file, sizeof(file), "host/var/lib/docker/containers/%s/config.v2.json", m->t.id);
	snprintf(text, sizeof(text),
		 "{\"ID\":\"%s\",\"Name\":\"/by-hand\",\"Config\":{\"Image\":\"i\"}}", m->t.id);
	scratch_write(file, text, 0644);
	m->cgroups[0] = cgroup_make_docker("", m->t.id);
	m->h = harness_start_own("-e", "fork,exec,exit,setns,unshare", "--host-root",
				 scratch_path("host"));
	m->command = command_start(&options, argv_of("unshare", "--mount", "--net", "--uts",
						     "--ipc", "--pid", "--user", "--map-root-user",
						     "--cgroup", "--time", "--fork", "--kill-child",
						     workload("hold"), "first-process"));
	command_wait_lines(m->command, 1);
	m->t.pid = (pid_t)field_int(harness_wait_where(m->h, is_made, NULL), "process.pid");
}

static void end_container(struct made *m)
{
	command_end(m->command);
	harness_stop_whole(m->h);
}

static void by_hand(void **state)
{
	size_t entered, kernel_has = 0;
	struct made m = { 0 };

	(void)state;
	make_container(&m);
	for (size_t i = 0; i < TYPES; i++)
		kernel_has += inode_of(getpid(), types[i].name) != 0;
	entered = enter_each(m.h, &m.t);
	assert_int_equal(entered, kernel_has);
	leave_each(m.h, &m.t, true);
	end_container(&m);
}

static struct json_object *change_of(struct json_object *event, const char *type)
{
	for (int i = 0; i < 12; i++) {
		char path[64];
		struct json_object *change;

		snprintf(path, sizeof(path), "proctrace.ns_change[%d]", i);
		change = field_find(event, path);
		if (change && !strcmp(field_str(change, "type"), type))
			return change;
	}
	check_failed(event, type, __FILE__, __LINE__);
}

/* A container's process that makes namespaces makes them the container's. */
static void made_within(void **state)
{
	struct command_options options;
	struct json_object *event;
	struct made m = { 0 };
	struct command *c;

	(void)state;
	make_container(&m);
	options = (struct command_options){ .cgroups = m.cgroups };
	c = command_run(&options, argv_of("unshare", "--uts", "--net", workload("tiny")));
	event = harness_wait_event(m.h, "unshare", c->pid);
	check_str(event, "container.id", m.t.id);
	check_owner(event, change_of(event, "uts"), &m.t);
	check_owner(event, change_of(event, "net"), &m.t);
	c = command_run(&options, argv_of("unshare", "--pid", "--fork", workload("tiny")));
	event = harness_wait_where(m.h, is_child_of, &c->pid);
	check_str(event, "container.id", m.t.id);
	check_owner(event, change_of(event, "pid"), &m.t);
	/* From one of its own into the host's: still the container's process. */
	c = command_run(&options, argv_of("unshare", "--uts", "nsenter",
					  link_option(getpid(), &types[2]), workload("tiny")));
	event = harness_wait_event(m.h, "setns", c->pid);
	check_str(event, "container.id", m.t.id);
	check_owner(event, change_of(event, "uts"), NULL);
	end_container(&m);
}

/* Nobody's container: the group is called after the program that made the namespace. */
static void made_by_the_host(void **state)
{
	struct harness *h = harness_start_own("-e", "fork,exec,exit,unshare");
	struct command *c = command_run(NULL, argv_of("unshare", "--mount", workload("tiny")));
	struct json_object *event = harness_wait_event(h, "unshare", c->pid), *change;

	(void)state;
	change = change_of(event, "mnt");
	check_that(event, !strcmp(field_str(change, "owner.type"), "isolated"));
	check_that(event, !strcmp(field_str(change, "owner.name"), "unshare"));
	check_absent(event, "container");
	c = command_run(NULL, argv_of("unshare", "--pid", "--fork", workload("tiny")));
	event = harness_wait_where(h, is_child_of, &c->pid);
	change = change_of(event, "pid");
	check_that(event, !strcmp(field_str(change, "owner.type"), "isolated"));
	check_that(event, !strcmp(field_str(change, "owner.name"), "unshare"));
	harness_stop_whole(h);
}

static bool is_labelled(struct json_object *event, const void *arg)
{
	const char *mark = field_str(event, "process.args[1]");

	return mark && !strcmp(mark, arg) && !strcmp(field_str(event, "event.action"), "exec");
}

/*
 * Runtimes enter a container's namespaces on their way. What has merely the name of one is known
 * by what it, or a child of it, executes there without being in the container's cgroup.
 */
static void by_a_runtimes_name(void **state)
{
	const char *runc = scratch_path("bin/runc");
	struct made m = { 0 };

	(void)state;
	command_free(command_run(NULL,
				 argv_of("sh", "-c", "cp \"$(command -v nsenter)\" \"$0\"", runc)));
	make_container(&m);
	command_run(NULL, argv_of(runc, link_option(m.t.pid, &types[1]), workload("tiny"), "net"));
	command_run(NULL, argv_of(runc, link_option(m.t.pid, &types[4]), workload("tiny"), "pid"));
	for (size_t i = 0; i < 2; i++) {
		struct json_object *event = harness_wait_where(m.h, is_labelled, i ? "pid" : "net");

		check_str(event, "proctrace.entered", "nsenter");
		check_str(event, "proctrace.entered_by.name", "runc");
		check_str(event, "proctrace.entered_container.id", m.t.id);
		check_absent(event, "container");
	}
	end_container(&m);
}

/* ---- containers of a real runtime */

static void of_a_runtime(void **state)
{
	struct container web, side;
	struct target t = { .id = web.id, .name = web.name };
	struct harness *h;
	char name[64];

	runtime_need(*state);
	snprintf(name, sizeof(name), "nsenter-%d", getpid());
	runtime_keep_container(name, &web);
	h = harness_start("-f", "json", "-e", "fork,exec,exit,setns");
	t.pid = runtime_container_pid(web.name);
	/* mnt net uts ipc pid, and on v2 alone cgroup. */
	assert_true(enter_each(h, &t) >= 5);
	leave_each(h, &t, false);
	/* A second one in its network: both are named, and the network stays the first one's. */
	snprintf(name, sizeof(name), "nsenter-%d-side", getpid());
	runtime_keep_in_network(web.name, name, &side);
	t.pid = runtime_container_pid(side.name);
	t.shared_id = side.id;
	for (size_t i = 0; i < TYPES; i++) {
		struct target own = { t.pid, side.id, side.name, NULL };
		struct command *c;

		if (!has_own(&t, &types[i]))
			continue;
		c = command_run(NULL,
				argv_of("nsenter", link_option(t.pid, &types[i]), "/bin/true"));
		check_one_call(h, c, "nsenter", &types[i],
			       strcmp(types[i].name, "net") == 0 ? &t : &own);
		command_free(c);
	}
	runtime_remove_container(side.name);
	runtime_remove_container(web.name);
	harness_stop_whole(h);
}

#define runtime_test(runtime)                                                             \
	cmocka_unit_test_prestate_setup_teardown(of_a_runtime, live_setup, live_teardown, \
						 (void *)(runtime))

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_hand),
		live_test(made_within),
		live_test(made_by_the_host),
		live_test(by_a_runtimes_name),
	};
	const struct CMUnitTest docker_tests[] = { runtime_test("docker") };
	const struct CMUnitTest podman_tests[] = { runtime_test("podman") };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += cmocka_run_group_tests_name("docker", docker_tests, NULL, runtime_stop);
	return failed + cmocka_run_group_tests_name("podman", podman_tests, NULL, runtime_stop);
}
