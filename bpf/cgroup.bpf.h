/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * cgroup.bpf.h - cgroups come, go, change their name, and get members
 *
 * Ids collide across hierarchies, so each record names its hierarchy. The path
 * that these tracepoints pass is cut without a word at 1,023 bytes: the records
 * carry the parent's id and the directory's own name, and the agent joins them.
 */
#ifndef PROCTRACE_CGROUP_BPF_H
#define PROCTRACE_CGROUP_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "gate.h"
#include "ring.h"
#include "task.h"

#define CGROUP_RECORD_SIZE (sizeof(struct ptc_cgroup) + PTC_NAME_MAX)

/* Only the default hierarchy and the v1 one that records carry ids of. */
static __always_inline bool is_ours(struct cgroup *cgroup)
{
	u32 id = cgroup->root->hierarchy_id;

	return id == 0 || (config.v1_subsys >= 0 && id == config.v1_hierarchy_id);
}

static __always_inline int send_cgroup(struct cgroup *cgroup, u32 type)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kernfs_node *kn = cgroup->kn;
	struct ptc_cgroup *c;
	long n;

	if (!is_ours(cgroup))
		return 0;
	/* First: from here on the agent may know of it, and say so. */
	if (type == PTC_CGROUP_MKDIR)
		note_made(kn->id, cgroup->root->hierarchy_id);
	if (type == PTC_CGROUP_RENAME)
		note_renamed(cgroup->root->hierarchy_id);
	c = bpf_ringbuf_reserve(&ring, CGROUP_RECORD_SIZE, 0);
	if (!c) {
		count_lost(type, PTC_LOST_FULL);
		if (type == PTC_CGROUP_MKDIR)
			note_made_unsent(kn->id, cgroup->root->hierarchy_id);
		return 0;
	}
	c->id = kn->id;
	c->parent_id = kernfs_parent_id(kn);
	c->hierarchy_id = cgroup->root->hierarchy_id;
	c->level = cgroup->level;
	c->by_pid = bpf_get_current_pid_tgid() >> 32;
	c->by_start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	c->pad = 0;
	n = bpf_probe_read_kernel_str(c + 1, PTC_NAME_MAX, BPF_CORE_READ(kn, name));
	c->name.off = sizeof(*c);
	c->name.len = n > 0 ? n - 1 : 0;
	c->name.full_len = c->name.len;
	c->name.flags = n > 0 ? 0 : PTC_SLICE_UNREAD;
	fill_header(&c->hdr, type, sizeof(*c) + c->name.len);
	submit(c, type);
	/* What happens in there comes until it is decided on. */
	if (config.gates && type == PTC_CGROUP_MKDIR)
		hurry();
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *cgroup)
{
	return send_cgroup(cgroup, PTC_CGROUP_MKDIR);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(on_cgroup_rmdir, struct cgroup *cgroup)
{
	return send_cgroup(cgroup, PTC_CGROUP_RMDIR);
}

SEC("tp_btf/cgroup_rename")
int BPF_PROG(on_cgroup_rename, struct cgroup *cgroup)
{
	return send_cgroup(cgroup, PTC_CGROUP_RENAME);
}

static __always_inline int send_attach(struct cgroup *cgroup, struct task_struct *task)
{
	struct ptc_attach *a;

	if (!is_ours(cgroup))
		return 0;
	if (!RESERVE(a, PTC_CGROUP_ATTACH))
		return 0;
	fill_task(&a->task, task, true);
	a->id = cgroup->kn->id;
	a->hierarchy_id = cgroup->root->hierarchy_id;
	a->by_pid = bpf_get_current_pid_tgid() >> 32;
	submit(a, PTC_CGROUP_ATTACH);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_cgroup_attach, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	return send_attach(cgroup, task);
}

SEC("tp_btf/cgroup_transfer_tasks")
int BPF_PROG(on_cgroup_transfer, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	return send_attach(cgroup, task);
}

#endif /* PROCTRACE_CGROUP_BPF_H */
