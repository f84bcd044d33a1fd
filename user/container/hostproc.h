/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostproc.h - the little that this room asks /proc itself
 *
 * Which daemons run with which arguments, and the cgroups of one process. All
 * else about processes is another room's.
 */
#ifndef CONTAINER_HOSTPROC_H
#define CONTAINER_HOSTPROC_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Reads <proc_root>/<pid>/cgroup into out, all through one directory fd. start_ns
 * (boot time, 0: not known) is compared with the process's at the grain of a tick;
 * ret_same says that it was known and equal. Returns 0, -ESRCH if the process is
 * gone or another one, or another negative errno.
 */
int hostproc_read_cgroup(const char *proc_root, uint32_t pid, uint64_t start_ns, struct buf *out,
			 bool *ret_same);

/* At most limit bytes of a file of a process, of which dir_fd is the directory. */
int hostproc_read_at(int dir_fd, const char *name, size_t limit, struct buf *out);

struct hostproc {
	uint32_t pid;	 /* 0: it was found under another name */
	struct str args; /* NUL after each */
	int dir_fd;	 /* of /proc/<pid>, valid during the callback */
};

/*
 * Goes through an open root of /proc, max entries further: calls back for each process whose
 * arguments are wanted; what they say is theirs to forge. Those of
 * 4 KiB and more are. False: that was all of it.
 */
bool hostproc_some(DIR *dir, unsigned int max, bool (*wanted)(struct str args),
		   void (*each)(const struct hostproc *p, void *arg), void *arg);

/* Calls back for this one, if it runs and has arguments. */
void hostproc_one(const char *proc_root, uint32_t pid,
		  void (*each)(const struct hostproc *p, void *arg), void *arg);

/* Takes the next argument off *rest. False at the end. */
bool hostproc_next_arg(struct str *rest, struct str *ret_arg);

/*
 * True if arg is the option, as "--name=value" or as "--name" with the value in the
 * next argument, which is then taken off *rest. A single '-' does as well as two.
 */
bool hostproc_option(struct str arg, const char *name, struct str *rest, struct str *ret_value);

/*
 * Whose word its arguments are: 0 only if all its user ids are root's. (uid_t)-1: not known,
 * which is so for a program that is set-user-id or set-group-id, whatever ids it took since,
 * for whoever runs it gives it all its arguments, the name included.
 */
uid_t hostproc_uid(const struct hostproc *p);

/* True if it executes a file of that name, whatever it calls itself. */
bool hostproc_has_program(const struct hostproc *p, const char *name);

/* The same of a process by its pid. */
uid_t hostproc_uid_of(const char *proc_root, uint32_t pid);

/* True if the process has the directory (dev, ino) as its root. */
bool hostproc_has_root(const struct hostproc *p, dev_t dev, ino_t ino);

/* Inode number of its namespace of that type, "mnt"; 0: not known. */
uint64_t hostproc_ns(const struct hostproc *p, const char *type);

/* True if it is in the host's user namespace; dir_fd is its directory. */
bool hostproc_has_host_users(int dir_fd);

/*
 * Its working directory, as a path of the host, into PATH_MAX bytes. False if it cannot be read
 * or is none.
 */
bool hostproc_cwd(const struct hostproc *p, char *ret_path);

#endif /* CONTAINER_HOSTPROC_H */
