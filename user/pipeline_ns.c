// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_ns.c - namespaces that were made or entered, told by a record or noticed late
 */
#include <string.h>

#include "cache/runtimes.h"
#include "pipeline_state.h"

/* Does any other process live in this namespace? Then it was entered, not made. */
static bool is_inhabited(const struct pipeline *p, const struct cache_entry *but, int type,
			 uint32_t inum)
{
	for (const struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		if (e != but && e->has_ns && e->ns[type] == inum)
			return true;
	return false;
}

/*
 * Who was brought into a container may live in others' namespaces, so it is no owner by
 * living there. What it makes itself is the container's.
 */
static void own_made(struct pipeline *p, uint32_t inum, const struct cache_entry *maker)
{
	const struct container_info *container =
		pipeline_container_of(p, maker->cgroup_v2, maker->cgroup_v1);
	const struct ns_share who = { .serial = container ? container->serial : 0,
				      .cgroup_v2 = maker->cgroup_v2,
				      .cgroup_v1 = maker->cgroup_v1 };
	const uint32_t ns[PTC_NS_COUNT] = { inum };

	if (container)
		ns_owner_learn(p->ns_owner, ns, 1, &who, 0, 0);
}

/* It has no owner yet, whoever had that number before. maker NULL: not known. */
static void note_made(struct pipeline *p, uint32_t inum, const struct cache_entry *maker)
{
	struct event_ref ref = { 0 };

	if (maker)
		ref = cache_ref(maker);
	ns_owner_forget(p->ns_owner, inum);
	isolated_made(p->isolated, inum, &ref);
	if (maker && maker->entered == ENTERED_EXEC)
		own_made(p, inum, maker);
}

void pipeline_note_all_made(struct pipeline *p, const struct event *ev,
			    const struct cache_entry *maker)
{
	for (uint32_t i = 0; i < ev->ns_change_len && !ev->error; i++)
		if (ev->ns_change[i].new_ns != ev->ns_change[i].old_ns)
			note_made(p, ev->ns_change[i].new_ns, maker);
}

/* The same for a fork; a child that got what was prepared for it entered that one. */
void pipeline_note_made_at_fork(struct pipeline *p, const struct event *ev,
				const struct cache_entry *creator,
				const uint32_t creator_ns[PTC_NS_COUNT])
{
	for (uint32_t i = 0; i < ev->ns_change_len; i++) {
		uint32_t made = ev->ns_change[i].new_ns;

		if (made != creator_ns[PTC_NS_PID_FOR_CHILDREN] &&
		    made != creator_ns[PTC_NS_TIME_FOR_CHILDREN])
			note_made(p, made, creator);
	}
}

/* The containers that live in a namespace: its owner first. */
static void name_shares(struct pipeline *p, struct event_ns_change *change,
			const struct ns_owned *owned)
{
	for (uint32_t i = 0; i < owned->len; i++) {
		const struct ns_share *share = &owned->share[i];
		const struct container_info *c;

		if (!share->serial) {
			change->owner_isolated = isolated_of(p->isolated, share->group_ns);
			continue;
		}
		c = pipeline_container_of(p, share->cgroup_v2, share->cgroup_v1);
		if (!c || c->serial != share->serial)
			continue; /* that cgroup is another one's by now */
		if (!change->owner)
			change->owner = c;
		else
			change->shared[change->shared_len++] = c;
	}
	change->shared_more = owned->more;
}

static void name_holder(struct pipeline *p, struct event_ns_change *change,
			const struct ns_owned *owned)
{
	const struct cache_entry *e;

	if (!owned->holder_pid)
		return;
	e = cache_find(p->cache, owned->holder_pid, owned->holder_start_ns);
	if (e && !e->exited && e->has_ns)
		change->holder = cache_ref(e);
	else
		ns_owner_forget_holder(p->ns_owner, change->new_ns);
}

/* Whose the namespaces are that were entered. */
void pipeline_name_owners(struct pipeline *p, struct event *ev)
{
	for (uint32_t i = 0; i < ev->ns_change_len; i++) {
		struct event_ns_change *change = &ev->ns_change[i];
		const struct ns_owned *owned;

		/* All anew: what an earlier call borrowed may be gone from the tables since. */
		*change = (struct event_ns_change){ .type = change->type,
						    .old_ns = change->old_ns,
						    .new_ns = change->new_ns };
		change->owner_host = ns_owner_is_host(p->ns_owner, change->type, change->new_ns);
		if (!change->new_ns || change->owner_host)
			continue;
		owned = ns_owner_find(p->ns_owner, change->new_ns);
		if (!owned)
			continue;
		name_shares(p, change, owned);
		name_holder(p, change, owned);
	}
}

/*
 * The namespaces in a record can be compared with those in the table: not those of a
 * thread, which may have its own, nor after it has taken the process over by an exec;
 * and what the seed says is newer than the records that came before it.
 */
static bool is_comparable(const struct record *r, const struct cache_entry *e)
{
	if (!e->has_ns || r->hdr->time_ns < e->seeded_ns || !pipeline_is_leader(r))
		return false;
	return r->hdr->type != PTC_EXEC || r->exec->old_tid == r->task->pid;
}

void pipeline_note_visit(struct pipeline *p, struct event *ev, struct cache_entry *e,
			 const struct event_ref *by)
{
	const struct container_info *own = pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1);

	const struct event_ref nobody = { 0 };

	cache_fill(e, &ev->proc); /* which program it is */
	pipeline_name_owners(p, ev);
	/* It may be the first that is seen of it: what it is at home comes first. */
	if (own)
		entered_update(p->entered, e, own, &ev->proc, &nobody);
	for (uint32_t i = 0; i < ev->ns_change_len; i++)
		if (ev->ns_change[i].owner && ev->ns_change[i].owner != own)
			entered_setns(e, &ev->proc, by);
}

