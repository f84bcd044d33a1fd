/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ns.h - /proc/<pid>/ns, uid_map, gid_map, projid_map: a process's namespaces
 */
#ifndef PROCFS_NS_H
#define PROCFS_NS_H

#include <stdint.h>

#include "base/str.h"

/* In the order of enum ptc_ns, which this room does not know. */
enum proc_ns_type {
	PROC_NS_PID,
	PROC_NS_MNT,
	PROC_NS_NET,
	PROC_NS_UTS,
	PROC_NS_IPC,
	PROC_NS_USER,
	PROC_NS_CGROUP,
	PROC_NS_TIME,
	PROC_NS_PID_FOR_CHILDREN,
	PROC_NS_TIME_FOR_CHILDREN,
	PROC_NS_COUNT,
};

struct proc_ns {
	uint32_t inode[PROC_NS_COUNT]; /* 0: the kernel has none, or no child can be made in it yet */
};

/*
 * The initial ones have these numbers (include/linux/proc_ns.h, since 3.8; time since 5.6). 0:
 * mnt and net have none before 6.17.
 */
extern const uint32_t proc_ns_initial[PROC_NS_COUNT];

/*
 * Reads all of them. Needs permission to ptrace the process. A zombie has lost
 * some and keeps others: -ESRCH, because the rest would look like all.
 */
int read_ns(int pid_fd, struct proc_ns *ret_ns);

/* The same without those that only children will be in: 0. */
int read_own_ns(int pid_fd, struct proc_ns *ret_ns);

/* "mnt:[4026531841]" of the type given → 4026531841. 0 or -EBADMSG. */
int parse_ns_link(struct str target, enum proc_ns_type type, uint32_t *ret_inode);

/* The maps of its user namespace (user_namespaces(7)). */
#define PROC_IDMAP_MAX 340 /* UID_GID_MAP_MAX_EXTENTS */

/* count ids from inside on, in the process's user namespace, are those from outside on, in ours. */
struct proc_idmap_range {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

struct proc_idmap {
	uint32_t len; /* 0: nothing is mapped yet */
	struct proc_idmap_range range[PROC_IDMAP_MAX];
};

int read_uid_map(int pid_fd, struct proc_idmap *ret_map);
int read_gid_map(int pid_fd, struct proc_idmap *ret_map);
int read_projid_map(int pid_fd, struct proc_idmap *ret_map);

/* 0 or -EBADMSG. */
int parse_idmap(struct str text, struct proc_idmap *ret_map);

#endif /* PROCFS_NS_H */
