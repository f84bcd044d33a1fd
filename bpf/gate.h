/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * gate.h - records of containers that nobody asked for are not sent
 *
 * With a filter on containers the agent tells which ones are excluded; what it has not
 * decided on passes. A cgroup without an entry is as the one above it, so a new one
 * inherits at once. One exception leaves no race: below an excluded container a
 * directory whose name is long enough for a container's id may be a container of its
 * own, which may be asked for, and passes until the agent has decided.
 *
 * Only what is certainly hidden is kept back. What always crosses: cgroups coming and
 * going, moves between cgroups (the process table follows them), setns(2) (which may
 * enter a container that was asked for) with what such a visitor does from then on, and
 * a fork into other namespaces.
 */
#ifndef PROCTRACE_GATE_BPF_H
#define PROCTRACE_GATE_BPF_H

#include <bpf/bpf_core_read.h>

#include "maps.h"
#include "ring.h"
#include "task.h"

#define GATE_DEPTH 16 /* cgroups above a task's that are asked; past it the task's passes */
#define ID_DIGITS  64 /* in the name of a container's cgroup */

/* Not static, so that the verifier looks at it once and not for each call. */
__noinline int gate_state(u64 id, u32 hierarchy_id)
{
	for (u32 probe = 0; probe < PTC_GATE_PROBES; probe++) {
		u32 slot = ptc_gate_slot(id, hierarchy_id, probe);
		volatile struct ptc_gate *gate = bpf_map_lookup_elem(&gates, &slot);

		if (!gate || !gate->id)
			break;
		if (gate->id == id && gate->hierarchy_id == hierarchy_id)
			return gate->state;
	}
	return PTC_GATE_NONE;
}

static __always_inline bool may_be_container(struct kernfs_node *kn)
{
	char name[ID_DIGITS + 1];

	return bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(kn, name)) ==
	       sizeof(name);
}

static __noinline int gate_of(struct cgroup *cgroup, u32 hierarchy_id)
{
	bool may_be_own = false;

	for (u32 i = 0; i < GATE_DEPTH; i++) {
		struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);
		int state = gate_state(BPF_CORE_READ(kn, id), hierarchy_id);
		struct cgroup_subsys_state *above;

		/* For certain, whatever the other hierarchy has: the container may be in this one only. */
		if (state == PTC_GATE_DROP && may_be_own)
			return PTC_GATE_PASS;
		if (state != PTC_GATE_NONE)
			return state;
		may_be_own |= may_be_container(kn);
		above = BPF_CORE_READ(cgroup, self.parent);
		if (!above)
			break;
		cgroup = BPF_CORE_READ(above, cgroup);
	}
	return PTC_GATE_NONE;
}

/* True if the records of this task are hidden for certain. */
static __noinline int is_excluded(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	int v2 = gate_of(BPF_CORE_READ(set, dfl_cgrp), 0), v1 = PTC_GATE_NONE;

	if (v2 != PTC_GATE_PASS && config.v1_subsys >= 0)
		v1 = gate_of(v1_cgroup(set), config.v1_hierarchy_id);
	return v2 != PTC_GATE_PASS && v1 != PTC_GATE_PASS &&
	       (v2 == PTC_GATE_DROP || v1 == PTC_GATE_DROP);
}

/* The first setns(2) of a program tells where it came from. */
static __always_inline void note_setns(u32 pid, u32 old_mnt_ns)
{
	u32 visits = old_mnt_ns != host_mnt_ns;

	if (config.gates)
		bpf_map_update_elem(&visitors, &pid, &visits, BPF_NOEXIST);
}

static __always_inline bool is_visitor(u32 pid)
{
	u32 *visits = bpf_map_lookup_elem(&visitors, &pid);

	return visits && *visits;
}

static __always_inline void note_visitor_fork(u32 creator, u32 child)
{
	u32 visits = 1;

	if (config.gates && is_visitor(creator))
		bpf_map_update_elem(&visitors, &child, &visits, BPF_ANY);
}

static __always_inline void note_visitor_exec(u32 pid)
{
	if (config.gates && !is_visitor(pid))
		bpf_map_delete_elem(&visitors, &pid);
}

static __always_inline void note_visitor_exit(u32 pid)
{
	if (config.gates)
		bpf_map_delete_elem(&visitors, &pid);
}

/* The same, and counts the record that is then not sent. */
static __always_inline bool keep_back(struct task_struct *task, u32 type)
{
	if (!config.gates || !is_excluded(task) || is_visitor(BPF_CORE_READ(task, tgid)))
		return false;
	__sync_fetch_and_add(&this_stats()->filtered[type], 1);
	return true;
}

#endif /* PROCTRACE_GATE_BPF_H */
