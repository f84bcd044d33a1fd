/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup.h - /proc/<pid>/cgroup (cgroups(7))
 *
 * Paths are relative to the reader's own cgroup namespace. One that was removed
 * ends in " (deleted)". A name cannot hold a newline, but anything else.
 */
#ifndef PROCFS_CGROUP_H
#define PROCFS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct proc_cgroup {
	uint32_t hierarchy_id;	/* 0: v2; else as in /proc/cgroups */
	struct str controllers; /* comma separated, or "name=systemd"; empty for v2 */
	struct str path;	/* without the suffix */
	bool deleted;
};

/* Reads the lines, as they are, into buf. Those that the limit cut have no newline. */
int read_cgroup(int pid_fd, char *buf, size_t size, struct str *ret_lines, bool *ret_truncated);

/* One line without its newline. 0 or -EBADMSG. */
int parse_cgroup(struct str line, struct proc_cgroup *ret_cgroup);

/* Takes lines off *rest until one is whole and right. False: no more. */
bool proc_cgroup_next(struct str *rest, struct proc_cgroup *ret_cgroup);

#endif /* PROCFS_CGROUP_H */
