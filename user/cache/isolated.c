// SPDX-License-Identifier: Apache-2.0
/*
 * isolated.c - processes in namespaces of their own that no runtime made, as groups
 */
#include "cache/isolated.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "container/monitored.h"

#define ASKED_MAX 16
#define LIMIT	  8192 /* namespaces; beyond it the one that was made first is forgotten */

/* A namespace that was seen being made, or that a group lives in. */
struct made {
	struct event_isolated group;	  /* .ns is the key */
	bool inhabited;			  /* a group is told by it */
	uint8_t asked;			  /* how often for its container */
	struct container_info *container; /* owned: that of group */
	UT_hash_handle hh;		  /* keeps the order in which they were added */
	char name[];			  /* of group.name and group.maker.name */
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
	monitored_free(m->container);
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

static struct made *add(struct isolated_table *t, uint32_t inum, struct str name)
{
	struct made *m;

	if (HASH_COUNT(t->table) >= LIMIT)
		drop(t, t->table);
	m = calloc(1, sizeof(*m) + name.len);
	if (!m)
		return NULL;
	if (name.len)
		memcpy(m->name, name.p, name.len);
	m->group.name = str_from(m->name, name.len);
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
	struct str name = maker->name;

	if (m)
		drop(t, m);
	if (name.len > PTC_NAME_MAX)
		name.len = PTC_NAME_MAX;
	m = add(t, inum, name);
	if (!m)
		return;
	m->group.maker = *maker;
	m->group.maker.name = m->group.name;
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
			m = add(t, ns[walls[i]], str_from(NULL, 0));
		if (!m)
			return NULL;
		m->group.type = walls[i];
		m->inhabited = true;
		return &m->group;
	}
	return NULL;
}

bool isolated_ask(struct isolated_table *t, const struct event_isolated *group)
{
	struct made *m = find(t, group->ns);

	return m && !m->container && m->asked++ < ASKED_MAX;
}

void isolated_set_container(struct isolated_table *t, const struct event_isolated *group,
			    struct container_info *container)
{
	struct made *m = find(t, group->ns);

	if (!m || m->container) {
		monitored_free(container);
		return;
	}
	m->container = container;
	m->group.container = container;
}

void isolated_forget(struct isolated_table *t, uint32_t inum)
{
	struct made *m = find(t, inum);

	if (m)
		drop(t, m);
}

const struct event_isolated *isolated_of(struct isolated_table *t, uint32_t inum)
{
	struct made *m = find(t, inum);

	return m && m->inhabited ? &m->group : NULL;
}
