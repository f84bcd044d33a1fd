// SPDX-License-Identifier: Apache-2.0
/*
 * resources.c - what it may use and does use: limits, memory, I/O, CPU, where it waits
 */
#include "inspect/section.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <seccomp.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "inspect/limits.h"
#include "inspect/memory_use.h"
#include "inspect/put.h"
#include "procfs/procfs.h"
#include "procfs/resource.h"
#include "procfs/scan.h"
#include "procfs/sched.h"
#include "procfs/value.h"
#include "procfs/waits.h"

#define TIMERS_SIZE ((size_t)16 * 1024)

/* ---- input and output ---- */

static void put_io(struct subject *s, struct doc *d)
{
	static const struct {
		const char *key, *title;
		bool is_bytes;
	} fields[PROC_IO_FIELDS] = {
		[PROC_IO_READ_CHARS] = { "read_chars_bytes", "read by calls", true },
		[PROC_IO_WRITE_CHARS] = { "write_chars_bytes", "written by calls", true },
		[PROC_IO_READ_CALLS] = { "read_calls", "calls that read", false },
		[PROC_IO_WRITE_CALLS] = { "write_calls", "calls that write", false },
		[PROC_IO_READ_BYTES] = { "read_bytes", "read from storage", true },
		[PROC_IO_WRITE_BYTES] = { "write_bytes", "written to storage", true },
		[PROC_IO_CANCELLED_BYTES] = { "cancelled_write_bytes", "truncated before", true },
	};
	struct proc_io io;
	int err = read_io(s->fd, &io);

	if (err) {
		doc_missing(d, "io", "input and output", err);
		return;
	}
	doc_group(d, "io", "input and output");
	for (int i = 0; i < PROC_IO_FIELDS; i++) {
		if (!(io.has >> i & 1))
			continue;
		if (fields[i].is_bytes)
			doc_bytes(d, fields[i].key, fields[i].title, io.value[i]);
		else
			doc_u64(d, fields[i].key, fields[i].title, io.value[i]);
		doc_passing(d);
	}
	doc_end(d);
}

/* ---- CPU ---- */

/* include/uapi/linux/sched.h; 7 is since Linux 6.12 */
static const char *const policies[] = { "other", "fifo", "round-robin", "batch",
					NULL,	 "idle", "deadline",	"ext" };

static void put_policy(const struct proc_stat *stat, struct doc *d)
{
	if (stat->policy < sizeof(policies) / sizeof(policies[0]) && policies[stat->policy])
		doc_text(d, "policy", NULL, "%s", policies[stat->policy]);
	else
		doc_text(d, "policy", NULL, "%u", stat->policy);
	doc_i64(d, "nice", NULL, stat->nice);
	if (stat->policy == SCHED_FIFO || stat->policy == SCHED_RR)
		doc_u64(d, "realtime_priority", "realtime priority", stat->rt_priority);
	doc_i64(d, "priority", "priority in the kernel", stat->priority);
}

static void put_autogroup(struct subject *s, struct doc *d)
{
	struct proc_autogroup g;
	int err = read_autogroup(s->live_fd, &g);

	if (err == -ENOENT) {
		doc_none(d, "autogroup", NULL);
		return;
	}
	put_u64(d, "autogroup", NULL, err, err ? 0 : g.id);
	if (err)
		return;
	doc_passing(d);
	doc_i64(d, "autogroup_nice", "nice of its autogroup", g.nice);
}

static void put_places(struct subject *s, struct doc *d)
{
	const struct proc_status *status = NULL;
	char buf[PROC_CPUSET_SIZE];
	struct str path = { 0 };
	int err = subject_status(s, &status);

	put_str(d, "affinity", "may run on CPUs",
		err						  ? err :
		proc_status_has(status, STATUS_CPUS_ALLOWED_LIST) ? 0 :
								    -ENOENT,
		err ? path : status->cpus_allowed_list);
	put_str(d, "memory_nodes", "may use memory of",
		err						  ? err :
		proc_status_has(status, STATUS_MEMS_ALLOWED_LIST) ? 0 :
								    -ENOENT,
		err ? path : status->mems_allowed_list);
	err = read_cpuset(s->live_fd, buf, sizeof(buf), &path);
	put_str(d, "cpuset", "cpuset cgroup", err, path);
	doc_u64(d, "last_cpu", "last ran on CPU", s->stat.processor);
	doc_passing(d);
}

