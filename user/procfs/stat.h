/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stat.h - /proc/<pid>/stat (proc(5); fs/proc/array.c do_task_stat)
 */
#ifndef PROCFS_STAT_H
#define PROCFS_STAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define PROC_COMM_MAX 64 /* kernel workers have longer names than TASK_COMM_LEN */

/* Units are in the names; fields after start_ticks are 0 if field_count says they were not there. */
struct proc_stat {
	uint32_t field_count; /* at least 22: up to start_ticks */
	uint32_t pid;
	uint32_t comm_len;
	char comm[PROC_COMM_MAX]; /* any byte; not terminated */
	char state;		  /* R S D Z T t X I … */
	uint32_t ppid;
	uint32_t pgrp;
	uint32_t session;
	uint32_t tty_major, tty_minor; /* 0 0: no terminal */
	int32_t tty_pgrp;	       /* -1: none */
	uint32_t flags;		       /* PF_… of include/linux/sched.h */
	uint64_t minor_faults, child_minor_faults;
	uint64_t major_faults, child_major_faults;
	uint64_t user_ticks, system_ticks;
	uint64_t child_user_ticks, child_system_ticks;
	int64_t priority;
	int64_t nice;
	uint32_t threads;
	uint64_t start_ticks; /* since boot */
	uint64_t vsize_bytes;
	uint64_t rss_pages;
	uint64_t rss_limit_bytes;
	int64_t exit_signal;
	uint32_t processor;
	uint32_t rt_priority;
	uint32_t policy; /* SCHED_… */
	uint64_t block_delay_ticks;
	uint64_t guest_ticks, child_guest_ticks;
};

/* text is the whole file. 0 or -EBADMSG. */
int parse_stat(struct str text, struct proc_stat *ret_stat);

static inline struct str proc_stat_comm(const struct proc_stat *stat)
{
	return str_from(stat->comm, stat->comm_len);
}

bool proc_stat_is_kernel_thread(const struct proc_stat *stat);

/* True if it ended and only waits to be reaped. */
bool proc_stat_is_zombie(const struct proc_stat *stat);

#endif /* PROCFS_STAT_H */
