/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * process.bpf.h - a process begins, and ends
 */
#ifndef PROCTRACE_PROCESS_BPF_H
#define PROCTRACE_PROCESS_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "gate.h"
#include "ring.h"
#include "task.h"

#define SIGNAL_GROUP_EXIT 0x04 /* include/linux/sched/signal.h */
#define EXIT_CORE_BIT	  0x80 /* wait(2): WCOREDUMP */
#define THREADS_MAX	  128  /* threads whose totals are summed at exit */

/* Did the child get namespaces that its creator has not: new ones, or entered ones? */
static __always_inline bool has_other_ns(struct task_struct *creator, struct task_struct *child)
{
	return child->nsproxy != creator->nsproxy ||
	       child->thread_pid->level != creator->thread_pid->level;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *creator, struct task_struct *child)
{
	struct task_struct *leader = creator->group_leader;
	struct ptc_fork *f;
	bool has_other;

	if (child->pid != child->tgid)
		return 0;
	has_other = has_other_ns(creator, child);
	note_visitor_fork(creator, child, has_other);
	if (keep_back(child, PTC_FORK, !has_other))
		return 0;
	if (!RESERVE(f, PTC_FORK))
		return 0;
	fill_task(&f->task, child, true);
	if (child->mm && child->mm == creator->mm)
		f->task.flags |= PTC_TASK_SHARED_MM;
	f->creator_pid = creator->tgid;
	f->creator_start_ns = leader->start_boottime;
	f->pad = 0;
	fill_task_ns(f->creator_ns, creator, true);
	submit(f, PTC_FORK);
	return 0;
}

static __always_inline void add_thread(struct ptc_exit *x, struct task_struct *thread)
{
	x->cpu_ns += BPF_CORE_READ(thread, se.sum_exec_runtime);
	x->minor_faults += BPF_CORE_READ(thread, min_flt);
	x->major_faults += BPF_CORE_READ(thread, maj_flt);
	if (bpf_core_field_exists(thread->ioac.read_bytes)) {
		x->read_bytes += BPF_CORE_READ(thread, ioac.read_bytes);
		x->write_bytes += BPF_CORE_READ(thread, ioac.write_bytes);
		x->read_chars += BPF_CORE_READ(thread, ioac.rchar);
		x->write_chars += BPF_CORE_READ(thread, ioac.wchar);
	}
}

/*
 * What released threads left in signal, and what each thread that is not released
 * has: so the sum is right in whichever thread's exit it is made.
 */
static __always_inline void fill_usage(struct ptc_exit *x, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct list_head *head = &signal->thread_head;
	struct list_head *node = BPF_CORE_READ(signal, thread_head.next);

	x->cpu_ns = signal->sum_sched_runtime;
	x->minor_faults = signal->min_flt;
	x->major_faults = signal->maj_flt;
	if (bpf_core_field_exists(signal->ioac.read_bytes)) {
		x->read_bytes = signal->ioac.read_bytes;
		x->write_bytes = signal->ioac.write_bytes;
		x->read_chars = signal->ioac.rchar;
		x->write_chars = signal->ioac.wchar;
		x->exit_flags |= PTC_EXIT_IO;
	}
	x->exit_flags |= PTC_EXIT_THREADS_CUT;
	for (int i = 0; i < THREADS_MAX; i++) {
		if (node == head || !node) {
			x->exit_flags &= ~PTC_EXIT_THREADS_CUT;
			break;
		}
		add_thread(x,
			   (void *)node - bpf_core_field_offset(struct task_struct, thread_node));
		node = BPF_CORE_READ(node, next);
	}
}

static __always_inline void fill_sender(struct ptc_exit *x, u32 pid)
{
	struct sender *s = bpf_map_lookup_elem(&senders, &pid);

	if (!s)
		return;
	if (s->number == x->exit_signal && s->target_start_ns == x->task.start_ns) {
		x->exit_flags |= PTC_EXIT_SENDER;
		if (s->from_kernel)
			x->exit_flags |= PTC_EXIT_SENDER_KERNEL;
		x->sender_pid = s->pid;
		x->sender_uid = s->uid;
		x->sender_start_ns = s->start_ns;
		x->sender_code = s->code;
		__builtin_memcpy(x->sender_comm, s->comm, sizeof(x->sender_comm));
	}
	bpf_map_delete_elem(&senders, &pid);
}

/* A thread that ends within a call does not come to the call's end. */
static __always_inline void forget_calls(void)
{
	u64 key = bpf_get_current_task();

	if (config.failed_exec)
		bpf_map_delete_elem(&exec_entries, &key);
	if (config.namespaces)
		bpf_map_delete_elem(&ns_entries, &key);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct task_struct *leader = task->group_leader;
	struct mm_struct *mm = task->mm;
	u32 pid = task->tgid;
	struct ptc_exit *x;
	u64 *victim;
	u32 code;

	forget_calls();
	if (signal->live.counter != 0)
		return 0;
	if (keep_back(task, PTC_EXIT, true)) {
		note_visitor_exit(pid);
		/* The next process of that pid may be one without a start time to compare. */
		bpf_map_delete_elem(&oom_victims, &pid);
		return 0;
	}
	note_visitor_exit(pid);
	if (!RESERVE(x, PTC_EXIT))
		return 0;
	fill_task(&x->task, task, true);
	__builtin_memset((void *)x + offsetof(struct ptc_exit, cpu_ns), 0,
			 sizeof(*x) - offsetof(struct ptc_exit, cpu_ns));

	/* Not task->exit_code: that is one thread's. */
	code = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
	x->exit_code = code >> 8 & 0xff;
	x->exit_signal = code & 0x7f;
	if (code & EXIT_CORE_BIT)
		x->exit_flags |= PTC_EXIT_CORE;
	fill_usage(x, task);
	if (mm) {
		/* All threads are ending, so another user means another process. */
		x->task.flags &= ~PTC_TASK_SHARED_MM;
		if (mm->mm_users.counter > (int)x->task.threads)
			x->task.flags |= PTC_TASK_SHARED_MM;
		if (mm_peak_pages(mm, &x->mm_peak_pages))
			x->exit_flags |= PTC_EXIT_MM_PEAK;
	}
	if (x->exit_signal)
		fill_sender(x, pid);
	victim = bpf_map_lookup_elem(&oom_victims, &pid);
	if (victim) {
		/* The first 5.10 told no task, so no start time either. */
		if (!*victim || *victim == x->task.start_ns)
			x->exit_flags |= PTC_EXIT_OOM;
		bpf_map_delete_elem(&oom_victims, &pid);
	}
	submit(x, PTC_EXIT);
	return 0;
}

#endif /* PROCTRACE_PROCESS_BPF_H */