static void put_times(struct subject *s, struct doc *d)
{
	struct proc_schedstat stat = { 0 };
	int err = read_schedstat(s->live_fd, &stat);
	uint64_t slack = 0;

	doc_ns(d, "user_ns", "CPU in user mode", s->stat.user_ticks * clock_tick_ns());
	doc_passing(d);
	doc_ns(d, "system_ns", "CPU in the kernel", s->stat.system_ticks * clock_tick_ns());
	doc_passing(d);
	put_ns(d, "main_thread_run_ns", "main thread ran", err, stat.run_ns);
	doc_passing(d);
	put_ns(d, "main_thread_wait_ns", "and waited for a CPU", err, stat.wait_ns);
	doc_passing(d);
	/* Only who may change it may read it. */
	err = read_timerslack_ns(s->live_fd, &slack);
	put_ns(d, "timer_slack_ns", "timers may be late by", err, slack);
}

static void put_switches(struct subject *s, struct doc *d)
{
	const struct proc_status *status = NULL;
	int err = subject_status(s, &status);

	put_u64(d, "voluntary_switches", "main thread waited",
		err						   ? err :
		proc_status_has(status, STATUS_VOLUNTARY_SWITCHES) ? 0 :
								     -ENOENT,
		err ? 0 : status->voluntary_switches);
	doc_passing(d);
	put_u64(d, "involuntary_switches", "and was interrupted",
		err						     ? err :
		proc_status_has(status, STATUS_INVOLUNTARY_SWITCHES) ? 0 :
								       -ENOENT,
		err ? 0 : status->involuntary_switches);
	doc_passing(d);
}

static void put_clock(int32_t clock, struct doc *d)
{
	static const char *const names[] = {
		[CLOCK_REALTIME] = "realtime",
		[CLOCK_MONOTONIC] = "monotonic",
		[CLOCK_PROCESS_CPUTIME_ID] = "process CPU time",
		[CLOCK_THREAD_CPUTIME_ID] = "thread CPU time",
		[CLOCK_MONOTONIC_RAW] = "monotonic raw",
		[CLOCK_REALTIME_COARSE] = "realtime coarse",
		[CLOCK_MONOTONIC_COARSE] = "monotonic coarse",
		[CLOCK_BOOTTIME] = "boot time",
		[CLOCK_REALTIME_ALARM] = "realtime alarm",
		[CLOCK_BOOTTIME_ALARM] = "boot time alarm",
		[CLOCK_TAI] = "TAI",
	};

	if (clock < 0)
		doc_text(d, "clock", NULL, "CPU time");
	else if ((size_t)clock < sizeof(names) / sizeof(names[0]) && names[clock])
		doc_text(d, "clock", NULL, "%s", names[clock]);
	else
		doc_text(d, "clock", NULL, "%d", clock);
}

static void put_timers(struct subject *s, struct doc *d)
{
	char buf[TIMERS_SIZE];
	struct proc_timer t;
	struct str rest;
	bool truncated;
	size_t len;
	int err = procfs_read(s->live_fd, "timers", buf, sizeof(buf), &len, &truncated);

	if (err) {
		doc_missing(d, "timers", NULL, err);
		return;
	}
	rest = str_from(buf, len);
	doc_list(d, "timers", NULL);
	while (parse_timer(&rest, &t) == 1) {
		if (!doc_item(d))
			continue;
		doc_u64(d, "id", NULL, t.id);
		put_clock(t.clock, d);
		doc_str(d, "notifies_by", "notifies by", t.how);
		doc_u64(d, "signal", NULL, t.signal);
		doc_u64(d, t.to_thread ? "tid" : "pid", NULL, t.pid);
		doc_end(d);
	}
	doc_end(d);
	doc_passing(d);
	if (truncated)
		doc_bool(d, "timers_truncated", "timers are cut", true);
}