void pipeline_note_visit_at_fork(struct pipeline *p, const struct cache_entry *creator,
				 const uint32_t creator_ns[PTC_NS_COUNT], struct cache_entry *child)
{
	struct event visit = { .kind = EVENT_SETNS };
	struct event_ref by;

	if (!creator->has_ns || memcmp(creator->ns, creator_ns, sizeof(creator->ns)) == 0)
		return;
	visit.proc.name = str_of_array(child->comm, sizeof(child->comm));
	event_ns_diff(&visit, creator->ns, child->ns);
	by = cache_ref(creator);
	pipeline_note_visit(p, &visit, child, &by);
}

/* Other containers', as far as is known, and not that of this serial as well. */
static bool is_others(const struct ns_owned *owned, uint32_t serial)
{
	bool some = false;

	for (uint32_t i = 0; owned && i < owned->len; i++) {
		if (owned->share[i].serial == serial)
			return false;
		some |= owned->share[i].serial != 0;
	}
	return some && !owned->more;
}

/* In namespaces of others than its own container; NULL: it is in none. */
static bool is_away(const struct pipeline *p, const struct cache_entry *e,
		    const struct container_info *own)
{
	/* A runtime's containers may share their user namespace. */
	for (int i = 0; i < PTC_NS_COUNT; i++)
		if (i != PTC_NS_USER &&
		    is_others(ns_owner_find(p->ns_owner, e->ns[i]), own ? own->serial : 0))
			return true;
	return false;
}

void pipeline_note_passed(struct pipeline *p, struct cache_entry *e,
			  const struct event_process *proc)
{
	const struct container_info *own;

	if (!e->entered_passing || runtimes_has(proc))
		return;
	own = pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1);
	entered_passed(e, own ? own->serial : 0, e->has_ns && is_away(p, e, own));
}

void pipeline_note_visit_found(struct pipeline *p, const struct ptc_task *task,
			       struct cache_entry *e)
{
	const struct container_info *own;
	struct event_process proc = { .name = str_of_array(task->comm, sizeof(task->comm)) };
	const struct event_ref nobody = { 0 };

	if (!p->options.gates.set || !e->has_ns)
		return;
	own = pipeline_container_of(p, task->cgroup_v2, task->cgroup_v1);
	if (!own || !is_away(p, e, own))
		return;
	/* What it is at home comes first. */
	entered_update(p->entered, e, own, &proc, &nobody);
	entered_setns(e, &proc, NULL);
}

/*
 * A change of namespaces that no system call tracepoint told: by a compat call, or
 * while none was attached. Noticed by comparing what a record says with what is known.
 * name: of the program that made it.
 */
void pipeline_tell_late_change(struct pipeline *p, const struct record *r, struct cache_entry *e,
			       const uint32_t now[PTC_NS_COUNT], struct str name)
{
	struct event ev;

	if (!now[PTC_NS_MNT] || memcmp(e->ns, now, sizeof(e->ns)) == 0)
		return;
	if (!is_comparable(r, e)) {
		if (pipeline_is_leader(r))
			pipeline_remember_ns(e, now);
		return;
	}
	pipeline_begin(&ev, EVENT_UNSHARE, r);
	ev.proc.name = name;
	event_ns_diff(&ev, e->ns, now);
	pipeline_remember_ns(e, now);
	if (!ev.ns_change_len)
		return;
	for (int i = 0; i < PTC_NS_COUNT; i++)
		ev.proc.ns[i] = now[i];
	if (is_inhabited(p, e, ev.ns_change[0].type, ev.ns_change[0].new_ns))
		ev.kind = EVENT_SETNS;
	else
		pipeline_note_all_made(p, &ev, e);
	ev.late = true;
	if (ev.kind == EVENT_SETNS)
		pipeline_note_visit(p, &ev, e, NULL);
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}
