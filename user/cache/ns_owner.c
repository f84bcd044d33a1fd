// SPDX-License-Identifier: Apache-2.0
/*
 * ns_owner.c - whose a namespace is: which container's processes live in it
 */
#include "cache/ns_owner.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/hash.h"
#include "procfs/ns.h"

#define TYPES PTC_NS_PID_FOR_CHILDREN /* the eight that are the process's own */
/*
 * Beyond it the one learnt longest ago is forgotten: a group's, while there are any, for they
 * come and go by the thousand, nobody tells when they are over, and users may make any number.
 */
#define LIMIT 16384

struct owned {
	uint32_t inum; /* key */
	struct ns_owned is;
	bool is_groups;
	struct owned *prev, *next; /* of all groups' */
	UT_hash_handle hh;	   /* keeps the order in which they were added */
};

/* What was learnt last. A container's processes teach the same with each event. */
struct lesson {
	bool valid; /* and nothing was forgotten since */
	uint32_t ns[PTC_NS_COUNT];
	uint32_t isolated;
	struct ns_share who;
};

struct ns_owner {
	struct owned *table;
	struct owned *groups; /* in the order in which they were learnt */
	uint32_t host[PTC_NS_COUNT];
	struct lesson last;
};

_Static_assert((int)PTC_NS_COUNT == (int)PROC_NS_COUNT,
	       "as many namespaces in /proc's reader as in records; their order: enrich/gather.c");

int ns_owner_new(struct ns_owner **ret_owner)
{
	struct ns_owner *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	memcpy(o->host, proc_ns_initial, sizeof(o->host));
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

static struct owned *find(const struct ns_owner *o, uint32_t inum)
{
	struct owned *owned;

	HASH_FIND(hh, o->table, &inum, sizeof(inum), owned);
	return owned;
}

static void set_groups(struct ns_owner *o, struct owned *owned, bool is_groups)
{
	if (is_groups == owned->is_groups)
		return;
	if (is_groups)
		DL_APPEND(o->groups, owned);
	else
		DL_DELETE(o->groups, owned);
	owned->is_groups = is_groups;
}

static void drop(struct ns_owner *o, struct owned *owned)
{
	set_groups(o, owned, false);
	HASH_DEL(o->table, owned);
	free(owned);
	o->last.valid = false;
}

static struct owned *add(struct ns_owner *o, uint32_t inum)
{
	struct owned *owned;

	if (HASH_COUNT(o->table) >= LIMIT)
		drop(o, o->groups ? o->groups : o->table); /* the oldest */
	owned = calloc(1, sizeof(*owned));
	if (!owned)
		goto no_memory;
	owned->inum = inum;
	HASH_ADD(hh, o->table, inum, sizeof(owned->inum), owned);
	if (!hash_added(owned))
		goto no_memory;
	return owned;

no_memory:
	/* One owner is not known until it is learnt again; nothing else depends on it. */
	o->last.valid = false;
	free(owned);
	return NULL;
}

static bool is_same(const struct ns_share *a, const struct ns_share *b)
{
	return a->serial == b->serial && a->group_ns == b->group_ns;
}

/* Returns whether it has a new owner. */
static bool learn_one(struct ns_owner *o, uint32_t inum, const struct ns_share *who, uint32_t pid,
		      uint64_t start_ns)
{
	struct owned *owned = find(o, inum);
	struct ns_owned *is;

	if (!owned)
		owned = add(o, inum);
	if (!owned)
		return false;
	is = &owned->is;
	if (is->len && !who->serial && is->share[0].serial)
		return false; /* a visitor in a container's */
	if (is->len && who->serial && !is->share[0].serial)
		*is = (struct ns_owned){ 0 };
	set_groups(o, owned, !who->serial);
	if (!is->holder_pid) {
		is->holder_pid = pid;
		is->holder_start_ns = start_ns;
	}
	for (uint32_t i = 0; i < is->len; i++)
		if (is_same(&is->share[i], who))
			return false;
	if (is->len == NS_SHARES_MAX)
		is->more = true;
	else
		is->share[is->len++] = *who;
	return is->len == 1;
}

static bool is_last(const struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT], uint32_t isolated,
		    const struct ns_share *who)
{
	return o->last.valid && o->last.isolated == isolated && is_same(&o->last.who, who) &&
	       memcmp(o->last.ns, ns, sizeof(o->last.ns)) == 0;
}

uint32_t ns_owner_learn(struct ns_owner *o, const uint32_t ns[PTC_NS_COUNT], uint32_t isolated,
			const struct ns_share *who, uint32_t pid, uint64_t start_ns)
{
	uint32_t learnt = 0;

	if (is_last(o, ns, isolated, who))
		return 0;
	/* Without a process the holder is still wanted. */
	o->last = (struct lesson){ .valid = pid != 0, .isolated = isolated, .who = *who };
	memcpy(o->last.ns, ns, sizeof(o->last.ns));
	for (int i = 0; i < TYPES; i++)
		if (isolated & (1u << i) && learn_one(o, ns[i], who, pid, start_ns))
			learnt |= 1u << i;
	return learnt;
}

void ns_owner_forget(struct ns_owner *o, uint32_t inum)
{
	struct owned *owned = find(o, inum);

	if (owned)
		drop(o, owned);
}

/* Who shared it with an owner that is gone is its owner now. */
void ns_owner_forget_container(struct ns_owner *o, uint32_t serial)
{
	struct owned *owned, *next;

	o->last.valid = false;
	HASH_ITER(hh, o->table, owned, next) {
		struct ns_owned *is = &owned->is;
		uint32_t kept = 0;

		for (uint32_t i = 0; i < is->len; i++)
			if (is->share[i].serial != serial)
				is->share[kept++] = is->share[i];
		is->len = kept;
		if (!kept)
			drop(o, owned);
	}
}

const struct ns_owned *ns_owner_find(const struct ns_owner *o, uint32_t inum)
{
	const struct owned *owned = find(o, inum);

	return owned ? &owned->is : NULL;
}

void ns_owner_forget_holder(struct ns_owner *o, uint32_t inum)
{
	struct owned *owned = find(o, inum);

	o->last.valid = false;
	if (owned)
		owned->is.holder_pid = 0;
}
