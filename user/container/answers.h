/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.h - from the pair of cgroup ids in a record to what is known of it
 *
 * A table makes the usual case one lookup. An answer that is not final (no path, no
 * metadata, a name that no runtime has confirmed yet) is looked at again on later
 * events, ever more seldom.
 *
 * A path that was handed out may still be borrowed by the event that is on its way,
 * so those that were replaced are kept until answers_free_old().
 */
#ifndef CONTAINER_ANSWERS_H
#define CONTAINER_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "container/cgpath.h"
#include "container/cgroups.h"
#include "container/containers.h"
#include "container/registry.h"

struct pair;
struct path_copy;

/* What one hierarchy says of a process. */
struct finding {
	uint32_t hierarchy_id;
	uint64_t id;
	bool known;
	struct buf path;
	struct cgpath cgpath;
};

/* Begins all zero but for what is borrowed. */
struct answers {
	struct cgroups *cgroups;   /* borrowed */
	struct registry *registry; /* borrowed */
	struct pair *pairs;
	struct path_copy *old_paths;
	struct finding findings[CGROUPS_HIERARCHIES];
	uint64_t evicted;
};

void answers_done(struct answers *a);

/* See containers_find(). */
void answers_find(struct answers *a, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		  uint64_t start_ns, struct containers_answer *ret_answer);

/* Every answer is to be found anew. */
void answers_forget(struct answers *a);

/* Drops what refers to containers that are over or cgroups no longer in the index. */
void answers_sweep(struct answers *a);

/* Frees the paths that no answer holds any more. */
void answers_free_old(struct answers *a);

#endif /* CONTAINER_ANSWERS_H */
