/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgpath.h - what a cgroup path says about containers
 *
 * Pure rules: memory in, struct out. A path proves nothing, for whoever may make
 * cgroups chooses their names; whether a runtime knows the container is asked
 * elsewhere. An id counts only if it is whole and valid.
 */
#ifndef CONTAINER_CGPATH_H
#define CONTAINER_CGPATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "container/cgid.h"

#define CGPATH_CHAIN_MAX 8

/* From the least to the most that is said. */
enum cgpath_verdict {
	CGPATH_HOST,	  /* no container's path */
	CGPATH_MAYBE,	  /* a name only, like any other: ask the runtime's state directory */
	CGPATH_POD,	  /* in a pod, in none of its containers */
	CGPATH_BUILD,	  /* a step of an image build */
	CGPATH_NAME,	  /* a container known by its name, in a form only its runtime uses */
	CGPATH_CONTAINER, /* a whole container id */
};

/* One container that the path goes through. */
struct cgpath_match {
	enum cgpath_verdict verdict; /* BUILD, NAME, CONTAINER; of a lone guess MAYBE */
	const char *runtime;	     /* a literal; "" if the path cannot tell */
	bool runtime_guessed;	     /* other runtimes use this form too */
	size_t end;		     /* the container's own cgroup is path[0 .. end) */
	char id[CGID_MAX + 1];
	char pod_uid[CGID_POD_MAX + 1]; /* "": none */
};

struct cgpath {
	enum cgpath_verdict verdict;
	/* The pod of a process that is in none of the pod's containers. */
	char pod_uid[CGID_POD_MAX + 1];
	/*
	 * The containers, outermost first; the last one is the answer. Empty for
	 * HOST and POD. Of more than CGPATH_CHAIN_MAX the innermost ones are kept.
	 */
	unsigned int match_len;
	struct cgpath_match match[CGPATH_CHAIN_MAX];
};

/* Judges one path below a hierarchy's root. Any bytes will do. */
void cgpath_parse(struct str path, struct cgpath *ret_cgpath);

/* True if a says more than b: what v1 and v2 say of one process is compared so. */
bool cgpath_is_better(const struct cgpath *a, const struct cgpath *b);

/* The answer's container; NULL for HOST and POD. */
static inline const struct cgpath_match *cgpath_innermost(const struct cgpath *c)
{
	return c->match_len ? &c->match[c->match_len - 1] : NULL;
}

#endif /* CONTAINER_CGPATH_H */
