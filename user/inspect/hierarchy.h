/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hierarchy.h - a process's cgroups, one in each hierarchy, opened for reading
 */
#ifndef INSPECT_HIERARCHY_H
#define INSPECT_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>

#include "inspect/cgchain.h"
#include "inspect/subject.h"
#include "procfs/cgroup.h"

#define HIERARCHIES_MAX 20 /* 14 controllers, v2, and named ones */

struct hierarchy {
	struct proc_cgroup line; /* its strings are the set's */
	bool is_v2;
	int error; /* 0, or why the chain is empty */
	struct cgmount mount;
	struct cgchain chain;
};

struct hierarchies {
	size_t len;
	struct hierarchy list[HIERARCHIES_MAX];
	char *text; /* owned */
};

/* Returns 0, or the negative errno that the process's own file could not be read with. */
int hierarchies_open(const struct subject *s, struct hierarchies *ret_set);
void hierarchies_close(struct hierarchies *set);

/*
 * The hierarchy that has the say over a resource: the v1 one with that controller, else v2.
 * NULL: none. Its chain is empty if it could not be opened.
 */
const struct hierarchy *hierarchies_find(const struct hierarchies *set, const char *controller);

#endif /* INSPECT_HIERARCHY_H */
