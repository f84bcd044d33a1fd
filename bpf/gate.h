/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * gate.h - records of containers that nobody asked for, or too many, are not sent
 *
 * With a filter on containers the agent tells which ones are excluded; what it has not
 * decided on passes. A cgroup without an entry is as the one above it, but not before the
 * agent knows of it: whatever its name, it may be a container of its own, which may be
 * asked for. include/proctrace/gate.h has the rules.
 *
 * Only what is certainly hidden is kept back. What always crosses: cgroups coming and
 * going, moves between cgroups (the process table follows them), setns(2) (which may
 * enter a container that was asked for) with what such a visitor does from then on, and
 * a fork into other namespaces.
 *
 * The rate limit is for what a container's processes do, and is the innermost container's
 * that the agent knows of. It never holds for cgroups, nor for anything of the host.
 */
#ifndef PROCTRACE_GATE_BPF_H
#define PROCTRACE_GATE_BPF_H

#include <bpf/bpf_core_read.h>

#include "limit.h"
#include "maps.h"
#include "ring.h"
#include "task.h"

#define GATE_DEPTH 16 /* cgroups above a task's that are asked; past it the task's passes */

/* What is known of a cgroup, in one number: a PTC_GATE_… state, and the container's meter. */
#define VERDICT(state, meter) ((int)((u32)(meter) << 16 | (state)))
#define STATE_OF(verdict)     ((u32)(verdict)&0xffff)
#define METER_OF(verdict)     ((u32)(verdict) >> 16)

/* Not static, so that the verifier looks at it once and not for each call. */
__noinline int gate_verdict(u64 id, u32 hierarchy_id)
{
	for (u32 probe = 0; probe < PTC_GATE_PROBES; probe++) {
		u32 slot = ptc_gate_slot(id, hierarchy_id, probe);
		volatile struct ptc_gate *gate = bpf_map_lookup_elem(&gates, &slot);

		if (!gate || !gate->id)
			return PTC_GATE_NONE;
		if (gate->id == id && gate->hierarchy_id == hierarchy_id)
			return VERDICT(gate->state, gate->meter);
	}
	return PTC_GATE_PASS;
}

static __always_inline volatile struct ptc_decided *decided_of(u32 hierarchy_id)
{
	return hierarchy_id ? &decided[1] : &decided[0];
}

/* To be called before gate_verdict(): the agent writes the entry first. */
static __always_inline bool is_undecided(u64 id, u32 hierarchy_id)
{
	volatile struct ptc_decided *d = decided_of(hierarchy_id);
	u64 first = d->first_made, lost = d->lost_first;

	return (first && id >= first && id > d->decided) ||
	       (lost && id >= lost && id <= d->lost_last);
}

/* All of the hierarchy passes until the agent knows the new name. */
static __always_inline bool is_renaming(u32 hierarchy_id)
{
	volatile struct ptc_decided *d = decided_of(hierarchy_id);

	return d->renames != d->renames_seen;
}

/* The kernel holds cgroup_mutex in these: nobody else writes meanwhile. */
static __always_inline void note_made(u64 id, u32 hierarchy_id)
{
	volatile struct ptc_decided *d = decided_of(hierarchy_id);

	if (!d->first_made)
		d->first_made = id;
}

static __always_inline void note_made_unsent(u64 id, u32 hierarchy_id)
{
	volatile struct ptc_decided *d = decided_of(hierarchy_id);

	d->lost_last = id;
	if (!d->lost_first)
		d->lost_first = id;
}

static __always_inline void note_renamed(u32 hierarchy_id)
{
	decided_of(hierarchy_id)->renames++;
}

/* Not static, as gate_verdict(): to the verifier the address is a number like any other. */
__noinline int verdict_of_cgroup(u64 address, u32 hierarchy_id)
{
	struct cgroup *cgroup = (struct cgroup *)address;
	bool undecided = false;

	for (u32 i = 0; i < GATE_DEPTH; i++) {
		struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);
		u64 id = BPF_CORE_READ(kn, id);
		bool is_new = is_undecided(id, hierarchy_id);
		int verdict = gate_verdict(id, hierarchy_id);
		struct cgroup_subsys_state *above;

		if (STATE_OF(verdict) == PTC_GATE_DROP && (undecided || is_renaming(hierarchy_id)))
			return VERDICT(PTC_GATE_PASS, METER_OF(verdict));
		if (STATE_OF(verdict) != PTC_GATE_NONE)
			return verdict;
		undecided |= is_new;
		above = BPF_CORE_READ(cgroup, self.parent);
		if (!above)
			break;
		cgroup = BPF_CORE_READ(above, cgroup);
	}
	/* Whatever the other hierarchy has: the container may be in this one only. */
	return undecided ? PTC_GATE_PASS : PTC_GATE_NONE;
}

