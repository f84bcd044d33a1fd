/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * task.h - filling the part of a record that is about a task
 *
 * The programs on BTF-typed tracepoints may follow kernel pointers directly,
 * which costs a load; those on system call tracepoints must call a helper for
 * each. `direct` says which; it is a constant in every caller, so one of the two
 * is compiled away.
 */
#ifndef PROCTRACE_TASK_H
#define PROCTRACE_TASK_H

#include <bpf/bpf_core_read.h>

#include "compat.h"
#include "maps.h"

#define PF_KTHREAD	 0x00200000 /* include/linux/sched.h */
#define PFA_NO_NEW_PRIVS 0	    /* bit of atomic_flags */

#define GET(p, field)                                                    \
	({                                                               \
		typeof((p)->field) get_;                                 \
		if (direct)                                              \
			get_ = (p)->field;                               \
		else                                                     \
			bpf_core_read(&get_, sizeof(get_), &(p)->field); \
		get_;                                                    \
	})

static __always_inline void fill_ns(u32 *ns, struct task_struct *task, struct nsproxy *proxy,
				    struct cred *cred, struct pid_namespace *pid_ns,
				    const bool direct)
{
	struct pid_namespace *pid_children = GET(proxy, pid_ns_for_children);
	struct user_namespace *user = GET(cred, user_ns);
	struct cgroup_namespace *cgroup = GET(proxy, cgroup_ns);
	struct uts_namespace *uts = GET(proxy, uts_ns);
	struct ipc_namespace *ipc = GET(proxy, ipc_ns);
	struct mnt_namespace *mnt = GET(proxy, mnt_ns);
	struct net *net = GET(proxy, net_ns);

	ns[PTC_NS_PID] = BPF_CORE_READ(pid_ns, ns.inum);
	ns[PTC_NS_USER] = GET(user, ns.inum);
	ns[PTC_NS_MNT] = GET(mnt, ns.inum);
	ns[PTC_NS_NET] = GET(net, ns.inum);
	ns[PTC_NS_UTS] = GET(uts, ns.inum);
	ns[PTC_NS_IPC] = GET(ipc, ns.inum);
	ns[PTC_NS_CGROUP] = GET(cgroup, ns.inum);
	ns[PTC_NS_PID_FOR_CHILDREN] = GET(pid_children, ns.inum);
	ns[PTC_NS_TIME] = 0;
	ns[PTC_NS_TIME_FOR_CHILDREN] = 0;
	if (bpf_core_field_exists(proxy->time_ns)) {
		struct time_namespace *time = GET(proxy, time_ns);
		struct time_namespace *time_children = GET(proxy, time_ns_for_children);

		ns[PTC_NS_TIME] = GET(time, ns.inum);
		ns[PTC_NS_TIME_FOR_CHILDREN] = GET(time_children, ns.inum);
	}
}

/* The namespaces of a task, without the rest. */
static __always_inline void fill_task_ns(u32 *ns, struct task_struct *task, const bool direct)
{
	struct pid *pid = GET(task, thread_pid);
	u32 level = GET(pid, level) & (PTC_PID_LEVELS - 1);
	struct upid upid = {};

	bpf_core_read(&upid, sizeof(upid), &pid->numbers[level]);
	fill_ns(ns, task, GET(task, nsproxy), GET(task, real_cred), upid.ns, direct);
}

/* The process's numbers, outermost first; returns its own pid namespace. */
static __always_inline struct pid_namespace *fill_vpids(struct ptc_task *t,
							struct task_struct *leader,
							const bool direct)
{
	struct pid *pid = GET(leader, thread_pid);
	u32 level = GET(pid, level);
	struct upid upid = {};
	u32 n = 0;

	for (u32 i = 0; i < PTC_PID_LEVELS; i++) {
		if (i > level)
			break;
		bpf_core_read(&upid, sizeof(upid), &pid->numbers[i]);
		t->vpid[i] = upid.nr;
		n = i + 1;
	}
	t->vpids_len = n;
	return upid.ns;
}

static __always_inline void fill_cred(struct ptc_task *t, struct cred *cred, const bool direct)
{
	struct group_info *groups = GET(cred, group_info);
	u32 n = 0;

	t->uid = GET(cred, uid.val);
	t->euid = GET(cred, euid.val);
	t->suid = GET(cred, suid.val);
	t->fsuid = GET(cred, fsuid.val);
	t->gid = GET(cred, gid.val);
	t->egid = GET(cred, egid.val);
	t->sgid = GET(cred, sgid.val);
	t->fsgid = GET(cred, fsgid.val);
	t->securebits = GET(cred, securebits);
	bpf_core_read(&t->cap[PTC_CAP_EFFECTIVE], 8, &cred->cap_effective);
	bpf_core_read(&t->cap[PTC_CAP_PERMITTED], 8, &cred->cap_permitted);
	bpf_core_read(&t->cap[PTC_CAP_INHERITABLE], 8, &cred->cap_inheritable);
	bpf_core_read(&t->cap[PTC_CAP_BOUNDING], 8, &cred->cap_bset);
	bpf_core_read(&t->cap[PTC_CAP_AMBIENT], 8, &cred->cap_ambient);

	n = GET(groups, ngroups);
	t->groups_total = n;
	t->groups_len = 0;
	if (n > PTC_GROUPS_MAX)
		n = PTC_GROUPS_MAX;
	if (n && bpf_core_read(t->groups, n * sizeof(u32), &groups->gid) == 0)
		t->groups_len = n;
}

