/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgindex.h - (hierarchy, cgroup id) → path
 *
 * Each cgroup is kept with its own name and its parent's id; a path is joined
 * when somebody asks. So the renaming of one cgroup renames all below it, and a
 * path of any length loses nothing on the way from the kernel. Ids are unique
 * within one hierarchy only; hierarchy 0 is v2.
 */
#ifndef CONTAINER_CGINDEX_H
#define CONTAINER_CGINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define CGINDEX_LIMIT_DEFAULT 65536
#define CGINDEX_PATH_MAX      4096

struct cgindex;

/*
 * At most limit cgroups (0: the default); when full, what was removed first goes
 * first, then what was added first. Removed ones are kept for grace_ns. Returns 0
 * or -ENOMEM.
 */
int cgindex_new(size_t limit, uint64_t grace_ns, struct cgindex **ret_index);
void cgindex_free(struct cgindex *ix);

/*
 * parent_id 0: the topmost that is known; name is then its whole path, "" for the
 * hierarchy's root. A cgroup that is known already gets the new parent and name.
 * Returns 0 or -ENOMEM.
 */
int cgindex_add(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, uint64_t parent_id,
		struct str name);
/* One that is not known stays unknown. Returns 0, -ENOENT or -ENOMEM. */
int cgindex_rename(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, struct str name);
/* It stays known for the grace time. */
void cgindex_remove(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, uint64_t now_ns);

bool cgindex_has(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id);

/*
 * Puts the path into out, which is reset first; the root's is "/". Of a path
 * longer than CGINDEX_PATH_MAX the beginning is given, whole components only, and
 * ret_truncated set: the beginning is what the host made, the rest what a
 * container may have. Returns 0, or -ENOENT if the cgroup or one above it is not
 * known, or -ENOMEM.
 */
int cgindex_path(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, struct buf *out,
		 bool *ret_truncated);

/*
 * The id of the cgroup whose path is the first path_len bytes of id's path (from
 * cgindex_path()). 0: there is none of its own in the index.
 */
uint64_t cgindex_prefix_id(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id,
			   size_t path_len);

/* Calls back for each cgroup that was not removed. The index may grow meanwhile. */
void cgindex_each(const struct cgindex *ix,
		  void (*each)(uint32_t hierarchy_id, uint64_t id, void *arg), void *arg);

/* Forgets what was removed more than the grace time ago. Returns how many. */
size_t cgindex_expire(struct cgindex *ix, uint64_t now_ns);

size_t cgindex_count(const struct cgindex *ix);
uint64_t cgindex_evicted(const struct cgindex *ix);

#endif /* CONTAINER_CGINDEX_H */
