/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroups.h - cgroup id → path, whatever it takes
 *
 * The index first; what is not in it is asked of the mounted hierarchy through a
 * file handle, and last of /proc/<pid>/cgroup. What was found goes into the index.
 */
#ifndef CONTAINER_CGROUPS_H
#define CONTAINER_CGROUPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "container/cgindex.h"
#include "container/cgmount.h"

#define CGROUPS_NO_UID	    ((uid_t)-1)
#define CGROUPS_HIERARCHIES 2 /* v2 and one of v1 */

struct cgroups {
	struct cgindex *index;
	struct cgmount mount[CGROUPS_HIERARCHIES]; /* v2, v1 */
	uint32_t v1_hierarchy_id;		   /* 0: none */
	char *v1_controller;			   /* NULL: none */
	char *proc_root;
	struct buf scratch;
	/* The last that cgroups_ids_of() was asked: neighbours in the list of pids often agree. */
	struct buf asked_lines;
	uint64_t asked_ids[CGROUPS_HIERARCHIES];
};

/*
 * Who owns a cgroup's directory, and the one above: a user if it was delegated to him. A
 * runtime may give the container's own to who is root inside.
 */
struct cgroups_users {
	uid_t uid[2]; /* CGROUPS_NO_UID: not known */
};

/* Returns 0 or a negative errno; hierarchies that are not mounted are none. */
int cgroups_init(struct cgroups *cg, const char *proc_root, uint32_t v1_hierarchy_id,
		 const char *v1_controller, uint64_t grace_ns);
void cgroups_done(struct cgroups *cg);

/* Walks the mounts. Returns 0, or a negative errno if none could be walked. */
int cgroups_seed(struct cgroups *cg);

/* 0 for v2, 1 for the v1 hierarchy, -1 for one that is not watched. */
int cgroups_slot(const struct cgroups *cg, uint32_t hierarchy_id);

/*
 * The path, from the index or through a handle. Returns 0 or a negative errno; for
 * out and ret_truncated see cgindex_path().
 */
int cgroups_path(struct cgroups *cg, uint32_t hierarchy_id, uint64_t id, struct buf *out,
		 bool *ret_truncated);

/*
 * Learns paths from the process's own file in /proc. A path counts only if the
 * cgroup there has the id, or, where that cannot be asked, if start_ns proves that
 * the process is the one that was meant. Ids that are 0 are not looked for.
 */
void cgroups_learn(struct cgroups *cg, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		   uint64_t start_ns);

/*
 * The ids of the cgroups that a process is in, by the lines of its file in /proc; their
 * paths are known from then on. 0: no line says, or the id cannot be asked, unless made_up:
 * then it is a number that no cgroup has, for where no record will ever name the cgroup.
 */
void cgroups_ids_of(struct cgroups *cg, struct str lines, bool made_up,
		    uint64_t ret_ids[CGROUPS_HIERARCHIES]);

/* The id of the cgroup at the first len bytes of id's path. Never 0. */
uint64_t cgroups_prefix_id(const struct cgroups *cg, uint32_t hierarchy_id, uint64_t id,
			   struct str path, size_t len);

/*
 * Whose the cgroup at a path is, and the one above it. Not known if they are not the same
 * user's in all hierarchies that have it.
 */
struct cgroups_users cgroups_users(const struct cgroups *cg, struct str path);

/*
 * May another than root have given the cgroup at a path its name? So it is if the directory
 * above it is not of whom the hierarchy's root is; if that is gone, the nearest one above.
 */
bool cgroups_is_users(const struct cgroups *cg, struct str path);

/* False if it is certain that the cgroup is no longer at its path. */
bool cgroups_is_there(const struct cgroups *cg, uint32_t hierarchy_id, uint64_t id,
		      struct str path);

#endif /* CONTAINER_CGROUPS_H */