/* In the v1 hierarchy of ptc_config, which there must be. */
static __always_inline struct cgroup *v1_cgroup(struct css_set *set)
{
	struct cgroup_subsys_state *css = NULL;

	/* By address: the index is no constant when the relocation is made. */
	bpf_probe_read_kernel(&css, sizeof(css),
			      (void *)&set->subsys + (config.v1_subsys & 31) * sizeof(css));
	return BPF_CORE_READ(css, cgroup);
}

static __always_inline void fill_cgroups(u64 *ret_v2, u64 *ret_v1, struct task_struct *task,
					 const bool direct)
{
	struct css_set *set = GET(task, cgroups);
	struct cgroup *cgroup = GET(set, dfl_cgrp);
	struct kernfs_node *kn = GET(cgroup, kn);

	*ret_v2 = GET(kn, id);
	*ret_v1 = 0;
	if (config.v1_subsys >= 0) {
		cgroup = v1_cgroup(set);
		*ret_v1 = BPF_CORE_READ(cgroup, kn, id);
	}
}

static __always_inline void fill_tty(struct ptc_task *t, struct signal_struct *signal,
				     const bool direct)
{
	struct tty_struct *tty = GET(signal, tty);

	t->tty_major = 0;
	t->tty_minor = 0;
	if (tty) {
		/* Freed by a hang-up at any time: read by helper, which cannot fault. */
		struct tty_driver *driver = BPF_CORE_READ(tty, driver);

		t->tty_major = BPF_CORE_READ(driver, major);
		t->tty_minor = BPF_CORE_READ(driver, minor_start) + BPF_CORE_READ(tty, index);
		t->flags |= PTC_TASK_HAS_TTY;
	}
}

/* task: the acting thread. */
static __always_inline void fill_task(struct ptc_task *t, struct task_struct *task,
				      const bool direct)
{
	struct task_struct *leader = GET(task, group_leader);
	struct task_struct *parent = GET(task, real_parent);
	struct task_struct *parent_leader = GET(parent, group_leader);
	struct signal_struct *signal = GET(task, signal);
	struct cred *cred = GET(task, real_cred);
	struct mm_struct *mm = GET(task, mm);
	struct pid_namespace *pid_ns;

	__builtin_memset(t, 0, sizeof(*t));
	t->pid = GET(task, tgid);
	t->tid = GET(task, pid);
	t->start_ns = GET(leader, start_boottime);
	t->exec_id = GET(task, self_exec_id);
	t->parent_pid = GET(parent, tgid);
	t->parent_start_ns = GET(parent_leader, start_boottime);
	bpf_core_read(t->comm, sizeof(t->comm), &leader->comm);
	t->comm[PTC_COMM_LEN - 1] = 0;
	if (GET(task, flags) & PF_KTHREAD)
		t->flags |= PTC_TASK_KTHREAD;

	pid_ns = fill_vpids(t, leader, direct);
	fill_ns(t->ns, task, GET(task, nsproxy), cred, pid_ns, direct);
	fill_cred(t, cred, direct);
	fill_cgroups(&t->cgroup_v2, &t->cgroup_v1, task, direct);
	fill_tty(t, signal, direct);

	t->oom_score_adj = GET(signal, oom_score_adj);
	t->maxrss_pages = GET(signal, maxrss);
	t->threads = GET(signal, nr_threads);
	if (mm && GET(mm, mm_users.counter) > (int)t->threads)
		t->flags |= PTC_TASK_SHARED_MM;
	if (bpf_core_field_exists(task->seccomp)) {
		t->seccomp = GET(task, seccomp.mode);
		t->flags |= PTC_TASK_HAS_SECCOMP;
	}
	t->no_new_privs = GET(task, atomic_flags) >> PFA_NO_NEW_PRIVS & 1;
	if (bpf_core_field_exists(task->loginuid)) {
		t->loginuid = GET(task, loginuid.val);
		t->session_id = GET(task, sessionid);
		t->flags |= PTC_TASK_HAS_AUDIT;
	}
}

#endif /* PROCTRACE_TASK_H */
