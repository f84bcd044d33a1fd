// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_docker - containers of a real Docker against what docker inspect says
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compared.h"
#include "harness.h"
#include "inspected.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "scratch.h"

#define IMAGE "busyboxtest:1"

/* A field of what "docker inspect" says; valid until the next call. */
static const char *docker_says(const char *name, const char *format)
{
	static char text[256];
	struct command *c = engine_run(argv_of("inspect", "-f", format, name));

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(c->out.data, "\n"), c->out.data);
	command_free(c);
	return text;
}

/* "docker run -d" of a container with these options, to be removed with the others. */
static void run_with(const char *name, const char *const options[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = runtime_put_args(argv, 0, argv_of("run", "-d", "--name", name));

	n = runtime_put_args(argv, n, options);
	runtime_put_args(argv, n, argv_of(IMAGE, "sleep", "600"));
	command_free(engine_run(argv));
}

/* All of it by its name, as JSON; the caller's to json_object_put(). */
static struct json_object *inspect_name(const char *name)
{
	struct command *c =
		command_run(NULL, argv_of(proctrace(), "inspect", "-f", "json", "--section",
					  "identity,namespaces,cgroups,privileges,verdict", name));
	struct json_object *facts = command_facts(c);

	harness_record(c->out.data, c->out.len);
	command_free(c);
	return facts;
}

static void check_limits(const char *name, struct json_object *facts)
{
	const char *quota_us = docker_says(name, "{{.HostConfig.NanoCpus}}");

	check_int(facts, "cgroups.cpu.limit.quota_ns", strtoll(quota_us, NULL, 10) / 10);
	check_int(facts, "cgroups.cpu.limit.period_ns", 100000000);
	check_int(facts, "cgroups.memory.limit.bytes",
		  strtoll(docker_says(name, "{{.HostConfig.Memory}}"), NULL, 10));
	check_int(facts, "cgroups.pids.limit.number",
		  strtoll(docker_says(name, "{{.HostConfig.PidsLimit}}"), NULL, 10));
	check_int(facts, "cgroups.pids.usage", 1);
	check_between(facts, "cgroups.memory.usage_bytes", 0, 64 << 20);
}

/* What was asked for on top of what every container may use. In v2 there is no list. */
static void check_devices(struct json_object *facts)
{
	struct json_object *row = row_of(facts, "cgroups.devices.allowed", "device", "b 8:16");

	if (!row) {
		check_there(facts, "cgroups.devices.missing.allowed");
		return;
	}
	check_str(row, "access", "r");
	row = row_of(facts, "cgroups.devices.allowed", "device", "c 1:3");
	check_that(facts, row != NULL);
	check_str(row, "access", "rwm");
	check_str(row, "name", "/dev/null");
	check_that(facts, !row_of(facts, "cgroups.devices.allowed", "device", "a *:*"));
}

static void of_a_container(void **state)
{
	const char *name = unique_name("limited");
	struct json_object *facts;
	pid_t pid;

	(void)state;
	runtime_need("docker");
	run_with(name, argv_of("--network", "none", "--user", "1234:99", "--memory", "64m",
			       "--cpus", "0.5", "--pids-limit", "20", "--cap-drop", "KILL",
			       "--cap-add", "SYS_TIME", "--security-opt", "no-new-privileges",
			       "--device-cgroup-rule", "b 8:16 r"));
	pid = engine_pid(name);
	facts = inspect_name(name);
	check_int(facts, "pid", pid);
	check_str(facts, "identity.container.id", docker_says(name, "{{.Id}}"));
	check_str(facts, "identity.container.name", name);
	check_str(facts, "identity.container.runtime", "docker");
	check_str(facts, "identity.container.image", "busyboxtest");
	check_true(facts, "identity.container.confirmed");
	check_int(facts, "identity.pids[0]", pid);
	check_int(facts, "identity.pids[1]", 1);
	check_str(facts, "identity.arguments[0]", "sleep");
	check_str(facts, "identity.executable_layer", "image");
	compare_namespaces(pid, field_find(facts, "namespaces"));
	compare_capabilities(pid, field_find(facts, "privileges"));
	compare_process(pid, field_find(facts, "identity"), field_find(facts, "privileges"));
	compare_cgroups(pid, field_find(facts, "cgroups"));
	check_limits(name, facts);
	check_devices(facts);
	check_int(facts, "privileges.ids[1].uid", 1234);
	check_int(facts, "privileges.ids[1].gid", 99);
	check_str(facts, "privileges.seccomp", "filter");
	check_true(facts, "privileges.no_new_privs");
	check_str(facts, "privileges.capabilities.added[0]", "CAP_SYS_TIME");
	check_str(facts, "privileges.capabilities.dropped[0]", "CAP_KILL");
	check_that(facts, rows_of(facts, "privileges.capabilities.added") == 1);
	check_that(facts, rows_of(facts, "privileges.capabilities.dropped") == 1);
	check_str(facts, "verdict.level", "contained");
	check_absent(facts, "verdict.reaches");
	json_object_put(facts);
	engine_remove(name);
}

static struct json_object *net_of(struct json_object *facts)
{
	struct json_object *row = row_of(facts, "namespaces.list", "type", "net");

	check_that(facts, row != NULL);
	return row;
}

/* Two that share a network say so about each other, by name, and about nobody else. */
static void shared_network(void **state)
{
	struct container web, side, other;
	struct json_object *facts;

	(void)state;
	runtime_need("docker");
	runtime_keep_container(unique_name("web"), &web);
	runtime_keep_in_network(web.name, unique_name("side"), &side);
	runtime_keep_container(unique_name("other"), &other);
	facts = inspect_name(web.name);
	check_str(net_of(facts), "whose", "shared");
	check_str(net_of(facts), "containers[0]", side.name);
	check_that(facts, rows_of(net_of(facts), "containers") == 1);
	check_str(row_of(facts, "namespaces.list", "type", "pid"), "whose", "its container's");
	json_object_put(facts);
	facts = inspect_name(side.name);
	check_str(net_of(facts), "containers[0]", web.name);
	check_that(facts, rows_of(net_of(facts), "containers") == 1);
	json_object_put(facts);
	facts = inspect_name(other.id);
	check_str(net_of(facts), "whose", "its container's");
	check_that(facts, rows_of(net_of(facts), "containers") == 0);
	json_object_put(facts);
	runtime_remove_container(web.name);
	runtime_remove_container(side.name);
	runtime_remove_container(other.name);
}

static void check_reaches(struct json_object *facts, const char *what, const char *because)
{
	struct json_object *row = row_of(facts, "verdict.reaches", "what", what);

	check_that(facts, row != NULL);
	check_starts(row, "because", because);
}

/*
 * As --privileged makes it, but by its parts: this machine may lack a capability that
 * --privileged wants to give.
 */
static void privileged(void **state)
{
	const char *name = unique_name("open"), *socket = runtime_below("d.sock");
	char mount[512];
	struct json_object *facts;

	(void)state;
	runtime_need("docker");
	snprintf(mount, sizeof(mount), "%s:/var/run/docker.sock", socket);
	run_with(name,
		 argv_of("--network", "host", "--pid", "host", "--cap-add", "ALL", "--cap-drop",
			 "SYS_RESOURCE", "--security-opt", "seccomp=unconfined", "--security-opt",
			 "apparmor=unconfined", "-v", mount, "-v", "/:/host"));
	facts = inspect_name(name);
	check_str(facts, "verdict.level", "privileged");
	check_that(facts, row_of(facts, "verdict.shared", "what", "network") != NULL);
	check_that(facts, row_of(facts, "verdict.shared", "what", "processes") != NULL);
	check_that(facts, row_of(facts, "verdict.may", "what", "load kernel modules") != NULL);
	check_str(row_of(facts, "verdict.may", "what", "load kernel modules"), "because",
		  "CAP_SYS_MODULE");
	check_that(facts, row_of(facts, "verdict.not_held_by", "what", "seccomp") != NULL);
	check_reaches(facts, "/var/run/docker.sock", "a runtime's socket");
	check_reaches(facts, "/host", "a writable mount of the host's /");
	check_that(facts, row_of(facts, "verdict.separated", "what", "mounts") != NULL);
	check_str(facts, "privileges.seccomp", "disabled");
	check_that(facts, rows_of(facts, "privileges.capabilities.added") > 10);
	json_object_put(facts);
	engine_remove(name);
}

/* A program that was put into the container since it was made. */
static void writable_layer(void **state)
{
	const char *name = unique_name("layer");
	int64_t deadline = clock_ms() + deadline_ms();
	struct json_object *facts;
	const char *exe = NULL;

	(void)state;
	runtime_need("docker");
	command_free(engine_run(
		argv_of("run", "-d", "--name", name, "--network", "none", IMAGE, "sh", "-c",
			"/bin/busybox cp /bin/busybox /tmp/sleep; exec /tmp/sleep 600")));
	do {
		facts = inspect_name(name);
		exe = field_str(facts, "identity.executable");
		if (strcmp(exe, "/tmp/sleep") == 0)
			break;
		check_str(facts, "identity.executable_layer", "image");
		json_object_put(facts);
		stream_pump(-1, clock_ms() + 20);
	} while (clock_ms() < deadline);
	check_str(facts, "identity.executable", "/tmp/sleep");
	check_str(facts, "identity.executable_layer", "writable");
	json_object_put(facts);
	engine_remove(name);
}

/* What a contained one lacks, and a name given by a glob. */
static void difference(void **state)
{
	const char *name = unique_name("plain"), *other = unique_name("other");
	struct json_object *facts, *list;
	char glob[64];
	struct command *c;

	(void)state;
	runtime_need("docker");
	run_with(name, argv_of("--network", "none"));
	run_with(other, argv_of("--network", "none", "--cap-add", "SYS_TIME"));
	snprintf(glob, sizeof(glob), "pl*%s", strchr(name, '-'));
	c = command_run(NULL, argv_of(proctrace(), "inspect", "-f", "json", "--section",
				      "namespaces,cgroups,privileges,verdict", "--diff", "-c", glob,
				      other));
	facts = command_facts(c);
	list = field_find(facts, "differences");
	check_int(facts, "a", engine_pid(name));
	check_int(facts, "b", engine_pid(other));
	/* Effective, permitted, bounding and added; and what that allows. No path, no id. */
	check_that(facts, json_object_array_length(list) == 5);
	check_str(facts, "differences[0].path[2]", "effective");
	check_str(facts, "differences[0].b[0]", "CAP_SYS_TIME");
	check_str(facts, "differences[4].path[1]", "may");
	json_object_put(facts);
	command_free(c);
	/* Each has layers, and files of its host, that are named after it alone. */
	c = command_run(NULL, argv_of(proctrace(), "inspect", "-f", "json", "--section", "mounts",
				      "--diff", name, other));
	facts = command_facts(c);
	check_there(facts, "differences");
	check_that(facts, rows_of(facts, "differences") == 0);
	json_object_put(facts);
	command_free(c);
	engine_remove(name);
	engine_remove(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(of_a_container), live_test(shared_network), live_test(privileged),
		live_test(writable_layer), live_test(difference),
	};

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
