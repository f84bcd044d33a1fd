// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_runc.c - runc and crun, which take the same words, without anything above them
 *
 * Each container has a bundle, which is a config.json that shares one root directory.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

static const char *program; /* "runc" or "crun" */

static const char *of_container(const char *name, const char *what)
{
	char path[192];

	snprintf(path, sizeof(path), "%s.bundle%s", name, what);
	return runtime_below(path);
}

static struct json_object *namespace_of(const char *type, const char *path)
{
	struct json_object *ns = json_object_new_object();

	json_object_object_add(ns, "type", json_object_new_string(type));
	if (path)
		json_object_object_add(ns, "path", json_object_new_string(path));
	return ns;
}

static struct json_object *namespaces(const char *other)
{
	static const char *const types[] = { "pid", "ipc", "uts", "mount" };
	struct json_object *all = json_object_new_array();
	char network[64];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		json_object_array_add(all, namespace_of(types[i], NULL));
	if (other)
		snprintf(network, sizeof(network), "/proc/%d/ns/net", runtime()->pid(other));
	json_object_array_add(all, namespace_of("network", other ? network : NULL));
	return all;
}

/* The bundle that runs the command. No cgroupsPath: the cgroup is named as the container is. */
static const char *make_bundle(const char *name, const char *const command[], const char *other)
{
	static const char rest[] =
		"{\"ociVersion\": \"1.0.2\", \"hostname\": \"inside\","
		"\"process\": {\"user\": {\"uid\": 0, \"gid\": 0}, \"cwd\": \"/\","
		"            \"env\": [\"PATH=/bin\"]},"
		"\"mounts\": [{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"}]}";
	struct json_object *config = json_tokener_parse(rest), *args = json_object_new_array();
	struct json_object *place = json_object_new_object(), *where = json_object_new_object();
	struct json_object *process = json_object_object_get(config, "process");
	const char *bundle = of_container(name, "");

	for (size_t i = 0; command[i]; i++)
		json_object_array_add(args, json_object_new_string(command[i]));
	json_object_object_add(process, "args", args);
	json_object_object_add(place, "path", json_object_new_string(runtime_rootfs()));
	json_object_object_add(config, "root", place);
	json_object_object_add(where, "namespaces", namespaces(other));
	json_object_object_add(config, "linux", where);
	if (mkdir(bundle, 0755) ||
	    json_object_to_file(of_container(name, "/config.json"), config) < 0)
		harness_fail("%s cannot be written", bundle);
	json_object_put(config);
	return bundle;
}

static struct command *start_bundle(const char *name, const char *const command[])
{
	return command_start(NULL, argv_of(program, "run", "--bundle",
					   make_bundle(name, command, NULL), name));
}

static void keep_bundle(const char *name, const char *other)
{
	const char *bundle = make_bundle(name, argv_of("sleep", "600"), other);

	/* Its output is the container's, so no pipe of ours. */
	command_free(command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS,
							    .out_file = runtime_below("log") },
				 argv_of(program, "run", "-d", "--bundle", bundle, name)));
}

static struct command *exec_in(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	runtime_put_args(argv, runtime_put_args(argv, 0, argv_of(program, "exec", name)), command);
	return command_start(NULL, argv);
}

static void delete_it(const char *name)
{
	command_free(command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS },
				 argv_of(program, "delete", "-f", name)));
}

static pid_t pid_of(const char *name)
{
	struct command *c = command_run(NULL, argv_of(program, "state", name));
	struct json_object *state = json_tokener_parse(c->out.data);
	pid_t pid = (pid_t)field_int(state, "pid");

	check_str(state, "id", name);
	check_str(state, "status", "running");
	json_object_put(state);
	command_free(c);
	return pid;
}

static void open_runc(void)
{
	program = "runc";
	runtime_need_program("/usr/sbin/runc", "runc");
}

static void open_crun(void)
{
	program = "crun";
	runtime_need_program("/usr/bin/crun", "crun");
}

#define OCI_RUNTIME(which)                                                                         \
	.name = which, .runtime = which, .starter = which, .execer = which, .start = start_bundle, \
	.keep = keep_bundle, .exec = exec_in, .remove = delete_it, .pid = pid_of

/* Nobody watches a container of theirs: what is left of them is nothing. */
const struct runtime_ops runtime_runc = { OCI_RUNTIME("runc"), .open = open_runc };
const struct runtime_ops runtime_crun = { OCI_RUNTIME("crun"), .open = open_crun };
