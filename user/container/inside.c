// SPDX-License-Identifier: Apache-2.0
/*
 * inside.c - what a daemon in a container says of the containers in it
 */
#include "container/inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fstype.h"
#include "base/clock.h"
#include "container/cgline.h"
#include "container/hostproc.h"
#include "container/roots_args.h"
#include "container/roots_conf.h"

#define CGROUP_MAX    (256 * 1024)
#define MOUNTINFO_MAX (1024 * 1024)
#define CMDLINE_MAX   32768
#define SHARE	      8 /* of the time at most one part of so many */

/* The process is in the container, and in none inside it. */
static bool is_in(int dir_fd, const char *outer_id, struct buf *text)
{
	const struct cgpath_match *innermost;
	struct cgpath cgpath;

	if (hostproc_read_at(dir_fd, "cgroup", CGROUP_MAX, text))
		return false;
	cgline_judge(str_from(text->data, text->len), &cgpath);
	innermost = cgpath_innermost(&cgpath);
	return innermost && strcmp(innermost->id, outer_id) == 0;
}

static bool is_local(struct str type)
{
	static const struct str types[] = {
		STR_LITERAL("overlay"), STR_LITERAL("ext4"),  STR_LITERAL("ext3"),
		STR_LITERAL("ext2"),	STR_LITERAL("xfs"),   STR_LITERAL("btrfs"),
		STR_LITERAL("f2fs"),	STR_LITERAL("zfs"),   STR_LITERAL("squashfs"),
		STR_LITERAL("tmpfs"),	STR_LITERAL("ramfs"), STR_LITERAL("devtmpfs"),
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_eq(type, types[i]))
			return true;
	}
	return fstype_is_kernels(type);
}

/*
 * A file system of the container's own making (FUSE), or one on a network, answers when it
 * likes. Without a user namespace of its own nobody but who may mount on the host itself could
 * add one meanwhile.
 */
static bool may_block(int dir_fd, struct buf *text)
{
	struct str rest, line;

	/* None at all: its root is in another mount namespace. */
	if (hostproc_read_at(dir_fd, "mountinfo", MOUNTINFO_MAX, text) || text->len == 0 ||
	    text->len >= MOUNTINFO_MAX)
		return true;
	rest = str_from(text->data, text->len);
	while (cgline_next(&rest, &line)) {
		const char *dash = memmem(line.p, line.len, " - ", 3), *end = line.p + line.len;
		const char *type = dash ? dash + 3 : NULL;
		const char *space = type ? memchr(type, ' ', (size_t)(end - type)) : NULL;

		if (!space || !is_local(str_from(type, (size_t)(space - type))))
			return true;
	}
	return false;
}

static void read_below(struct metadata *md, int dir_fd, const struct cgpath_match *match,
		       struct str own_path, struct buf *text, struct meta *meta)
{
	struct metadata inside = { 0 };
	char root[64];

	snprintf(root, sizeof(root), "/proc/self/fd/%d/root", dir_fd);
	if (hostfs_init(&inside.fs, root))
		return;
	/* With the host's root it has nothing of its own to say. */
	if ((inside.fs.root_dev == md->fs.root_dev && inside.fs.root_ino == md->fs.root_ino) ||
	    hostproc_read_at(dir_fd, "cmdline", CMDLINE_MAX, text) ||
	    roots_init(&inside.roots, &inside.fs, md->roots.proc_root)) {
		hostfs_done(&inside.fs);
		return;
	}
	roots_conf_root(&inside.roots);
	roots_args_see(&inside.roots, str_from(text->data, text->len), 0, NULL, str_from(NULL, 0));
	roots_conf_state(&inside.roots);
	metadata_read_known(&inside, match, own_path, meta);
	md->fs.errors += inside.fs.errors;
	metadata_done(&inside);
}

static void ask(struct metadata *md, uint32_t pid, const char *outer_id,
		const struct cgpath_match *match, struct str own_path, struct meta *meta)
{
	_cleanup_close_ int dir_fd = -1;
	struct buf text = { 0 };
	char path[4096];

	/*
	 * All through one descriptor: if the pid is another process's by then, nothing is read.
	 *
	 * Whoever has a user namespace of his own mounts what he likes in it: of an overlay no file
	 * system below it is seen, and reading it asks that one as if the reader were who mounted it.
	 */
	snprintf(path, sizeof(path), "%s/%u", md->roots.proc_root, pid);
	dir_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd >= 0 && is_in(dir_fd, outer_id, &text) && hostproc_has_host_users(dir_fd) &&
	    !may_block(dir_fd, &text))
		read_below(md, dir_fd, match, own_path, &text, meta);
	buf_done(&text);
}

void inside_read(struct metadata *md, const char *outer_id, const struct cgpath_match *match,
		 struct str own_path, struct meta *meta)
{
	const struct roots *roots = &md->roots;
	uint64_t begin_ns = clock_boot_ns(), end_ns;

	if (begin_ns < md->inside_rest_ns)
		return;
	for (unsigned int i = 0; i < roots->foreign.len && !meta->runtime; i++)
		ask(md, roots->foreign.one[i].pid, outer_id, match, own_path, meta);
	end_ns = clock_boot_ns();
	md->inside_rest_ns = end_ns + (SHARE - 1) * (end_ns - begin_ns);
}
