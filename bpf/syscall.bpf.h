/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * syscall.bpf.h - setns(2), unshare(2), and execve(2) that failed
 *
 * Attached only if somebody wants to see them: while any system call tracepoint
 * is attached, every system call of the host takes the slow way.
 */
#ifndef PROCTRACE_SYSCALL_BPF_H
#define PROCTRACE_SYSCALL_BPF_H

#include <bpf/bpf_core_read.h>

#include "compat.h"
#include "gate.h"
#include "ring.h"
#include "slice.h"
#include "task.h"

#define FAILED_RECORD_SHORT 2048
#define FAILED_RECORD_LONG  16384
#define FAILED_ARGS_MAX	    512 /* arguments of a failed exec */

static __always_inline int enter_ns(u32 flags, u32 type)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u64 key = (u64)task;
	struct ns_entry entry = { .flags = flags };

	fill_task_ns(entry.ns, task, false);
	if (bpf_map_update_elem(&ns_entries, &key, &entry, BPF_ANY))
		count_lost(type, PTC_LOST_STATE);
	return 0;
}

static __always_inline int exit_ns(long result, u32 type)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u64 key = (u64)task;
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct ns_entry *entry = bpf_map_lookup_elem(&ns_entries, &key);
	struct ptc_ns_call *c;

	if (!entry) /* entered before the probe was attached */
		return 0;
	if (type == PTC_SETNS && result == 0)
		note_setns(pid, task, entry->ns[PTC_NS_MNT]);
	if (type == PTC_UNSHARE && result == 0)
		note_unshare(pid);
	if (!keep_back(task, type, type == PTC_UNSHARE) && RESERVE(c, type)) {
		fill_task(&c->task, task, false);
		__builtin_memcpy(c->old_ns, entry->ns, sizeof(c->old_ns));
		c->flags = entry->flags;
		c->error = result < 0 ? result : 0;
		submit(c, type);
	}
	bpf_map_delete_elem(&ns_entries, &key);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_setns")
int on_setns_enter(struct syscall_enter_args *ctx)
{
	return enter_ns(ctx->args[1], PTC_SETNS);
}

SEC("tracepoint/syscalls/sys_exit_setns")
int on_setns_exit(struct syscall_exit_args *ctx)
{
	return exit_ns(ctx->ret, PTC_SETNS);
}

SEC("tracepoint/syscalls/sys_enter_unshare")
int on_unshare_enter(struct syscall_enter_args *ctx)
{
	return enter_ns(ctx->args[0], PTC_UNSHARE);
}

SEC("tracepoint/syscalls/sys_exit_unshare")
int on_unshare_exit(struct syscall_exit_args *ctx)
{
	return exit_ns(ctx->ret, PTC_UNSHARE);
}

static __always_inline int enter_exec(u64 filename, u64 argv)
{
	struct exec_entry entry = { .filename = filename, .argv = argv };
	u64 key = bpf_get_current_task();

	/* Whether it would have failed is not known by then. */
	if (bpf_map_update_elem(&exec_entries, &key, &entry, BPF_ANY))
		count_lost(PTC_EXEC_FAILED, PTC_LOST_STATE);
	return 0;
}

/*
 * The strings that argv points to, one after the other. most: bytes of one string
 * that are copied at once, its NUL included.
 */
static __always_inline u32 copy_argv(struct ptc_exec *e, u32 off, u32 cap, u32 most, u64 argv)
{
	slice_begin(&e->args, off, PTC_SLICE_TRUNCATED);
	for (u32 i = 0; i < FAILED_ARGS_MAX; i++) {
		u64 arg = 0;
		long n;

		if (bpf_probe_read_user(&arg, sizeof(arg), (void *)(argv + i * sizeof(arg)))) {
			e->args.flags = PTC_SLICE_UNREAD | PTC_SLICE_TRUNCATED;
			break;
		}
		if (!arg) {
			e->args.flags = 0;
			break;
		}
		off = slice_next(&e->args);
		if (off > cap - most)
			break;
		n = read_user_string((void *)e + off, most, arg);
		if (n < 0) {
			e->args.flags = PTC_SLICE_UNREAD | PTC_SLICE_TRUNCATED;
			break;
		}
		slice_advance(&e->args, n);
		e->argc = i + 1;
		if (n == most) /* cut: what follows would look like its rest */
			break;
	}
	return slice_end(&e->args);
}

/* Everything but the header. Returns the size of the record. */
static __always_inline u32 fill_failed(struct ptc_exec *e, u32 cap, u32 most,
				       struct exec_entry *entry, long result)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u32 off = sizeof(*e);
	long n;

	__builtin_memset(&e->file_inode, 0, sizeof(*e) - offsetof(struct ptc_exec, file_inode));
	fill_task(&e->task, task, false);
	e->old_tid = e->task.tid;
	e->error = result;
	slice_begin(&e->filename, off, 0);
	n = read_user_string((void *)e + off, most, entry->filename);
	if (n > 0)
		slice_advance(&e->filename, n);
	if (n < 0)
		e->filename.flags = PTC_SLICE_UNREAD;
	else if (n == most)
		e->filename.flags = PTC_SLICE_TRUNCATED;
	off = slice_end(&e->filename);
	if (e->filename.len)
		e->filename.len--; /* its NUL */
	return copy_argv(e, off, cap, most, entry->argv);
}

/*
 * A search through PATH fails many times in a row, so a short record is tried first,
 * and given back if something did not fit.
 */
static __always_inline int exit_exec(long result)
{
	u64 key = bpf_get_current_task();
	struct exec_entry *entry = bpf_map_lookup_elem(&exec_entries, &key);
	struct ptc_exec *e;
	u32 size;

	if (!entry)
		return 0;
	if (result >= 0 || keep_back((void *)bpf_get_current_task(), PTC_EXEC_FAILED, true))
		goto out;
	e = bpf_ringbuf_reserve(&ring, FAILED_RECORD_SHORT, 0);
	if (e) {
		size = fill_failed(e, FAILED_RECORD_SHORT, PTC_NAME_MAX, entry, result);
		if (!((e->args.flags | e->filename.flags) & PTC_SLICE_TRUNCATED)) {
			fill_header(&e->hdr, PTC_EXEC_FAILED, size);
			submit(e, PTC_EXEC_FAILED);
			goto out;
		}
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
	}
	e = bpf_ringbuf_reserve(&ring, FAILED_RECORD_LONG, 0);
	if (!e) {
		count_lost(PTC_EXEC_FAILED, PTC_LOST_FULL);
		goto out;
	}
	size = fill_failed(e, FAILED_RECORD_LONG, PTC_PATH_MAX, entry, result);
	fill_header(&e->hdr, PTC_EXEC_FAILED, size);
	submit(e, PTC_EXEC_FAILED);
out:
	bpf_map_delete_elem(&exec_entries, &key);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_execve")
int on_execve_enter(struct syscall_enter_args *ctx)
{
	return enter_exec(ctx->args[0], ctx->args[1]);
}

SEC("tracepoint/syscalls/sys_exit_execve")
int on_execve_exit(struct syscall_exit_args *ctx)
{
	return exit_exec(ctx->ret);
}

SEC("tracepoint/syscalls/sys_enter_execveat")
int on_execveat_enter(struct syscall_enter_args *ctx)
{
	return enter_exec(ctx->args[1], ctx->args[2]);
}

SEC("tracepoint/syscalls/sys_exit_execveat")
int on_execveat_exit(struct syscall_exit_args *ctx)
{
	return exit_exec(ctx->ret);
}

#endif /* PROCTRACE_SYSCALL_BPF_H */
