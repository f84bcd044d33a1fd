// SPDX-License-Identifier: Apache-2.0
/*
 * ns_owner.c - whose a namespace is: which container's processes live in it
 */
#include "cache/ns_owner.h"

#include <errno.h>
#include <stdlib.h>
#include <uthash.h>

#define TYPES PTC_NS_PID_FOR_CHILDREN /* the eight that are the process's own */
#define LIMIT 16384		      /* beyond it the one learnt longest ago is forgotten */

struct owned {
	uint32_t inum; /* key */
	uint64_t cgroup_v2, cgroup_v1;
	UT_hash_handle hh; /* keeps the order in which they were added */
};

struct ns_owner {
	struct owned *table;
	uint32_t host[PTC_NS_COUNT];
};

/*
 * Inode numbers that the kernel gives the initial namespaces (include/linux/proc_ns.h,
 * since 3.8; time since 5.6). The mount and network namespaces have none before 6.17.
 */
static const uint32_t initial[PTC_NS_COUNT] = {
	[PTC_NS_IPC] = 0xefffffff,
	[PTC_NS_UTS] = 0xeffffffe,
	[PTC_NS_USER] = 0xeffffffd,
	[PTC_NS_PID] = 0xeffffffc,
	[PTC_NS_CGROUP] = 0xeffffffb,
	[PTC_NS_TIME] = 0xeffffffa,
	[PTC_NS_PID_FOR_CHILDREN] = 0xeffffffc,
	[PTC_NS_TIME_FOR_CHILDREN] = 0xeffffffa,
};

int ns_owner_new(struct ns_owner **ret_owner)
{
	struct ns_owner *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	memcpy(o->host, initial, sizeof(o->host));
	*ret_owner = o;
	return 0;
}

void ns_owner_free(struct ns_owner *o)
{
	struct owned *owned, *next;

	if (!o)
		return;
	HASH_ITER(hh, o->table, owned, next) {
		HASH_DEL(o->table, owned);
		free(owned);
	}
	free(o);
}

void ns_owner_set_host(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT])
{
	for (int i = 0; i < PTC_NS_COUNT; i++)
		if (ns[i] && !o->host[i])
			o->host[i] = ns[i];
}

bool ns_owner_is_host(const struct ns_owner *o, enum ptc_ns type, uint32_t inum)
{
	return inum && o->host[type] == inum;
}

uint32_t ns_owner_isolated(const struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT])
{
	uint32_t isolated = 0;

	for (int i = 0; i < TYPES; i++)
		if (ns[i] && o->host[i] && ns[i] != o->host[i])
			isolated |= 1u << i;
	return isolated;
}

static void learn_one(struct ns_owner *o, uint32_t inum, uint64_t cgroup_v2, uint64_t cgroup_v1)
{
	struct owned *owned;

	HASH_FIND(hh, o->table, &inum, sizeof(inum), owned);
	if (owned)
		return;
	if (HASH_COUNT(o->table) >= LIMIT) {
		owned = o->table; /* the oldest */
		HASH_DEL(o->table, owned);
	} else {
		owned = malloc(sizeof(*owned));
	}
	if (!owned)
		return; /* one owner is not known; nothing else depends on it */
	*owned = (struct owned){ .inum = inum, .cgroup_v2 = cgroup_v2, .cgroup_v1 = cgroup_v1 };
	HASH_ADD(hh, o->table, inum, sizeof(owned->inum), owned);
}

void ns_owner_learn(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT], uint64_t cgroup_v2,
		    uint64_t cgroup_v1)
{
	uint32_t isolated = ns_owner_isolated(o, ns);

	for (int i = 0; i < TYPES; i++)
		if (isolated & (1u << i))
			learn_one(o, ns[i], cgroup_v2, cgroup_v1);
}

void ns_owner_forget(struct ns_owner *o, uint32_t inum)
{
	struct owned *owned;

	HASH_FIND(hh, o->table, &inum, sizeof(inum), owned);
	if (!owned)
		return;
	HASH_DEL(o->table, owned);
	free(owned);
}

void ns_owner_forget_cgroup(struct ns_owner *o, uint64_t cgroup_v2, uint64_t cgroup_v1)
{
	struct owned *owned, *next;

	HASH_ITER(hh, o->table, owned, next) {
		if ((cgroup_v2 && owned->cgroup_v2 == cgroup_v2) ||
		    (cgroup_v1 && owned->cgroup_v1 == cgroup_v1)) {
			HASH_DEL(o->table, owned);
			free(owned);
		}
	}
}

bool ns_owner_find(const struct ns_owner *o, uint32_t inum, uint64_t *ret_cgroup_v2,
		   uint64_t *ret_cgroup_v1)
{
	struct owned *owned;

	HASH_FIND(hh, o->table, &inum, sizeof(inum), owned);
	if (!owned)
		return false;
	*ret_cgroup_v2 = owned->cgroup_v2;
	*ret_cgroup_v1 = owned->cgroup_v1;
	return true;
}
