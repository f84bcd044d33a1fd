// SPDX-License-Identifier: Apache-2.0
/*
 * entered.c - is it the container's workload, or did it come from outside?
 */
#include "cache/entered.h"

#include <errno.h>
#include <stdlib.h>

#define LIMIT 16384 /* containers; beyond it the one seen first is forgotten */

/* A container that has, or had, a workload. */
struct started {
	char *id; /* key, owned */
	UT_hash_handle hh;
};

struct entered_table {
	struct started *table;
};

int entered_new(struct entered_table **ret_table)
{
	*ret_table = calloc(1, sizeof(**ret_table));
	return *ret_table ? 0 : -ENOMEM;
}

static void drop(struct entered_table *t, struct started *s)
{
	HASH_DEL(t->table, s);
	free(s->id);
	free(s);
}

void entered_free(struct entered_table *t)
{
	if (!t)
		return;
	while (t->table)
		drop(t, t->table);
	free(t);
}

static struct started *find(const struct entered_table *t, const struct container_info *container)
{
	struct started *s;

	HASH_FIND(hh, t->table, container->id.p, container->id.len, s);
	return s;
}

static void add(struct entered_table *t, const struct container_info *container)
{
	struct started *s;

	if (HASH_COUNT(t->table) >= LIMIT)
		drop(t, t->table);
	s = calloc(1, sizeof(*s));
	if (!s)
		return; /* an exec into it is then taken for its start */
	s->id = malloc(container->id.len + 1);
	if (!s->id) {
		free(s);
		return;
	}
	memcpy(s->id, container->id.p, container->id.len);
	HASH_ADD_KEYPTR(hh, t->table, s->id, container->id.len, s);
	if (!hash_added(s)) {
		free(s->id);
		free(s);
	}
}

static bool is_one_of(struct str name, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

bool entered_is_runtime(const struct event_process *p)
{
	static const char *const programs[] = {
		"runc",
		"crun",
		"youki",
		"docker-runc",
		"conmon",
		"conmonrs",
		"containerd-shim",
		"containerd-shim-runc-v1",
		"containerd-shim-runc-v2",
		"lxc-start",
		"lxc-attach",
	};
	const struct str stage = STR_LITERAL("runc:["); /* comm of its set-up stages */
	/* They may run from a sealed copy of themselves. */
	const struct str runc_copy = STR_LITERAL("/memfd:runc_cloned:");
	const struct str crun_copy = STR_LITERAL("/memfd:crun_cloned:");

	if (str_has_prefix(p->name, stage))
		return true;
	if (!event_has(p, FACT_EXE))
		return false;
	return str_has_prefix(p->executable, runc_copy) ||
	       str_has_prefix(p->executable, crun_copy) ||
	       is_one_of(str_basename(p->executable), programs,
			 sizeof(programs) / sizeof(programs[0]));
}

static void set_by(struct cache_entry *e, const struct event_ref *by)
{
	size_t len = by->name.len;

	if (len > sizeof(e->entered_by_name))
		len = sizeof(e->entered_by_name);
	if (len)
		memcpy(e->entered_by_name, by->name.p, len);
	e->entered_by_name_len = (uint32_t)len;
	e->entered_by_pid = by->pid;
	e->entered_by_start_ns = by->start_ns;
}

struct event_ref entered_by(const struct cache_entry *e)
{
	struct event_ref by = { 0 };

	if (e->entered == ENTERED_EXEC || e->entered == ENTERED_NSENTER)
		by = (struct event_ref){
			.pid = e->entered_by_pid,
			.start_ns = e->entered_by_start_ns,
			.name = str_from(e->entered_by_name, e->entered_by_name_len),
		};
	return by;
}

void entered_fork(struct cache_entry *child, const struct cache_entry *creator)
{
	struct event_ref by = entered_by(creator);

	child->entered = creator->entered;
	set_by(child, &by);
}

void entered_update(struct entered_table *t, struct cache_entry *e,
		    const struct container_info *container, const struct event_process *p)
{
	if (!container) {
		if (e->entered == ENTERED_SETUP || e->entered == ENTERED_EXEC)
			e->entered = ENTERED_NONE;
		return;
	}
	if (e->entered == ENTERED_EXEC)
		return; /* Docker in Docker by "docker exec" is still that */
	if (entered_is_runtime(p)) {
		e->entered = ENTERED_SETUP;
		return;
	}
	if (e->entered == ENTERED_SETUP) {
		struct event_ref parent = cache_parent(e);

		e->entered = find(t, container) ? ENTERED_EXEC : ENTERED_NONE;
		set_by(e, &parent);
	}
	if (e->entered == ENTERED_NONE && !find(t, container))
		add(t, container);
}

void entered_setns(struct cache_entry *e, const struct event_process *p)
{
	struct event_ref self = { .pid = e->pid, .start_ns = e->start_ns, .name = p->name };

	if (entered_is_runtime(p))
		return;
	e->entered = ENTERED_NSENTER;
	set_by(e, &self);
}

void entered_forget(struct entered_table *t, const struct container_info *container)
{
	struct started *s = find(t, container);

	if (s)
		drop(t, s);
}
