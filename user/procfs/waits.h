/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.h - /proc/<pid>/wchan, syscall and stack: where it is in the kernel right now
 *
 * Of the leader of a process, or of the thread whose directory is given.
 */
#ifndef PROCFS_WAITS_H
#define PROCFS_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* syscall (proc_pid_syscall(5)) */
#define PROC_SYSCALL_ARGS 6

struct proc_syscall {
	bool running;	/* on a CPU, or runnable: nothing else is known */
	int64_t number; /* of the system call; -1: it is blocked in the kernel, but in none */
	uint64_t args[PROC_SYSCALL_ARGS];
	uint64_t stack_pointer, instruction_pointer;
};

/* 0 or -EBADMSG. Reading needs permission to ptrace; -ENOENT: the kernel has no such file. */
int parse_syscall(struct str text, struct proc_syscall *ret_syscall);
int read_syscall(int pid_fd, struct proc_syscall *ret_syscall);

/* The kernel function it sleeps in, into buf; empty: it does not, or the kernel does not say. */
#define PROC_WCHAN_SIZE 256
int read_wchan(int pid_fd, char *buf, size_t size, struct str *ret_function);

/* Functions, innermost first, a line each. Needs CAP_SYS_ADMIN. */
#define PROC_STACK_SIZE 8192 /* 64 entries (fs/proc/base.c MAX_STACK_TRACE_DEPTH) */
int read_stack(int pid_fd, char *buf, size_t size, struct str *ret_lines);

/* "[<0>] do_wait+0x5c/0x120" → "do_wait", taken off *rest. False: no more. */
bool parse_stack_next(struct str *rest, struct str *ret_function);

#endif /* PROCFS_WAITS_H */
