/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ns_owner.h - whose a namespace is: which container's processes live in it
 *
 * Learnt from the processes themselves, by namespace inode number, which is unique
 * among all namespaces of all types that exist. What is kept is the cgroup of such a
 * process, not a container: that is asked for anew by its ids each time.
 */
#ifndef CACHE_NS_OWNER_H
#define CACHE_NS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

struct ns_owner;

int ns_owner_new(struct ns_owner **ret_owner); /* 0 or -ENOMEM */
void ns_owner_free(struct ns_owner *o);	       /* NULL is fine */

/* The host's own, from a process that is certainly in them; 0 entries stay as they are. */
void ns_owner_set_host(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT]);
bool ns_owner_is_host(const struct ns_owner *o, enum ptc_ns type, uint32_t inum);

/* Bit per enum ptc_ns (the first eight) that differs from the host's, where that is known. */
uint32_t ns_owner_isolated(const struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT]);

/* A process of the container in these cgroups lives in ns. The first one that says so stays. */
void ns_owner_learn(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT], uint64_t cgroup_v2,
		    uint64_t cgroup_v1);

/*
 * The kernel gives the number of a namespace that is gone to a new one: to be told when
 * one is made, and when the cgroup of a container is removed (the id of the hierarchy
 * that it is not in is 0).
 */
void ns_owner_forget(struct ns_owner *o, uint32_t inum);
void ns_owner_forget_cgroup(struct ns_owner *o, uint64_t cgroup_v2, uint64_t cgroup_v1);

/* False if nobody's. */
bool ns_owner_find(const struct ns_owner *o, uint32_t inum, uint64_t *ret_cgroup_v2,
		   uint64_t *ret_cgroup_v1);

#endif /* CACHE_NS_OWNER_H */
