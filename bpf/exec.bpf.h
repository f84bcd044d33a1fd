/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * exec.bpf.h - the program changed, or did not
 */
#ifndef PROCTRACE_EXEC_BPF_H
#define PROCTRACE_EXEC_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "path.h"
#include "ring.h"
#include "task.h"

#define S_MINORBITS  20	    /* include/linux/kdev_t.h */
#define MNT_INTERNAL 0x4000 /* include/linux/mount.h */
#define PAGE	     4096

static __always_inline void fill_file(struct ptc_exec *e, struct file *file)
{
	struct inode *inode = file->f_inode;
	struct vfsmount *mnt = file->f_path.mnt;
	u32 dev = inode->i_sb->s_dev;

	e->file_inode = inode->i_ino;
	e->file_dev_major = dev >> S_MINORBITS;
	e->file_dev_minor = dev & ((1u << S_MINORBITS) - 1);
	e->file_mode = inode->i_mode;
	e->file_uid = inode->i_uid.val;
	if (inode->i_nlink == 0) {
		/* A memfd has no links and lives on a mount that nobody can reach. */
		e->file_flags |= mnt->mnt_flags & MNT_INTERNAL ? PTC_FILE_MEMFD : PTC_FILE_DELETED;
	}
}

/*
 * Copies len bytes of user memory to record + at, at once if every page is
 * resident, else page by page; what could not be read stays zero and is flagged.
 * Returns how many bytes that took: none if they do not fit.
 */
static __always_inline u64 copy_user(void *record, const u32 at, u32 cap, u64 len, u64 from,
				     struct ptc_slice *slice)
{
	/* The compiler must compare the very register that it hands to the helper. */
	asm volatile("" : "+r"(len));
	if (len > cap - at)
		return 0;
	if (bpf_probe_read_user(record + at, len, (void *)from) == 0)
		return len;
	slice->flags |= PTC_SLICE_UNREAD;
	for (u32 i = 0; i < (PTC_ARGS_MAX + PTC_ENV_MAX) / PAGE; i++) {
		const u32 done = i * PAGE;

		if (at + done > cap - PAGE)
			break;
		if (done + PAGE > len) {
			bpf_probe_read_user(record + at + done, len & (PAGE - 1),
					    (void *)(from + done));
			break;
		}
		bpf_probe_read_user(record + at + done, PAGE, (void *)(from + done));
	}
	return len;
}

/* What goes along: how much of the arguments and of the environment behind them. */
struct exec_plan {
	u64 start; /* of the arguments in the process's memory */
	u32 args_len, args_full;
	u32 env_len, env_full;
	u32 need; /* bytes of the record */
	u32 pad;
};

static __always_inline u32 at_most(u64 len, u32 most)
{
	return len < most ? len : most;
}

static __always_inline void plan_memory(struct exec_plan *plan, struct mm_struct *mm)
{
	u64 start = mm->arg_start, args_end = mm->arg_end;
	u64 env_start = mm->env_start, env_end = mm->env_end;

	plan->start = start;
	plan->args_full = at_most(args_end - start, 0xffffffff);
	plan->args_len = at_most(args_end - start, PTC_ARGS_MAX);
	if (config.capture_env) {
		plan->env_full = at_most(env_end - env_start, 0xffffffff);
		/* One copy takes both, so only if they touch and the arguments are whole. */
		if (env_start == args_end && plan->args_len == plan->args_full)
			plan->env_len = at_most(env_end - env_start, PTC_ENV_MAX);
	}
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	const u32 at = sizeof(struct ptc_exec);
	struct file *file = bprm->file;
	struct fs_struct *fs = task->fs;
	const char *filename = bprm->filename;
	const char *interp = bprm->interp;
	struct mm_struct *mm = task->mm;
	struct exec_plan known = {}, plan;
	struct ptc_exec *e;
	u32 off, cap;
	u64 len;
	u64 key = (u64)task->tgid << 32 | (u32)old_pid;

	/* The call came back to another thread id than it was made by. */
	bpf_map_delete_elem(&exec_entries, &key);
	if ((u32)task->tgid == config.agent_pid)
		return 0;

	plan_memory(&known, mm);
	/* A component is copied only where the longest would fit. */
	known.need = at + known.args_len + known.env_len + PTC_NAME_MAX;
	known.need += path_measure(&file->f_path, &fs->root);
	known.need += path_measure(&fs->pwd, &fs->root);
	known.need += string_measure(filename);
	if (interp != filename)
		known.need += string_measure(interp);
	/*
	 * Numbers that a helper wrote have no bounds for the verifier: it then follows
	 * one way through what comes, not one for each way that led here.
	 */
	bpf_probe_read_kernel(&plan, sizeof(plan), &known);
	e = reserve_class(plan.need, &cap);
	if (!e) {
		count_lost(PTC_EXEC, PTC_LOST_FULL);
		return 0;
	}
	fill_task(&e->task, task, true);
	e->file_flags = 0;
	fill_file(e, file);
	if (interp != filename)
		e->file_flags |= PTC_FILE_SCRIPT;
	e->old_tid = old_pid;
	e->argc = bprm->argc;
	e->error = 0;
	__builtin_memset(&e->args, 0, 6 * sizeof(struct ptc_slice));

	len = copy_user(e, at, cap, (u64)plan.args_len + plan.env_len, plan.start, &e->args);
	e->args.off = at;
	e->args.len = plan.args_len;
	e->args.full_len = plan.args_full;
	if (plan.args_len < plan.args_full)
		e->args.flags |= PTC_SLICE_TRUNCATED;
	if (config.capture_env) {
		e->env.off = at + plan.args_len;
		e->env.len = plan.env_len;
		e->env.full_len = plan.env_full;
		e->env.flags = e->args.flags & PTC_SLICE_UNREAD;
		if (plan.env_len < plan.env_full)
			e->env.flags |= PTC_SLICE_TRUNCATED;
	}

	off = at + len;
	off = path_copy(e, off, cap, &e->exe, &file->f_path, &fs->root);
	off = path_copy(e, off, cap, &e->cwd, &fs->pwd, &fs->root);
	off = string_copy(e, off, cap, &e->filename, filename);
	if (interp != filename)
		off = string_copy(e, off, cap, &e->interp, interp);
	fill_header(&e->hdr, PTC_EXEC, off);
	submit(e, PTC_EXEC);
	return 0;
}

#endif /* PROCTRACE_EXEC_BPF_H */
