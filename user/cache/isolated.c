// SPDX-License-Identifier: Apache-2.0
/*
 * isolated.c - processes in namespaces of their own that no runtime made, as groups
 */
#include "cache/isolated.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define LIMIT 8192 /* namespaces; beyond it the one that was made first is forgotten */

/* A namespace that was seen being made, or that a group lives in. */
struct made {
	struct event_isolated group; /* .ns is the key */
	char name[PTC_NAME_MAX];     /* of group.name and group.maker.name */
	bool inhabited;		     /* a group is told by it */
	UT_hash_handle hh;	     /* keeps the order in which they were added */
};

struct isolated_table {
	struct made *table;
};

int isolated_new(struct isolated_table **ret_table)
{
	*ret_table = calloc(1, sizeof(**ret_table));
	return *ret_table ? 0 : -ENOMEM;
}

static void drop(struct isolated_table *t, struct made *m)
{
	HASH_DEL(t->table, m);
	free(m);
}

void isolated_free(struct isolated_table *t)
{
	if (!t)
		return;
	while (t->table)
		drop(t, t->table);
	free(t);
}

static struct made *find(struct isolated_table *t, uint32_t inum)
{
	struct made *m;

	HASH_FIND(hh, t->table, &inum, sizeof(inum), m);
	return m;
}

static struct made *add(struct isolated_table *t, uint32_t inum)
{
	struct made *m;

	if (HASH_COUNT(t->table) >= LIMIT)
		drop(t, t->table);
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->group.ns = inum;
	HASH_ADD(hh, t->table, group.ns, sizeof(inum), m);
	if (!hash_added(m)) {
		free(m);
		return NULL;
	}
	return m;
}

void isolated_made(struct isolated_table *t, uint32_t inum, const struct event_ref *maker)
{
	struct made *m = find(t, inum);
	size_t len = maker->name.len < sizeof(m->name) ? maker->name.len : sizeof(m->name);

	if (m)
		drop(t, m);
	m = add(t, inum);
	if (!m)
		return;
	if (len)
		memcpy(m->name, maker->name.p, len);
	m->group.maker = *maker;
	m->group.name = m->group.maker.name = str_from(m->name, len);
}

const struct event_isolated *isolated_find(struct isolated_table *t,
					   const uint32_t ns[PTC_NS_COUNT], uint32_t isolated)
{
	static const enum ptc_ns walls[] = { PTC_NS_PID, PTC_NS_MNT, PTC_NS_USER };

	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		struct made *m;

		if (!(isolated & 1u << walls[i]))
			continue;
		m = find(t, ns[walls[i]]);
		if (!m)
			m = add(t, ns[walls[i]]);
		if (!m)
			return NULL;
		m->group.type = walls[i];
		m->inhabited = true;
		return &m->group;
	}
	return NULL;
}

const struct event_isolated *isolated_of(struct isolated_table *t, uint32_t inum)
{
	struct made *m = find(t, inum);

	return m && m->inhabited ? &m->group : NULL;
}
