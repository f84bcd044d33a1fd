// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_inside.c - a daemon in a container is asked of the containers in it
 *
 * The first line of an input is the name of a file, the rest what is in it: of the daemon,
 * process 77, or of what it keeps below the container's root.
 */
#include <stdio.h>
#include <string.h>

#include "container/inside.h"
#include "rig.h"

#define OUTER "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define INNER "1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b"

static const struct {
	const char *name;
	const char *path;
	struct str usual;
} files[] = {
	{ "cmdline", "/proc/77/cmdline", STR_LITERAL("dockerd\0--data-root\0/inner/data\0") },
	{ "status", "/proc/77/status", STR_LITERAL("Name:\tdockerd\nUid:\t0\t0\t0\t0\n") },
	{ "cgroup", "/proc/77/cgroup", STR_LITERAL("0::/docker/" OUTER "\n") },
	{ "mountinfo", "/proc/77/mountinfo",
	  STR_LITERAL("30 1 0:50 / / rw - overlay overlay rw\n"
		      "31 30 8:1 /x /inner rw - ext4 /dev/sda1 rw\n") },
	{ "container", "/rootfs/inner/data/containers/" INNER "/config.v2.json",
	  STR_LITERAL("{\"ID\":\"" INNER "\",\"Name\":\"/db\",\"Config\":{\"Image\":\"pg:1\"}}") },
	{ "daemon.json", "/rootfs/etc/docker/daemon.json", STR_LITERAL("{}") },
	{ "storage.conf", "/rootfs/etc/containers/storage.conf", STR_LITERAL("[storage]\n") },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static void write_file(size_t i, struct str text)
{
	host_tree_write(fuzz_tree(), files[i].path, text.len ? text.p : "", text.len);
}

static void read_all(struct meta *meta)
{
	struct metadata_place place = { .path = STR_LITERAL("/docker/" OUTER "/docker/" INNER),
					.outer_id = OUTER };
	const struct host_tree *tree = fuzz_tree();
	struct metadata md = { 0 };
	struct cgpath path;

	FUZZ_CHECK(metadata_init(&md, tree->root, host_tree_path(tree, "/proc"), NULL) == 0);
	cgpath_parse(place.path, &path);
	metadata_read(&md, cgpath_innermost(&path), place, 10, meta);
	metadata_done(&md);
}

/* Who is in no container, or not in this one, and whose files may make us wait, is not asked. */
static void check_believed(const char *name, struct str text, const struct meta *meta)
{
	if (!strcmp(name, "cgroup"))
		FUZZ_CHECK(!meta->runtime || memmem(text.p, text.len, OUTER, strlen(OUTER)));
	if (!strcmp(name, "mountinfo"))
		FUZZ_CHECK(!meta->runtime || memmem(text.p, text.len, " - ", 3));
	if (!strcmp(name, "container"))
		FUZZ_CHECK(!meta->name.len || memmem(text.p, text.len, "Name", 4) ||
			   memchr(text.p, '\\', text.len));
}

static void take_file(size_t i, struct str text)
{
	struct meta meta = { 0 };

	write_file(i, text);
	read_all(&meta);
	fuzz_check_meta(&meta, STR_LITERAL(INNER));
	check_believed(files[i].name, text, &meta);
	meta_done(&meta);
	write_file(i, files[i].usual);
}

static void prepare(void)
{
	static bool is_made;
	struct meta meta = { 0 };

	if (is_made)
		return;
	is_made = true;
	for (size_t i = 0; i < FILES; i++)
		write_file(i, files[i].usual);
	host_tree_link(fuzz_tree(), "/proc/77/root", host_tree_path(fuzz_tree(), "/rootfs"));
	host_tree_link(fuzz_tree(), "/proc/77/ns/user", "user:[4026531837]");
	read_all(&meta);
	FUZZ_CHECK(str_eq(meta.name, STR_LITERAL("db"))); /* else nothing here is read at all */
	meta_done(&meta);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	prepare();
	for (size_t i = 0; i < FILES; i++) {
		if (str_eq(name, str_of(files[i].name)))
			take_file(i, text);
	}
	return 0;
}
