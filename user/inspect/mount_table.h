/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount_table.h - the mounts that a process sees, as a tree
 */
#ifndef INSPECT_MOUNT_TABLE_H
#define INSPECT_MOUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "inspect/world.h"
#include "procfs/mountinfo.h"

#define MOUNT_TABLE_MAX 200000 /* twice what a namespace may have (sysctl fs.mount-max) */
#define MOUNT_NONE	SIZE_MAX

struct mount_node {
	struct proc_mount mount; /* its strings are the table's */
	size_t parent;		 /* index; MOUNT_NONE: it is a root */
	size_t first_child, next_sibling;
	uint32_t depth; /* 1: a root */
};

struct mount_table {
	struct arena arena;
	struct mount_node *list; /* owned; in the order of the file */
	size_t *by_id;		 /* owned; indices */
	size_t len;
	uint64_t malformed; /* lines, and those beyond the maximum */
};

/* 0, or a negative errno as in procfs.h, or -ENOMEM. mount_table_done() is fine after both. */
int mount_table_read(int pid_fd, struct mount_table *ret_table);
/*
 * The host's own: of a process that is in its mount namespace and may be looked at. -EACCES
 * if there is none.
 */
int mount_table_read_host(const struct world *w, struct mount_table *ret_table);
void mount_table_done(struct mount_table *t);

/* The mount with that id; NULL: it is not in this mount namespace, or not below the root. */
const struct mount_node *mount_table_find(const struct mount_table *t, uint32_t id);

/*
 * Walks depth first, a mount before those on it: index of the first and of the next; MOUNT_NONE
 * after the last.
 */
size_t mount_table_first(const struct mount_table *t);
size_t mount_table_next(const struct mount_table *t, size_t index);

/* True if path is dir or below it. */
bool mount_is_below(struct str path, struct str dir);

/* The mount that an absolute path leads to; NULL: none. */
const struct mount_node *mount_table_covering(const struct mount_table *t, struct str path);

/*
 * Where what a mount shows is in this table, such as the host's: appended to ret_path. False: it is not
 * there, or something else is mounted over it. except_id: not this mount itself (0: any).
 */
bool mount_table_locate(const struct mount_table *t, const struct proc_mount *m, uint32_t except_id,
			struct buf *ret_path);

#endif /* INSPECT_MOUNT_TABLE_H */
