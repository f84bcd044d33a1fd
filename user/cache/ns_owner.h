/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ns_owner.h - whose a namespace is: which containers' processes live in it
 *
 * Learnt from the processes themselves, by namespace inode number, which is unique
 * among all namespaces of all types that exist. The first container whose process says
 * so is the owner, later ones share it. Of a container the cgroups of that process are
 * kept, not the container: that is asked for anew by its ids each time. An isolated
 * group owns what no container does.
 */
#ifndef CACHE_NS_OWNER_H
#define CACHE_NS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

struct ns_owner;

/* A container, or an isolated group. */
struct ns_share {
	uint32_t serial;   /* of the container; 0: an isolated group */
	uint32_t group_ns; /* by which the group is told */
	uint64_t cgroup_v2, cgroup_v1;
};

#define NS_SHARES_MAX (1 + EVENT_SHARED_MAX)

struct ns_owned {
	uint32_t len; /* at least 1 */
	bool more;    /* than these share it */
	struct ns_share share[NS_SHARES_MAX];
	/* A process that lives in it, the first that was seen; pid 0: not known any more. */
	uint32_t holder_pid;
	uint64_t holder_start_ns;
};

int ns_owner_new(struct ns_owner **ret_owner); /* 0 or -ENOMEM */
void ns_owner_free(struct ns_owner *o);	       /* NULL is fine */

/* The host's own, from a process that is certainly in them; 0 entries stay as they are. */
void ns_owner_set_host(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT]);
bool ns_owner_is_host(const struct ns_owner *o, enum ptc_ns type, uint32_t inum);

/* Bit per enum ptc_ns (the first eight) that differs from the host's, where that is known. */
uint32_t ns_owner_isolated(const struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT]);

/*
 * The process (pid, start_ns) of who lives in ns; isolated has the bits that are not the
 * host's. A container takes what an isolated group had: it was being set up. Returns the
 * bits of those that are its owner's from now on.
 */
uint32_t ns_owner_learn(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT], uint32_t isolated,
			const struct ns_share *who, uint32_t pid, uint64_t start_ns);

/*
 * The kernel gives the number of a namespace that is gone to a new one: to be told when
 * one is made, and when a container has ended.
 */
void ns_owner_forget(struct ns_owner *o, uint32_t inum);
void ns_owner_forget_container(struct ns_owner *o, uint32_t serial);

/* NULL if nobody's. Valid until the next call that learns or forgets. */
const struct ns_owned *ns_owner_find(const struct ns_owner *o, uint32_t inum);

/* The holder has ended; the next process that is learnt takes its place. */
void ns_owner_forget_holder(struct ns_owner *o, uint32_t inum);

#endif /* CACHE_NS_OWNER_H */
