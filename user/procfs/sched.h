/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched.h - /proc/<pid>/schedstat, autogroup and timers: a process and the clock
 */
#ifndef PROCFS_SCHED_H
#define PROCFS_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* schedstat (Documentation/scheduler/sched-stats.rst), of the leader only. */
struct proc_schedstat {
	uint64_t run_ns;     /* on a CPU */
	uint64_t wait_ns;    /* runnable, and waiting for one */
	uint64_t timeslices; /* run on this CPU */
};

/* 0 or -EBADMSG. The reader also -ENOENT: the kernel keeps none. */
int parse_schedstat(struct str text, struct proc_schedstat *ret_stat);
int read_schedstat(int pid_fd, struct proc_schedstat *ret_stat);

/* autogroup (sched(7)): "/autogroup-52 nice 0" */
struct proc_autogroup {
	uint64_t id; /* of the session's group */
	int32_t nice;
};

/* 0 or -EBADMSG. The reader also -ENOENT: the kernel has none, or the process is in none. */
int parse_autogroup(struct str text, struct proc_autogroup *ret_group);
int read_autogroup(int pid_fd, struct proc_autogroup *ret_group);

/* timers (proc_pid_timers(5)): each timer_create(2) made */
struct proc_timer {
	uint32_t id;
	uint32_t signal;
	bool to_thread; /* notify is to one thread and not to the process */
	uint32_t pid;	/* that is notified, as we see it */
	int32_t clock;	/* CLOCK_…; negative: CPU time (clock_getcpuclockid(3)) */
	struct str how; /* "signal", "none", "thread" */
};

/*
 * Takes the next timer, which is four lines, off *rest. 1: there is one, 0: no more, -EBADMSG: what
 * follows is none.
 */
int parse_timer(struct str *rest, struct proc_timer *ret_timer);

#endif /* PROCFS_SCHED_H */