static void put_scheduling(struct subject *s, struct doc *d)
{
	doc_group(d, "scheduling", NULL);
	put_policy(&s->stat, d);
	put_autogroup(s, d);
	put_places(s, d);
	put_times(s, d);
	put_switches(s, d);
	put_timers(s, d);
	doc_end(d);
}

static void put_oom(struct subject *s, struct doc *d)
{
	uint32_t score = 0;
	int32_t adj = 0;
	int err = read_oom_score(s->fd, &score);

	doc_group(d, "oom", "when memory runs out");
	put_u64(d, "score", NULL, err, score);
	doc_passing(d);
	err = read_oom_score_adj(s->fd, &adj);
	put_i64(d, "score_adj", "adjustment", err, adj);
	if (!err && adj == -1000)
		doc_note(d, "is never killed");
	doc_end(d);
}

/* ---- where it waits ---- */

/*
 * The file does not say of which architecture the number is. A stack beyond 4 GiB is none of a
 * 32-bit process, so the number is the kernel's own; of any other nothing is made up.
 */
static void put_syscall_name(const struct proc_syscall *call, struct doc *d)
{
	_cleanup_free_ char *name = NULL;

	if (call->stack_pointer <= UINT32_MAX || call->number < 0 || call->number > INT_MAX)
		return;
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call->number);
	if (!name)
		return;
	doc_str(d, "syscall_name", "which is", str_of(name));
	doc_passing(d);
}

static void put_syscall(const struct proc_syscall *call, int err, struct doc *d)
{
	if (err)
		doc_missing(d, "syscall", "system call", err);
	else if (call->running)
		doc_text(d, "syscall", "system call", "running");
	else if (call->number == -1)
		doc_none(d, "syscall", "system call");
	else
		doc_i64(d, "syscall", "system call", call->number);
	doc_passing(d);
	if (err || call->running || call->number == -1)
		return;
	put_syscall_name(call, d);
	doc_list(d, "syscall_arguments", "its arguments");
	for (int i = 0; i < PROC_SYSCALL_ARGS; i++)
		doc_text(d, NULL, NULL, "0x%" PRIx64, call->args[i]);
	doc_end(d);
	doc_passing(d);
}

static void put_stack(struct subject *s, struct doc *d)
{
	char buf[PROC_STACK_SIZE];
	struct str rest, function;
	int err = read_stack(s->live_fd, buf, sizeof(buf), &rest);

	if (err) {
		doc_missing(d, "kernel_stack", "kernel stack", err);
		return;
	}
	doc_list(d, "kernel_stack", "kernel stack");
	while (parse_stack_next(&rest, &function))
		doc_str(d, NULL, NULL, function);
	doc_end(d);
	doc_passing(d);
}

static void put_waits(struct subject *s, struct doc *d)
{
	char buf[PROC_WCHAN_SIZE];
	struct str function = { 0 };
	struct proc_syscall call;
	int call_err = read_syscall(s->live_fd, &call);
	int err = read_wchan(s->live_fd, buf, sizeof(buf), &function);

	/* Whoever may not know reads the same as of one that is awake. */
	if (!err && function.len == 0 && (call_err == -EPERM || call_err == -EACCES))
		err = call_err;
	doc_group(d, "waits", "main thread waits");
	if (!err && function.len == 0)
		doc_none(d, "wchan", "in");
	else
		put_str(d, "wchan", "in", err, function);
	doc_passing(d);
	put_syscall(&call, call_err, d);
	put_stack(s, d);
	doc_end(d);
}

void inspect_resources(struct subject *s, struct doc *d)
{
	limits_put(s, d);
	memory_use_put(s, d);
	put_io(s, d);
	put_scheduling(s, d);
	put_oom(s, d);
	put_waits(s, d);
}
