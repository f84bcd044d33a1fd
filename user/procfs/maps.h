/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maps.h - /proc/<pid>/maps (proc_pid_maps(5); fs/proc/task_mmu.c show_map_vma)
 */
#ifndef PROCFS_MAPS_H
#define PROCFS_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	PROC_MAP_READ = 1 << 0,
	PROC_MAP_WRITE = 1 << 1,
	PROC_MAP_EXEC = 1 << 2,
	PROC_MAP_SHARED = 1 << 3, /* MAP_SHARED: what is written is seen by others */
};

struct proc_map {
	uint64_t start, end; /* end is the first byte behind it */
	uint64_t offset_bytes;
	uint64_t inode; /* 0: no file */
	uint32_t dev_major, dev_minor;
	uint32_t perms;	 /* PROC_MAP_… */
	struct str name; /* a path, "[heap]" or the like, or empty; a newline in it is "\012" */
	bool deleted; /* the name was removed; " (deleted)" is taken off, which a name may end in */
};

/* A line without its newline. The name points into it. 0 or -EBADMSG. */
int parse_map(struct str line, struct proc_map *ret_map);

#endif /* PROCFS_MAPS_H */
