/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * seed.bpf.h - the processes that ran before the tracer, from the kernel's own list
 *
 * Sees every process whatever the agent's pid namespace or hidepid, with exact
 * start times, so that an identity never changes once it was printed.
 */
#ifndef PROCTRACE_SEED_BPF_H
#define PROCTRACE_SEED_BPF_H

#include "gate.h"
#include "ring.h"
#include "task.h"

/* Too large for the stack; only one agent reads one iterator at a time. */
struct ptc_seed seed_record;

SEC("iter/task")
int on_seed(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct seq_file *seq = ctx->meta->seq;

	if (!task || task->pid != task->tgid)
		return 0;
	note_visitor_seed(task);
	fill_task(&seed_record.task, task, true);
	fill_header(&seed_record.hdr, PTC_TASK, sizeof(seed_record));
	bpf_seq_write(seq, &seed_record, sizeof(seed_record));
	return 0;
}

#endif /* PROCTRACE_SEED_BPF_H */
