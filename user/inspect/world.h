/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - the host around the processes that are inspected
 *
 * Its containers, its users, its namespaces, and who lives in which: read once, whatever
 * number of processes is inspected.
 */
#ifndef INSPECT_WORLD_H
#define INSPECT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/users.h"
#include "container/containers.h"
#include "procfs/ns.h"
#include "procfs/stat.h"

#define WORLD_PROCESSES_MAX ((size_t)1 << 20) /* the rest is counted */

/* A process of the host, as it was when it was looked at. */
struct resident {
	uint32_t pid, ppid;
	uint64_t start_ticks;
	uint32_t comm_len;
	char comm[PROC_COMM_MAX];
	bool kernel_thread;
	uint32_t vpid; /* the innermost of its pids; 0: not known */
	int ns_error;  /* 0, or why ns is not known */
	struct proc_ns ns;
	const struct container_info *container; /* NULL: in none, or not known */
	bool by_monitor;     /* no cgroup tells, but what the monitor above it was told */
	int container_error; /* 0, or why it is not known */
};

/* A container that no cgroup tells of. */
struct monitored {
	struct container_info *info; /* owned */
};

struct world_options {
	const char *proc_root; /* "/proc" */
	const char *host_root; /* "/" */
	const char *passwd_path;
	const char *const *env_globs; /* whose values are shown; none: no values */
	size_t env_globs_len;
	uint32_t v1_hierarchy_id;  /* by which containers are told in v1; 0: there is none */
	const char *v1_controller; /* its controller; NULL then */
	bool keep_secrets;	   /* --no-redact */
};

struct world {
	struct world_options options;
	int proc_fd;
	bool is_live; /* a mounted procfs, not a copy */
	struct containers *containers;
	struct users *users;
	struct users *groups;		 /* likewise */
	char *group_path;		 /* owned */
	uint32_t host_ns[PROC_NS_COUNT]; /* 0: not known */
	bool scanned;
	struct resident *residents; /* by pid; owned */
	size_t residents_len, residents_cap;
	struct monitored *monitored; /* owned */
	size_t monitored_len;
	uint64_t residents_beyond;   /* too many, or no memory */
	struct fd_owners *fd_owners; /* owned; NULL: nobody asked yet */
};

/* Borrows the strings of the options. Returns 0 or a negative errno. */
int world_init(struct world *w, const struct world_options *options);
void world_done(struct world *w);

/* Looks at all processes, the first time. Those that end meanwhile are left out. */
void world_scan(struct world *w);

/* The scanned process with this pid; NULL: it was not there. */
const struct resident *world_find(const struct world *w, uint32_t pid);

/* The container of a process with this directory in /proc. Returns 0 or a negative errno. */
int world_container(struct world *w, int pid_fd, struct containers_answer *ret_answer);

/* 1: it is the host's own namespace of its type, 0: it is not, -1: that is not known. */
int world_is_host_ns(const struct world *w, enum proc_ns_type type, uint32_t inode);

/* What people call a container: its name, else the first 12 digits of its id. */
struct str world_container_name(const struct container_info *container);

#endif /* INSPECT_WORLD_H */
