/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * exec.bpf.h - the program changed, or did not
 */
#ifndef PROCTRACE_EXEC_BPF_H
#define PROCTRACE_EXEC_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "gate.h"
#include "path.h"
#include "ring.h"
#include "scratch.h"
#include "task.h"

#define S_MINORBITS  20	    /* include/linux/kdev_t.h */
#define MNT_INTERNAL 0x4000 /* include/linux/mount.h */
#define PAGE	     4096
#define BLOCK	     128
#define RECORD_FIXED sizeof(struct ptc_exec)

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

static __always_inline u32 at_most(u64 len, u32 most)
{
	return len < most ? len : most;
}

/* How much of the arguments, and of the environment behind them, goes along. */
static __always_inline void fill_memory(struct scratch *s, struct mm_struct *mm)
{
	u64 start = mm->arg_start, args_end = mm->arg_end;
	u64 env_start = mm->env_start, env_end = mm->env_end;
	struct ptc_slice *args = &s->exec.args, *env = &s->exec.env;

	args->off = RECORD_FIXED;
	args->full_len = at_most(args_end - start, 0xffffffff);
	args->len = at_most(args_end - start, PTC_ARGS_MAX);
	if (args->len < args->full_len)
		args->flags = PTC_SLICE_TRUNCATED;
	if (config.capture_env) {
		env->off = RECORD_FIXED + args->len;
		env->full_len = at_most(env_end - env_start, 0xffffffff);
		/* One copy takes both, so only if they touch and the arguments are whole. */
		if (env_start == args_end && !args->flags)
			env->len = at_most(env_end - env_start, PTC_ENV_MAX);
		if (env->len < env->full_len)
			env->flags = PTC_SLICE_TRUNCATED;
	}
	s->args_start = start;
	s->copy_len = args->len + env->len;
}

/* In records of the rate limit: else a few execs of long arguments would fill the ring. */
static __always_inline u32 cost_of(struct mm_struct *mm)
{
	u64 len = at_most(mm->arg_end - mm->arg_start, PTC_ARGS_MAX);

	if (config.capture_env)
		len += at_most(mm->env_end - mm->env_start, PTC_ENV_MAX);
	return 1 + len / PTC_METER_BYTES;
}

/* The slices of the tail count from its start; in the record it comes after the arguments. */
static __always_inline void move_slices(struct ptc_exec *e, u32 by)
{
	e->exe.off += by;
	e->cwd.off += by;
	e->filename.off += by;
	if (e->interp.len || e->interp.flags)
		e->interp.off += by;
}

static __always_inline void fill_exec(struct scratch *s, struct task_struct *task, u32 old_tid,
				      struct linux_binprm *bprm)
{
	const char *filename = bprm->filename, *interp = bprm->interp;
	struct fs_struct *fs = task->fs;
	struct file *file = bprm->file;
	struct ptc_exec *e = &s->exec;

	__builtin_memset(&e->file_inode, 0, sizeof(*e) - offsetof(struct ptc_exec, file_inode));
	fill_task(&e->task, task, true);
	fill_file(e, file);
	e->old_tid = old_tid;
	e->argc = bprm->argc;
	fill_memory(s, task->mm);
	s->tail_len = 0;
	copy_path(s, &e->exe, &file->f_path, &fs->root);
	copy_path(s, &e->cwd, &fs->pwd, &fs->root);
	copy_string(s, &e->filename, filename);
	if (interp != filename) {
		e->file_flags |= PTC_FILE_SCRIPT;
		copy_string(s, &e->interp, interp);
	}
	move_slices(e, RECORD_FIXED + s->copy_len);
	fill_header(&e->hdr, PTC_EXEC, RECORD_FIXED + s->copy_len + s->tail_len);
}

/*
 * The three functions below are not inlined because 5.10 forgets the bounds of a number
 * that the compiler puts on the stack: in a small function there is no need to.
 *
 * Copies len bytes of user memory behind the fixed part, at once if every page is
 * resident, else as much as can be read; the rest is zero. Returns false then.
 */
static __noinline bool copy_user(void *record, u32 cap, struct scratch *s)
{
	u64 len = s->copy_len, from = s->args_start;

	/* The compiler must compare the very register that it hands to the helper. */
	asm volatile("" : "+r"(len));
	if (len > cap - RECORD_FIXED)
		return false;
	if (bpf_probe_read_user(record + RECORD_FIXED, len, (void *)from) == 0)
		return true;
	for (u32 done = 0; done < PTC_ARGS_MAX + PTC_ENV_MAX; done += PAGE) {
		u64 rest = len - done;

		if (done >= len)
			break;
		asm volatile("" : "+r"(rest));
		if (rest > PAGE)
			rest = PAGE;
		if (rest > cap - RECORD_FIXED - done)
			break;
		bpf_probe_read_user(record + RECORD_FIXED + done, rest, (void *)(from + done));
	}
	return false;
}

/*
 * Copies the scratch's tail to record + off, in whole blocks because the verifier bounds
 * either an offset or a length, not their sum.
 */
static __noinline int copy_tail(void *record, u32 cap, struct scratch *s)
{
	u64 off = RECORD_FIXED + s->copy_len;

	for (u32 done = 0; done < SCRATCH_TAIL; done += BLOCK) {
		u64 to = off + done;

		if (done >= s->tail_len)
			break;
		asm volatile("" : "+r"(to));
		if (to > cap - BLOCK)
			break;
		bpf_probe_read_kernel(record + to, BLOCK, s->tail + done);
	}
	return 0;
}

static __noinline int send_exec(struct scratch *s)
{
	u32 tail_room = (s->tail_len + BLOCK - 1) & ~(BLOCK - 1);
	struct ptc_exec *e;
	u32 cap;

	e = reserve_class(RECORD_FIXED + s->copy_len + tail_room, &cap);
	if (!e) {
		count_lost(PTC_EXEC, PTC_LOST_FULL);
		return 0;
	}
	bpf_probe_read_kernel(e, sizeof(*e), &s->exec);
	if (!copy_user(e, cap, s)) {
		e->args.flags |= PTC_SLICE_UNREAD;
		e->env.flags |= PTC_SLICE_UNREAD;
	}
	copy_tail(e, cap, s);
	submit(e, PTC_EXEC);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	u64 key = bpf_get_current_task();
	struct scratch *s;
	u32 slot;

	if (config.failed_exec)
		bpf_map_delete_elem(&exec_entries, &key);
	note_visitor_exec(task->tgid);
	if (keep_back_dear(task, PTC_EXEC, true, cost_of(task->mm)))
		return 0;
	s = scratch_take(&slot);
	if (!s) {
		count_lost(PTC_EXEC, PTC_LOST_STATE);
		return 0;
	}
	fill_exec(s, task, old_pid, bprm);
	send_exec(s);
	scratch_give(slot);
	return 0;
}

#endif /* PROCTRACE_EXEC_BPF_H */
