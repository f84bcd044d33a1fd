// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_watcher.c - the process beside a container of LXC or systemd-nspawn
 *
 * The first line of an input is the name of a file, the rest what is in it: "cmdline" or "status"
 * of process 7, or "procs", in whose cgroup it is. "path" is that of the container's cgroup.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "container/watcher.h"
#include "rig.h"

#define NSPAWN "systemd-nspawn\0-M\0web"

static const struct {
	const char *name;
	const char *path;
	struct str usual;
} files[] = {
	{ "cmdline", "/proc/7/cmdline", STR_LITERAL(NSPAWN) },
	{ "status", "/proc/7/status", STR_LITERAL("Name:\tx\nUid:\t0\t0\t0\t0\n") },
	{ "procs", "/cg/web/supervisor/cgroup.procs", STR_LITERAL("7\n") },
	{ "", "/cg/lxc.monitor.web/cgroup.procs", STR_LITERAL("7\n") },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static struct hostfs fs;
static struct cgroups cgroups;
static struct watcher watcher;

static void prepare(void)
{
	const struct host_tree *tree = fuzz_tree();
	char line[PATH_MAX + 128];

	if (watcher.fs)
		return;
	for (size_t i = 0; i < FILES; i++)
		host_tree_write(tree, files[i].path, files[i].usual.p, files[i].usual.len);
	host_tree_link(tree, "/proc/7/root", tree->root);
	snprintf(line, sizeof(line), "30 1 0:30 / %s/cg rw - cgroup2 none rw\n", tree->root);
	host_tree_text(tree, "/proc/self/mountinfo", line);
	FUZZ_CHECK(hostfs_init(&fs, tree->root) == 0);
	FUZZ_CHECK(cgroups_init(&cgroups, host_tree_path(tree, "/proc"), 0, NULL, 1) == 0);
	watcher =
		(struct watcher){ .cgroups = &cgroups, .fs = &fs, .proc_root = cgroups.proc_root };
}

static void check_machine(struct str name)
{
	FUZZ_CHECK(name.len && name.len <= 64);
	for (size_t i = 0; i < name.len; i++)
		FUZZ_CHECK((unsigned char)name.p[i] > ' ' && (unsigned char)name.p[i] < 0x7f &&
			   name.p[i] != '/');
}

static void read_args(struct str args)
{
	struct str name, lxcpath;

	if (watcher_nspawn_name(args, &name)) {
		fuzz_check_slice(name, args);
		check_machine(name);
	}
	if (watcher_lxc_args(args, &lxcpath, &name)) {
		fuzz_check_slice(name, args);
		fuzz_check_slice(lxcpath, args);
	}
}

static void ask(struct str path)
{
	char name[CGID_MAX + 1], lxcpath[16];
	struct str id = str_basename(path);

	if (watcher_nspawn(&watcher, path, name) == 0)
		check_machine(str_of(name));
	if (watcher_lxc(&watcher, path, name, lxcpath, sizeof(lxcpath)) == 0) {
		FUZZ_CHECK(*name && *lxcpath &&
			   strnlen(lxcpath, sizeof(lxcpath)) < sizeof(lxcpath));
		FUZZ_CHECK(memmem(id.p, id.len, name, strlen(name)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), file = fuzz_take_until(&text, '\n');

	prepare();
	read_args(text);
	if (str_eq(file, STR_LITERAL("path")))
		ask(text);
	for (size_t i = 0; i < FILES; i++) {
		if (!str_eq(file, str_of(files[i].name)))
			continue;
		host_tree_write(fuzz_tree(), files[i].path, text.len ? text.p : "", text.len);
		ask(STR_LITERAL("/web"));
		ask(STR_LITERAL("/lxc.payload.web"));
		host_tree_write(fuzz_tree(), files[i].path, files[i].usual.p, files[i].usual.len);
	}
	return 0;
}