/* Only one that both hierarchies agree on, as far as they know, is hidden for certain. */
static __noinline int verdict_of(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	int v2 = verdict_of_cgroup((u64)BPF_CORE_READ(set, dfl_cgrp), 0), v1 = PTC_GATE_NONE;

	if (STATE_OF(v2) == PTC_GATE_PASS && (METER_OF(v2) || !config.rate_limit))
		return v2;
	if (config.v1_subsys >= 0)
		v1 = verdict_of_cgroup((u64)v1_cgroup(set), config.v1_hierarchy_id);
	if (STATE_OF(v2) == PTC_GATE_PASS)
		return VERDICT(PTC_GATE_PASS, METER_OF(v1));
	return STATE_OF(v1) != PTC_GATE_NONE ? v1 : v2;
}

static __always_inline bool is_excluded(struct task_struct *task)
{
	return STATE_OF(verdict_of(task)) == PTC_GATE_DROP;
}

static __always_inline bool is_away(u32 pid)
{
	u32 *visit = bpf_map_lookup_elem(&visitors, &pid);

	return visit && *visit == VISIT_AWAY;
}

static __always_inline void set_visit(u32 pid, u32 visit)
{
	bpf_map_update_elem(&visitors, &pid, &visit, BPF_ANY);
}

/*
 * It left its parent's namespaces and nobody saw how: through the 32-bit entry of the
 * kernel, or because nobody wants to see setns(2) and unshare(2). A parent that is not in an
 * excluded container tells nothing: it may be the runtime.
 */
static __always_inline bool has_strayed(u32 pid, struct task_struct *task)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);

	if (BPF_CORE_READ(task, nsproxy) == BPF_CORE_READ(parent, nsproxy) ||
	    bpf_map_lookup_elem(&visitors, &pid) || !is_excluded(parent))
		return false;
	set_visit(pid, VISIT_AWAY);
	return true;
}

static __always_inline void note_visitor_fork(struct task_struct *creator,
					      struct task_struct *child, bool has_other_ns)
{
	u32 pid = creator->tgid;

	if (!config.gates)
		return;
	if (is_away(pid) || has_strayed(pid, creator))
		set_visit(child->tgid, VISIT_AWAY);
	else if (has_other_ns)
		set_visit(child->tgid, VISIT_MADE);
}

static __always_inline void note_visitor_exec(u32 pid)
{
	u32 *visit = config.gates ? bpf_map_lookup_elem(&visitors, &pid) : NULL;

	if (visit && *visit == VISIT_ENTERING)
		bpf_map_delete_elem(&visitors, &pid);
}

static __always_inline void note_visitor_exit(u32 pid)
{
	if (config.gates)
		bpf_map_delete_elem(&visitors, &pid);
}

/* It ran before the programs were attached: what it has is the container's. */
static __always_inline void note_visitor_seed(struct task_struct *task)
{
	if (config.gates &&
	    BPF_CORE_READ(task, nsproxy) != BPF_CORE_READ(task, real_parent, nsproxy))
		set_visit(BPF_CORE_READ(task, tgid), VISIT_MADE);
}

static __always_inline void note_unshare(u32 pid)
{
	u32 visit = VISIT_MADE;

	if (config.gates)
		bpf_map_update_elem(&visitors, &pid, &visit, BPF_NOEXIST);
}

/*
 * The first setns(2) of a program tells where it came from: of a container is what has a
 * pid namespace of its own, or whose parent is in one that is excluded. What the runtime's
 * exec brought into one without a pid namespace has its mounts: a runtime on its way in has
 * its parent's until it enters those.
 */
static __always_inline void note_setns(u32 pid, struct task_struct *task, u32 old_mnt)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	u32 *known, visit = VISIT_ENTERING;

	if (!config.gates)
		return;
	known = bpf_map_lookup_elem(&visitors, &pid);
	if (known && *known != VISIT_MADE)
		return;
	if (BPF_CORE_READ(task, thread_pid, level) > 0 || is_excluded(parent) ||
	    (old_mnt != BPF_CORE_READ(parent, nsproxy, mnt_ns, ns.inum) && is_excluded(task)))
		visit = VISIT_AWAY;
	set_visit(pid, visit);
}

/*
 * True if the record about this task is not to be sent, which is then counted.
 * may_hide false: it crosses though its container be excluded. cost: see is_throttled().
 */
static __always_inline bool keep_back_dear(struct task_struct *task, u32 type, bool may_hide,
					   u32 cost)
{
	int verdict;
	u32 pid;

	if (!config.gates)
		return false;
	verdict = verdict_of(task);
	pid = BPF_CORE_READ(task, tgid);
	if (may_hide && STATE_OF(verdict) == PTC_GATE_DROP && !is_away(pid) &&
	    !has_strayed(pid, task)) {
		__sync_fetch_and_add(&this_stats()->filtered[type], 1);
		return true;
	}
	return config.rate_limit && METER_OF(verdict) &&
	       is_throttled(METER_OF(verdict), type, cost);
}

static __always_inline bool keep_back(struct task_struct *task, u32 type, bool may_hide)
{
	return keep_back_dear(task, type, may_hide, 1);
}

#endif /* PROCTRACE_GATE_BPF_H */
