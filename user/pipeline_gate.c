// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_gate.c - which containers' records the kernel side need not send, or only so many
 *
 * A container is excluded only if nothing that may still become known of it can make the
 * filter show it, and only after its workload was seen: by then its start was told and its
 * namespaces are known, so that whoever enters them is told whose they are.
 *
 * The process table holds nobody of an excluded container: their ends would never be
 * told, and a process that is moved out of it is made known again by the move.
 */
#include "pipeline_state.h"

/* What containers_mark() keeps of each. */
enum mark {
	MARK_UNDECIDED, /* not told yet: as the one around it, at the top it passes */
	MARK_PASSES,	/* until more is known */
	MARK_INCLUDED,
	MARK_EXCLUDED,
};

static enum mark mark_of(const struct container_info *container)
{
	for (; container; container = container->outer)
		if (containers_mark(container)->gate != MARK_UNDECIDED)
			return (enum mark)containers_mark(container)->gate;
	return MARK_UNDECIDED;
}

/* False: not for all of its cgroups, for want of room. */
static bool tell_gate(struct pipeline *p, const struct container_info *container,
		      enum ptc_gate_state state)
{
	uint16_t meter = state ? containers_mark(container)->meter : PTC_METER_NONE;
	struct containers_cgroup own[2];
	size_t len = containers_own_cgroups(container, own);
	bool all = true;

	for (size_t i = 0; i < len; i++)
		all &= p->options.gates.set(own[i].hierarchy_id, own[i].id, state, meter,
					    p->options.gates.arg);
	return all;
}

static void set_mark(struct pipeline *p, const struct container_info *container, enum mark mark)
{
	bool passed = containers_mark(container)->gate == MARK_PASSES;

	containers_mark(container)->gate = (uint8_t)mark;
	if (mark != MARK_EXCLUDED) {
		if (!passed)
			tell_gate(p, container, PTC_GATE_PASS);
	} else if (tell_gate(p, container, PTC_GATE_DROP)) {
		p->gate_sweep = true;
	} else {
		/* Its records come, and are filtered here. */
		containers_mark(container)->gate = MARK_INCLUDED;
	}
}

/* Its meter is another, or its cgroup's entry was taken out. */
static void tell_again(struct pipeline *p, const struct container_info *container)
{
	bool excluded = containers_mark(container)->gate == MARK_EXCLUDED;

	tell_gate(p, container, excluded ? PTC_GATE_DROP : PTC_GATE_PASS);
}

static void decide(struct pipeline *p, const struct container_info *container, bool seen)
{
	enum mark mark = (enum mark)containers_mark(container)->gate;

	if (mark == MARK_INCLUDED || mark == MARK_EXCLUDED ||
	    !filter_can_exclude(p->options.filter))
		return;
	if (filter_excludes(p->options.filter, container)) {
		if (seen) {
			set_mark(p, container, MARK_EXCLUDED);
			return;
		}
	} else if (container->settled) {
		set_mark(p, container, MARK_INCLUDED);
		return;
	}
	/* Inside another one, now or later, undecided would mean as excluded as that. */
	if (mark == MARK_UNDECIDED)
		set_mark(p, container, MARK_PASSES);
}

void pipeline_gate(struct pipeline *p, const struct container_info *container, bool seen)
{
	if (!p->options.gates.set || !container)
		return;
	decide(p, container, seen);
	/* Only now: its start was told, whatever comes. */
	if (!seen || !pipeline_limit(p, container))
		return;
	if (containers_mark(container)->gate == MARK_UNDECIDED)
		containers_mark(container)->gate = MARK_PASSES;
	tell_again(p, container);
}

static void begin_one(const struct container_info *container, void *arg)
{
	pipeline_gate(arg, container, false);
}

void pipeline_gate_begin(struct pipeline *p)
{
	if (p->options.gates.set)
		containers_each(p->containers, false, begin_one, p);
}

void pipeline_gate_made(struct pipeline *p, uint32_t hierarchy_id, uint64_t id)
{
	if (p->options.gates.set)
		p->options.gates.made(hierarchy_id, id, p->options.gates.arg);
}

void pipeline_gate_renamed(struct pipeline *p, uint32_t hierarchy_id, uint64_t id,
			   const struct container_info *container)
{
	if (!p->options.gates.set)
		return;
	pipeline_gate_forget_cgroup(p, hierarchy_id, id);
	if (container && containers_mark(container)->gate != MARK_UNDECIDED)
		tell_again(p, container);
	pipeline_gate(p, container, false);
	p->options.gates.renamed(hierarchy_id, p->options.gates.arg);
}

void pipeline_gate_end(struct pipeline *p, const struct container_info *container)
{
	if (p->options.gates.set && containers_mark(container)->gate != MARK_UNDECIDED)
		tell_gate(p, container, PTC_GATE_NONE);
}

void pipeline_gate_forget_cgroup(struct pipeline *p, uint32_t hierarchy_id, uint64_t id)
{
	if (p->options.gates.set)
		p->options.gates.set(hierarchy_id, id, PTC_GATE_NONE, PTC_METER_NONE,
				     p->options.gates.arg);
}

static void forget_excluded(struct pipeline *p, struct cache_entry *e)
{
	/* What a visitor of another container does still comes. */
	if (e->entered == ENTERED_NSENTER ||
	    mark_of(pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1)) != MARK_EXCLUDED)
		return;
	if (!e->exited)
		entered_exit(p->entered, e);
	cache_forget(p->cache, e);
}

void pipeline_gate_forget(struct pipeline *p, uint32_t pid)
{
	struct cache_entry *e = p->options.gates.set ? cache_find(p->cache, pid, 0) : NULL;

	if (e)
		forget_excluded(p, e);
}

void pipeline_gate_sweep(struct pipeline *p)
{
	struct cache_entry *next;

	if (!p->gate_sweep)
		return;
	p->gate_sweep = false;
	for (struct cache_entry *e = cache_first(p->cache); e; e = next) {
		next = e->next;
		forget_excluded(p, e);
	}
}
