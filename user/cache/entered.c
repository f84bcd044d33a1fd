// SPDX-License-Identifier: Apache-2.0
/*
 * entered.c - is it the container's workload, or did it come from outside?
 */
#include "cache/entered.h"

#include <errno.h>
#include <stdlib.h>

#include "cache/runtimes.h"

#define LIMIT 16384 /* containers; beyond it the one seen first is forgotten */

/* What is known of a container's processes. */
struct started {
	uint32_t serial;  /* key */
	uint32_t members; /* processes of its workload that live; 0: it has not begun, or is over */
	/* Of the first of them: */
	uint32_t pid_ns;
	uint32_t pid_level;
	uint64_t arrived_ns;
	/* The set-up step that will be its init; what others exec before it are hooks. 0: none */
	uint32_t init_pid;
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

static struct started *find(const struct entered_table *t, uint32_t serial)
{
	struct started *s;

	HASH_FIND(hh, t->table, &serial, sizeof(serial), s);
	return s;
}

/* NULL without memory: nobody is labelled in it then. */
static struct started *get(struct entered_table *t, uint32_t serial)
{
	struct started *s = find(t, serial);

	if (s)
		return s;
	if (HASH_COUNT(t->table) >= LIMIT)
		drop(t, t->table);
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->serial = serial;
	HASH_ADD(hh, t->table, serial, sizeof(s->serial), s);
	if (!hash_added(s)) {
		free(s);
		return NULL;
	}
	return s;
}

/* ---- whose workload a process is */

static bool is_member(const struct cache_entry *e, uint32_t serial)
{
	for (int i = 0; i < ENTERED_DEPTH; i++)
		if (e->workload_of[i] == serial)
			return true;
	return false;
}

static void count_out(struct entered_table *t, uint32_t serial)
{
	struct started *s = serial ? find(t, serial) : NULL;

	if (s && s->members)
		s->members--;
}

static void leave_all(struct entered_table *t, struct cache_entry *e)
{
	for (int i = 0; i < ENTERED_DEPTH; i++) {
		count_out(t, e->workload_of[i]);
		e->workload_of[i] = 0;
	}
}

static void join(struct entered_table *t, struct started *s, struct cache_entry *e)
{
	int at = 0;

	if (is_member(e, s->serial))
		return;
	while (at < ENTERED_DEPTH && e->workload_of[at])
		at++;
	if (at == ENTERED_DEPTH) {
		at--;
		count_out(t, e->workload_of[0]);
		memmove(e->workload_of, e->workload_of + 1, (size_t)at * sizeof(*e->workload_of));
	}
	e->workload_of[at] = s->serial;
	if (s->members++)
		return;
	s->pid_ns = e->has_ns ? e->ns[PTC_NS_PID] : 0;
	s->pid_level = e->pid_level;
	s->arrived_ns = e->arrived_ns;
}

/* ---- who did it */

static void set_by(struct cache_entry *e, const struct event_ref *by)
{
	size_t len = by->name.len;

	if (len > sizeof(e->entered_by_name))
		len = sizeof(e->entered_by_name);
	if (len)
		memcpy(e->entered_by_name, by->name.p, len);
	e->entered_by_name_len = (uint8_t)len;
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

/* Who brought it in: the one that is known, else who created it, else its parent. */
static void note_by(struct cache_entry *e, const struct event_ref *by)
{
	struct event_ref creator = {
		.pid = e->creator_pid,
		.start_ns = e->creator_start_ns,
		.name = str_from(e->creator_name, e->creator_name_len),
	};
	struct event_ref parent = cache_parent(e);

	if (!by->pid)
		by = creator.pid ? &creator : &parent;
	set_by(e, by);
}

/* ---- where a process comes from */

void entered_fork(struct entered_table *t, struct cache_entry *child,
		  const struct cache_entry *creator)
{
	struct event_ref by = {
		.pid = creator->entered_by_pid,
		.start_ns = creator->entered_by_start_ns,
		.name = str_from(creator->entered_by_name, creator->entered_by_name_len),
	};

	leave_all(t, child);
	child->entered = creator->entered;
	child->entered_fresh = creator->entered_fresh;
	child->entered_unseen = child->entered_orphan = false;
	child->entered_serial = creator->entered_serial;
	child->entered_passing = creator->entered_passing;
	child->passing_serial = creator->passing_serial;
	child->arrived_ns = creator->arrived_ns;
	set_by(child, &by);
	for (int i = 0; i < ENTERED_DEPTH; i++) {
		struct started *s = creator->workload_of[i] ? find(t, creator->workload_of[i]) :
							      NULL;

		if (s)
			join(t, s, child);
	}
}

void entered_found(struct entered_table *t, struct cache_entry *e, const struct cache_entry *parent,
		   bool same_cgroup)
{
	static const struct cache_entry nobody;

	entered_fork(t, e, parent ? parent : &nobody);
	e->entered_fresh = false;
	e->entered_unseen = true;
	if (!parent || !same_cgroup)
		e->arrived_ns = e->start_ns;
	/* Orphans stay in their pid namespace: a parent in another one is no reaper of it. */
	e->entered_orphan = !parent || !parent->has_ns || !e->has_ns ||
			    parent->ns[PTC_NS_PID] == e->ns[PTC_NS_PID];
}

void entered_moved(struct cache_entry *e, uint64_t time_ns)
{
	e->arrived_ns = time_ns;
}

/* The init of the pid namespace that the container's workload lives in. */
static bool is_init(const struct started *s, const struct cache_entry *e)
{
	return e->vpid == 1 && e->has_ns && s->pid_ns && e->ns[PTC_NS_PID] == s->pid_ns;
}

/* May it have been created by the workload? Not from a pid namespace that is not within. */
static bool may_descend(const struct started *s, const struct cache_entry *e)
{
	return e->pid_level > s->pid_level ||
	       (e->pid_level == s->pid_level && e->has_ns && e->ns[PTC_NS_PID] == s->pid_ns);
}

/*
 * It comes in, or is seen to be in, and is none of the workload that is known. One that
 * was there before the first that was seen is: the container was not known yet. (Of what
 * ran before the tracer it is only known when it began.)
 */
static bool is_of_workload(const struct started *s, const struct cache_entry *e)
{
	if (!s->members || is_init(s, e))
		return true;
	if (e->entered_unseen && !may_descend(s, e))
		return false;
	return e->entered_orphan || (e->arrived_ns && e->arrived_ns <= s->arrived_ns);
}

/*
 * nspawn's init may be itself and stay so (--as-pid2), with the workload as its child; of
 * the other runtimes the step that is number 1 execs it.
 */
static void note_setup(struct started *s, const struct cache_entry *e,
		       const struct event_process *p)
{
	const struct str nspawn = STR_LITERAL("systemd-nspawn");

	if (e->vpid == 1 && !s->members && !str_eq(str_basename(p->executable), nspawn))
		s->init_pid = e->pid;
}

static void become_workload(struct entered_table *t, struct started *s, struct cache_entry *e)
{
	e->entered = ENTERED_NONE;
	join(t, s, e);
}

static void come_in(struct entered_table *t, struct started *s, struct cache_entry *e,
		    const struct event_process *p, const struct event_ref *by)
{
	e->entered_serial = s->serial;
	e->entered_fresh = true;
	note_by(e, by);
	if (is_member(e, s->serial))
		e->entered = ENTERED_NONE; /* it was elsewhere for a while */
	else if (runtimes_has(p))
		e->entered = ENTERED_SETUP;
	else if (is_of_workload(s, e))
		become_workload(t, s, e);
	else
		e->entered = ENTERED_EXEC;
}

/* A set-up step that runs another program than the runtime's now. */
static void end_setup(struct entered_table *t, struct started *s, struct cache_entry *e)
{
	if (!s->members && s->init_pid && s->init_pid != e->pid)
		return; /* a hook, run by the step that will be the init */
	if (!s->members || is_init(s, e))
		become_workload(t, s, e);
	else
		e->entered = ENTERED_EXEC;
}

void entered_update(struct entered_table *t, struct cache_entry *e,
		    const struct container_info *container, const struct event_process *p,
		    const struct event_ref *by)
{
	struct started *s;

	if (e->kernel_thread)
		return; /* put into the cgroup of whom it works for */
	if (!container) {
		e->entered_serial = 0;
		if (e->entered == ENTERED_SETUP || e->entered == ENTERED_EXEC)
			e->entered = ENTERED_NONE;
		return;
	}
	if (e->entered_serial == container->serial && e->entered != ENTERED_SETUP)
		return;
	s = get(t, container->serial);
	if (!s)
		return;
	if (e->entered_serial != container->serial)
		come_in(t, s, e, p, by);
	if (e->entered != ENTERED_SETUP)
		return;
	if (runtimes_has(p))
		note_setup(s, e, p);
	else
		end_setup(t, s, e);
}

void entered_first(struct entered_table *t, struct cache_entry *e,
		   const struct container_info *container)
{
	struct started *s = get(t, container->serial);

	if (!s)
		return;
	e->entered_serial = s->serial;
	become_workload(t, s, e);
}

void entered_exec(struct cache_entry *e)
{
	e->entered_fresh = false;
}

void entered_exit(struct entered_table *t, const struct cache_entry *e)
{
	struct started *s = e->entered_serial ? find(t, e->entered_serial) : NULL;

	for (int i = 0; i < ENTERED_DEPTH; i++)
		count_out(t, e->workload_of[i]);
	if (!s)
		return;
	if (s->init_pid == e->pid)
		s->init_pid = 0;
	/* The kernel kills all of the namespace with it, also those whose exits get lost. */
	if (is_init(s, e))
		s->members = 0;
}

void entered_setns(struct cache_entry *e, const struct event_process *p, const struct event_ref *by)
{
	struct event_ref self = { .pid = e->pid, .start_ns = e->start_ns, .name = p->name };

	/* A runtime does it on its way, by whatever name. */
	if (e->entered == ENTERED_SETUP ||
	    (e->entered_serial && e->entered_fresh && !e->entered_unseen))
		return;
	if (!runtimes_has(p)) {
		e->entered = ENTERED_NSENTER;
	} else if (e->entered == ENTERED_NONE) {
		e->entered_passing = true;
		e->passing_serial = e->entered_serial;
	} else {
		return; /* labelled as it is */
	}
	set_by(e, by ? by : &self);
}

void entered_passed(struct cache_entry *e, uint32_t own_serial, bool away)
{
	e->entered_passing = false;
	if (away && e->entered == ENTERED_NONE && e->passing_serial == own_serial)
		e->entered = ENTERED_NSENTER;
}

void entered_forget(struct entered_table *t, const struct container_info *container)
{
	struct started *s = find(t, container->serial);

	if (s)
		drop(t, s);
}
