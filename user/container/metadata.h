/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metadata.h - which runtime knows a container, and what it says of it
 *
 * Asks the readers of all runtimes in the order that the path suggests. A path that
 * is one runtime's own is only looked up with that one; a form that several use, or
 * none, gets its runtime from whose files know the id.
 */
#ifndef CONTAINER_METADATA_H
#define CONTAINER_METADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "container/cgpath.h"
#include "container/cgroups.h"
#include "container/hostfs.h"
#include "container/meta.h"
#include "container/ocicmd.h"
#include "container/roots.h"

struct metadata {
	struct hostfs fs;
	struct roots roots;
	const struct cgroups *cgroups; /* borrowed */
	uint64_t inside_rest_ns;       /* boot time until which no inner daemon is asked */
};

/* What is known of a container but for its id. */
struct metadata_place {
	struct str path;	    /* of its own cgroup */
	struct cgroups_users users; /* whose that is */
	const char *outer_id;	    /* of the container around it; NULL: none */
	bool doubted;		    /* root's files are not about it, though they know the id */
};

/*
 * Whoever may make cgroups, in a tree that was delegated to him or in a container, may give one
 * the id of a container of root's. There root's files count only if they name this very cgroup.
 */
struct metadata_place metadata_place(struct metadata *md, const struct cgpath_match *match,
				     struct str path, const char *outer_id);

/* cgroups: NULL if there are none to be asked. Returns 0 or a negative errno. */
int metadata_init(struct metadata *md, const char *host_root, const char *proc_root,
		  const struct cgroups *cgroups);
void metadata_done(struct metadata *md);

/* Looks for daemons now, so that the first container need not wait for it. */
void metadata_scan(struct metadata *md, uint64_t now_ns);

/* Where a runtime that root runs keeps the files of the container id. */
void metadata_learn(struct metadata *md, const struct ocicmd *command, struct str id);

/*
 * Fills the fields of meta that are empty; its runtime says who knows the container, its
 * missing why files that were there could not be used.
 * Root's files are asked, those of its cgroup's users, and those in the container around
 * it. Blocks for some files' reading only. Returns 0 if it is confirmed and nothing more is to
 * come, -EAGAIN if a later look may tell more.
 */
int metadata_read(struct metadata *md, const struct cgpath_match *match,
		  struct metadata_place place, uint64_t now_ns, struct meta *meta);

/* The same from the directories that are known, without looking for daemons. */
void metadata_read_known(struct metadata *md, const struct cgpath_match *match, struct str own_path,
			 struct meta *meta);

#endif /* CONTAINER_METADATA_H */
