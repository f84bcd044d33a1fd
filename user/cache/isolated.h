/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolated.h - processes in namespaces of their own that no runtime made, as groups
 *
 * A group is told by the pid namespace of its processes if that is not the host's, else
 * by their mount namespace, else by their user namespace. A network, host name or another
 * namespace of its own alone is what many a service has, and makes no group. It is called
 * after the program that made the namespace, if that was seen: unshare, bwrap.
 */
#ifndef CACHE_ISOLATED_H
#define CACHE_ISOLATED_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

struct isolated_table;

int isolated_new(struct isolated_table **ret_table); /* 0 or -ENOMEM */
void isolated_free(struct isolated_table *t);	     /* NULL is fine */

/*
 * A namespace was made, by unshare(2) or clone(2): whoever had its number before is gone.
 * maker: the process, with the name of the program it ran then.
 */
void isolated_made(struct isolated_table *t, uint32_t inum, const struct event_ref *maker);

/*
 * The group of a process with these namespaces; isolated has the bits that differ from
 * the host's. NULL: in none, or no memory. Valid until the next isolated_made() or
 * isolated_find().
 */
const struct event_isolated *isolated_find(struct isolated_table *t,
					   const uint32_t ns[PTC_NS_COUNT], uint32_t isolated);

/*
 * True if its container is not known and nobody asked often enough: the first processes of
 * a group tell who looks after it, and later ones need not be asked.
 */
bool isolated_ask(struct isolated_table *t, const struct event_isolated *group);

/* Takes what monitored_new() gave. */
void isolated_set_container(struct isolated_table *t, const struct event_isolated *group,
			    struct container_info *container);

/* It is a container's: what was noted of it is of no use. */
void isolated_forget(struct isolated_table *t, uint32_t inum);

/* The group that is told by this namespace; NULL: none. Valid as above. */
const struct event_isolated *isolated_of(struct isolated_table *t, uint32_t inum);

#endif /* CACHE_ISOLATED_H */
