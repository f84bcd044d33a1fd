/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgmount.h - a mounted cgroup hierarchy: walking it, and asking it for one cgroup
 *
 * A cgroup's id is the inode number of its directory (kernfs; where inode numbers
 * have 64 bits). Inside another cgroup namespace, or where only a part of the
 * hierarchy is mounted, paths begin with what mountinfo gives as the mount's root,
 * such as "/../<id>" (cgroup_namespaces(7)).
 */
#ifndef CONTAINER_CGMOUNT_H
#define CONTAINER_CGMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"

struct cgmount {
	int fd;		  /* of the mount point, -1: none */
	uint64_t dev;	  /* of everything in it */
	uint64_t root_id; /* of the mount's root; 1: it is the hierarchy's */
	char *shown;	  /* the mount point as /proc/self/fd shows it */
	char *prefix;	  /* path of the mount's root in the hierarchy, "" for its root */
};

#define CGMOUNT_NONE ((struct cgmount){ .fd = -1 })

/*
 * Finds a hierarchy in <proc_root>/self/mountinfo, v2 if controller is NULL, else
 * the v1 one with that controller, and opens it. A mount of the whole is preferred
 * to one of a part. Returns 0, -ENOENT if it is not mounted, or a negative errno.
 */
int cgmount_open(const char *proc_root, const char *controller, struct cgmount *ret_mount);
/* The same of a directory where it is known to be; root as in mountinfo, "/" for the whole. */
int cgmount_open_point(const char *point, const char *root, struct cgmount *ret_mount);
void cgmount_close(struct cgmount *m);

/* What the walk hands out; a negative errno ends the walk. */
typedef int (*cgmount_visit)(uint64_t id, uint64_t parent_id, struct str name, void *arg);

/*
 * Visits every cgroup, each before those below it; the first one's parent is 0 and
 * its name the mount's prefix. Cgroups that vanish meanwhile, and what is deeper
 * than 128, are left out. Returns 0 or a negative errno.
 */
int cgmount_walk(const struct cgmount *m, cgmount_visit visit, void *arg);

/*
 * The path of a cgroup by its id, through a file handle (open_by_handle_at(2), the
 * type FILEID_KERNFS of linux/exportfs.h). Needs CAP_DAC_READ_SEARCH. Returns 0, or
 * -ESTALE if there is none, or another negative errno.
 */
int cgmount_path_of(const struct cgmount *m, uint64_t id, struct buf *out);

/* The directory (O_PATH) of the cgroup at a path. Returns 0 or a negative errno. */
int cgmount_open_cgroup(const struct cgmount *m, struct str path, int *ret_fd);

/*
 * The processes that are in the cgroup at a path, at most max of them; not those that this
 * one's pid namespace has no number for. Returns how many; 0 also if it cannot be read.
 */
size_t cgmount_read_procs(const struct cgmount *m, struct str path, uint32_t *ret_pids, size_t max);

/* The id of the cgroup at a path. Returns 0 or -ENOENT or another negative errno. */
int cgmount_id_of(const struct cgmount *m, struct str path, uint64_t *ret_id);
/* The same for who owns it. */
int cgmount_uid_of(const struct cgmount *m, struct str path, uid_t *ret_uid);

#endif /* CONTAINER_CGMOUNT_H */
