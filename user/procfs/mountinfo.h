/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mountinfo.h - /proc/<pid>/mountinfo (proc_pid_mountinfo(5); fs/proc_namespace.c)
 *
 * The mounts of a process's mount namespace that lie below its root.
 */
#ifndef PROCFS_MOUNTINFO_H
#define PROCFS_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct proc_mount {
	uint32_t id;
	uint32_t parent_id; /* its own for the root, or one that is not below the process's root */
	uint32_t dev_major, dev_minor;
	struct str root;	 /* what of the file system is mounted, a path in it */
	struct str point;	 /* where, as the process sees it */
	struct str options;	 /* of this mount, separated by commas */
	uint32_t shared;	 /* peer group, 0: its mounts do not spread */
	uint32_t master;	 /* peer group it receives from, 0: none */
	uint32_t propagate_from; /* nearest peer group below the process's root, 0: master is */
	bool unbindable;
	struct str type;	  /* of the file system, "fuse.sshfs" */
	struct str source;	  /* what the file system calls it */
	struct str super_options; /* of the file system, still escaped, separated by commas */
};

/*
 * A line without its newline. What the kernel escapes in root, point and source (blanks,
 * newlines and backslashes as "\ooo") is undone into text, which is emptied first; the rest
 * points into the line. 0, -EBADMSG or -ENOMEM.
 */
int parse_mount(struct str line, struct buf *text, struct proc_mount *ret_mount);

/*
 * Takes the next option off *rest, "name=value" or "name" (an empty value). False: no more. A
 * comma in a value is escaped, so undo that afterwards: proc_mount_unescape() appends to text, and
 * what it returns is good until the next append.
 */
bool proc_mount_next_option(struct str *rest, struct str *ret_name, struct str *ret_value);
struct str proc_mount_unescape(struct buf *text, struct str s);

/*
 * The directories in an unescaped lowerdir, upperdir or workdir of overlayfs: takes one off *rest
 * and appends it to text without the backslashes that overlayfs itself wants before ':' and '\'
 * (Documentation/filesystems/overlayfs.rst). False: no more. Of "lowerdir+" it wants none.
 */
bool proc_overlay_next_layer(struct str *rest, struct buf *text, struct str *ret_path);

#endif /* PROCFS_MOUNTINFO_H */
