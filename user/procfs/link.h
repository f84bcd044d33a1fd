/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.h - /proc/<pid>/exe, cwd and root
 *
 * The kernel writes these paths from the reader's root, or from the root of the
 * mount namespace if that is another one. proc_link_below() makes of them what
 * the process itself sees. To a name that was removed the kernel appends
 * " (deleted)", which a file's name may also end in.
 *
 * Nothing here waits for a file system that a process may control: attributes
 * are what the kernel has in memory, names are looked up in its cache only.
 */
#ifndef PROCFS_LINK_H
#define PROCFS_LINK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define PROC_LINK_SIZE (PATH_MAX + 16) /* a path, " (deleted)" and one byte to tell it was whole */

struct proc_link {
	struct str path; /* in the caller's buffer, without the suffix of a removed name */
	bool deleted;	 /* no directory entry leads to it any more under this name */
	bool has_file;	 /* the fields below are known; never in a copied /proc */
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint32_t mode;
	uint32_t uid;
};

/*
 * exe: -ENOENT for a kernel thread, a zombie, and what is just ending. cwd and
 * root: -ENOENT for a zombie. buf has PROC_LINK_SIZE bytes. Also needs
 * permission to ptrace the process.
 */
int read_exe(int pid_fd, char *buf, struct proc_link *ret_exe);

/* The file itself is only looked at if it was deleted, as it seems. */
int read_exe_name(int pid_fd, char *buf, struct proc_link *ret_exe);
int read_cwd(int pid_fd, char *buf, struct proc_link *ret_cwd);
int read_root(int pid_fd, char *buf, struct proc_link *ret_root);

/* The same for another link below the process: "fd/3". */
int read_link(int pid_fd, const char *name, char *buf, struct proc_link *ret_link);

/* path as seen below root; path itself if it is not below it. Pure. */
struct str proc_link_below(struct str path, struct str root);

/*
 * The device that every memfd lies on, the kernel's own tmpfs. Whether a file is a
 * memfd can be told by it and by nothing else: its name may be forged, and a
 * deleted file has no links either. 0 or a negative errno.
 */
int probe_memfd_device(uint32_t *ret_major, uint32_t *ret_minor);

#endif /* PROCFS_LINK_H */
