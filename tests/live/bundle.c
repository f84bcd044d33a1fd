// SPDX-License-Identifier: Apache-2.0
/*
 * bundle.c - OCI bundles for runtimes that are used without an engine: runc, crun
 */
#include "bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

#define ARGS_MAX 32

bool bundle_has_program(const char *name)
{
	const char *path = getenv("PATH");
	char file[512];

	while (path && *path) {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)len, path, name);
		if (access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

const char *bundle_rootfs(void)
{
	static const char *const programs[] = { "sh", "true", "sleep" };
	static const char *const mounts[] = { "proc", "dev", "sys", "tmp" };
	static char root[512];
	const char *busybox = access("/bin/busybox", X_OK) ? "/usr/bin/busybox" : "/bin/busybox";
	char name[64];

	if (access(busybox, X_OK))
		harness_skip("busybox is not installed (busybox-static)");
	snprintf(root, sizeof(root), "%s/rootfs", scratch());
	if (access(root, F_OK) == 0)
		return root;
	scratch_copy(busybox, "rootfs/bin/busybox");
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(name, sizeof(name), "rootfs/bin/%s", programs[i]);
		if (symlink("busybox", scratch_path(name)))
			harness_fail("%s: %s", name, strerror(errno));
	}
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		snprintf(name, sizeof(name), "rootfs/%s", mounts[i]);
		if (mkdir(scratch_path(name), 0755))
			harness_fail("%s: %s", name, strerror(errno));
	}
	return root;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		harness_fail("runc spec: no %s", key);
	return value;
}

/* All but the network's: it would need one that is set up. */
static struct json_object *namespaces(void)
{
	static const char *const types[] = { "pid", "ipc", "uts", "mount" };
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct json_object *ns = json_object_new_object();

		json_object_object_add(ns, "type", json_object_new_string(types[i]));
		json_object_array_add(list, ns);
	}
	return list;
}

const char *bundle_make(const char *name, const char *const args[])
{
	static char dirs[8][512];
	static unsigned int next;
	char *dir = dirs[next++ % 8], file[600], in_scratch[128];
	struct json_object *config, *process, *list = json_object_new_array();

	if (!bundle_has_program("runc"))
		harness_skip("runc is not installed");
	snprintf(in_scratch, sizeof(in_scratch), "%s/none", name);
	snprintf(dir, sizeof(dirs[0]), "%s/%s", scratch(), name);
	scratch_path(in_scratch); /* makes the directory */
	command_free(command_run(&(struct command_options){ .cwd = dir },
				 argv_of("runc", "spec", "--bundle", dir)));
	snprintf(file, sizeof(file), "%s/config.json", dir);
	config = json_object_from_file(file);
	if (!config)
		harness_fail("%s: %s", file, json_util_get_last_err());
	for (size_t i = 0; args[i]; i++)
		json_object_array_add(list, json_object_new_string(args[i]));
	process = get(config, "process");
	json_object_object_add(process, "args", list);
	json_object_object_add(process, "terminal", json_object_new_boolean(false));
	json_object_object_add(process, "rlimits", json_object_new_array());
	json_object_object_add(get(config, "root"), "path",
			       json_object_new_string(bundle_rootfs()));
	json_object_object_add(get(config, "linux"), "namespaces", namespaces());
	if (json_object_to_file(file, config))
		harness_fail("%s: %s", file, json_util_get_last_err());
	json_object_put(config);
	return dir;
}

const char *const *bundle_not_hybrid(const char *const args[])
{
	static const char *argv[ARGS_MAX] = {
		"unshare",
		"-m",
		"sh",
		"-c",
		"umount -l /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"",
		"sh",
	};
	size_t n = 6;

	for (size_t i = 0; args[i] && n < ARGS_MAX - 1; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	return argv;
}
