// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_runtime_conf.c - where runtimes say that they keep their files: JSON, TOML, passwd
 *
 * The first line of an input is the name of the file, the rest what is in it.
 */
#include <string.h>

#include "container/roots.h"
#include "container/roots_conf.h"
#include "rig.h"

static const struct {
	const char *name;
	const char *path;
} files[] = {
	{ "docker", "/etc/docker/daemon.json" },
	{ "containerd", "/etc/containerd/config.toml" },
	{ "storage", "/etc/containers/storage.conf" },
	{ "docker-user", "/home/u/.config/docker/daemon.json" },
	{ "storage-user", "/home/u/.config/containers/storage.conf" },
	{ "passwd", "/etc/passwd" },
};

static struct hostfs fs;

static void prepare(void)
{
	const struct host_tree *tree = fuzz_tree();

	if (fs.root_fd)
		return;
	host_tree_mkdir(tree, "/proc");
	host_tree_mkdir(tree, "/home/u/.local/share/containers/storage/overlay-containers");
	FUZZ_CHECK(hostfs_init(&fs, tree->root) == 0);
}

static void check_list(const struct root_list *list)
{
	FUZZ_CHECK(list->len <= ROOTS_MAX && list->trusted_len <= list->len);
	for (unsigned int i = 0; i < list->len; i++) {
		FUZZ_CHECK(list->path[i][0] == '/');
		FUZZ_CHECK((list->uid[i] == 0) == (i < list->trusted_len));
	}
}

static void take_file(const char *path, struct str text)
{
	const struct host_tree *tree = fuzz_tree();
	struct roots roots;

	host_tree_text(tree, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/home/u:\n");
	host_tree_write(tree, path, text.len ? text.p : "", text.len);
	fs.users_rest_ns = 0; /* what it costs is not the question here */
	FUZZ_CHECK(roots_init(&roots, &fs, host_tree_path(tree, "/proc")) == 0);
	roots_conf_read(&roots);
	roots_conf_state(&roots);
	check_list(&roots.docker);
	check_list(&roots.graph);
	check_list(&roots.podman);
	check_list(&roots.runc);
	check_list(&roots.crun);
	check_list(&roots.bundles);
	check_list(&roots.lxc);
	FUZZ_CHECK(roots.endpoints.len <= ENDPOINTS_MAX);
	for (unsigned int i = 0; i < roots.endpoints.len; i++)
		FUZZ_CHECK(roots.endpoints.item[i].path[0] == '/');
	roots_done(&roots);
	host_tree_remove(tree, path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	prepare();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (str_eq(name, str_of(files[i].name)))
			take_file(files[i].path, text);
	}
	return 0;
}
