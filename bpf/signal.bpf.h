/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * signal.bpf.h - who sent the signal that ends a process
 */
#ifndef PROCTRACE_SIGNAL_BPF_H
#define PROCTRACE_SIGNAL_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "gate.h"
#include "ring.h"
#include "task.h"

#define SIGNALS		 64
#define SIG(n)		 (1ull << ((n)-1))
#define SIGKILL		 9
#define SIGSTOP		 19
/* Ignored by default, or continue (signal(7)): CHLD CONT URG WINCH. */
#define HARMLESS	 (SIG(17) | SIG(18) | SIG(23) | SIG(28))
/* kill(2), sigqueue(3), tgkill(2): a process did it. The others are the kernel's. */
#define SI_USER		 0
#define SI_QUEUE	 (-1)
#define SI_TKILL	 (-6)
/* Not pointers but these two: include/linux/sched/signal.h. */
#define SEND_SIG_NOINFO	 0ul
#define SEND_SIG_PRIV	 1ul
/* result of the tracepoint: include/trace/events/signal.h, TRACE_SIGNAL_… */
#define SIGNAL_DELIVERED 0
#define SIGNAL_LOST_INFO 4

/* Ends or stops its target: by default, and the target did not choose otherwise. */
static __always_inline bool is_serious(u32 number, struct task_struct *target)
{
	struct sighand_struct *sighand = target->sighand;
	void *handler = NULL;

	if (number < 1 || number > SIGNALS || (HARMLESS & SIG(number)))
		return false;
	if (number == SIGKILL || number == SIGSTOP)
		return true;
	bpf_core_read(&handler, sizeof(handler),
		      &sighand->action[(number - 1) & (SIGNALS - 1)].sa.sa_handler);
	return handler == NULL; /* SIG_DFL */
}

static __always_inline s32 code_of(struct kernel_siginfo *info, bool *ret_from_kernel)
{
	s32 code = SI_USER;

	if ((unsigned long)info == SEND_SIG_PRIV) {
		*ret_from_kernel = true;
		return 0x80; /* SI_KERNEL */
	}
	if ((unsigned long)info != SEND_SIG_NOINFO)
		bpf_core_read(&code, sizeof(code), &info->si_code);
	*ret_from_kernel = code != SI_USER && code != SI_QUEUE && code != SI_TKILL;
	return code;
}

/* The sender's record, if it and the target differ in container or user. */
static __always_inline void send_signal(struct task_struct *sender, struct task_struct *target,
					u32 number, s32 code)
{
	u64 v2, v1, own_v2, own_v1;
	struct task_struct *leader;
	struct ptc_signal *s;
	u32 uid, own_uid;
	const bool direct = false;

	leader = BPF_CORE_READ(target, group_leader);
	fill_cgroups(&v2, &v1, target, direct);
	fill_cgroups(&own_v2, &own_v1, sender, direct);
	uid = BPF_CORE_READ(target, real_cred, euid.val);
	own_uid = BPF_CORE_READ(sender, real_cred, euid.val);
	if (v2 == own_v2 && v1 == own_v1 && uid == own_uid)
		return;
	/* It is the target's matter as well, but the sender's rate. */
	if (keep_back(sender, PTC_SIGNAL, config.gates && is_excluded(target)))
		return;
	if (!RESERVE(s, PTC_SIGNAL))
		return;
	fill_task(&s->task, sender, direct);
	s->target_start_ns = BPF_CORE_READ(leader, start_boottime);
	s->target_cgroup_v2 = v2;
	s->target_cgroup_v1 = v1;
	s->target_pid = BPF_CORE_READ(target, tgid);
	s->target_uid = uid;
	s->number = number;
	s->code = code;
	bpf_core_read(s->target_comm, sizeof(s->target_comm), &leader->comm);
	submit(s, PTC_SIGNAL);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int number, struct kernel_siginfo *info, struct task_struct *target,
	     int group, int result)
{
	struct task_struct *current_task = (void *)bpf_get_current_task();
	struct task_struct *leader;
	struct sender s = {};
	bool from_kernel;
	u32 pid;

	/* One that is pending already stays its first sender's. */
	if (result != SIGNAL_DELIVERED && result != SIGNAL_LOST_INFO)
		return 0;
	if (!is_serious(number, target))
		return 0;
	s.code = code_of(info, &from_kernel);
	s.number = number;
	s.target_start_ns = BPF_CORE_READ(target, group_leader, start_boottime);
	s.from_kernel = from_kernel;
	if (!from_kernel) {
		leader = BPF_CORE_READ(current_task, group_leader);
		s.pid = bpf_get_current_pid_tgid() >> 32;
		s.uid = BPF_CORE_READ(current_task, real_cred, uid.val);
		s.start_ns = BPF_CORE_READ(leader, start_boottime);
		bpf_core_read(s.comm, sizeof(s.comm), &leader->comm);
	}
	pid = target->tgid;
	bpf_map_update_elem(&senders, &pid, &s, BPF_ANY);
	if (config.signals && !from_kernel && s.pid != pid)
		send_signal(current_task, target, number, s.code);
	return 0;
}

SEC("tp_btf/mark_victim")
int BPF_PROG(on_oom_task, struct task_struct *task)
{
	u64 start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	u32 pid = task->tgid;

	bpf_map_update_elem(&oom_victims, &pid, &start_ns, BPF_ANY);
	return 0;
}

/* Before 6.8 and its backports (72ba14deb40a) the tracepoint had the pid alone. */
SEC("tp_btf/mark_victim")
int BPF_PROG(on_oom_pid, int victim_pid)
{
	u32 pid = victim_pid;
	u64 start_ns = 0;

	bpf_map_update_elem(&oom_victims, &pid, &start_ns, BPF_ANY);
	return 0;
}

#endif /* PROCTRACE_SIGNAL_BPF_H */
