// SPDX-License-Identifier: Apache-2.0
/*
 * enrich.c - what the kernel side could not say, from /proc/<pid>
 */
#include "enrich/enrich.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "enrich/gather.h"
#include "enrich/pace.h"
#include "procfs/procfs.h"

struct enrich {
	int proc_fd;
	enum enrich_mode mode;
	bool labels;	  /* a security module of this host labels processes */
	uint32_t lacks;	  /* facts that this kernel does not have */
	struct pace pace; /* in AUTO mode */
	struct enrich_stats stats;
	char parent_comm[PROC_COMM_MAX];
	struct gather gather;
};

/* What every record carries. */
#define RECORD_FACTS                                                                               \
	(FACT_BIT(FACT_NAME) | FACT_BIT(FACT_TTY) | FACT_BIT(FACT_CREDS) | FACT_BIT(FACT_GROUPS) | \
	 FACT_BIT(FACT_LOGIN) | FACT_BIT(FACT_SECCOMP) | FACT_BIT(FACT_NS) | FACT_BIT(FACT_PIDS) | \
	 FACT_BIT(FACT_OOM_SCORE))

/* What the process table remembers of the last exec. */
#define TABLE_FACTS (FACT_BIT(FACT_EXE) | FACT_BIT(FACT_ARGS))

/* What is said of a program that starts, and can have changed by the next event. */
#define EXEC_FACTS (TABLE_FACTS | FACT_BIT(FACT_FILE) | FACT_BIT(FACT_CWD))

#define LSM_FACT  FACT_BIT(FACT_LSM)
#define ENV_FACT  FACT_BIT(FACT_ENV)
#define ALL_FACTS (RECORD_FACTS | EXEC_FACTS | LSM_FACT | ENV_FACT)

/* What a process that runs can be asked; an event is about what it was then. */
#define INVENTORY_FACTS (ALL_FACTS | FACT_BIT(FACT_CGROUP) | FACT_BIT(FACT_NOW))

/*
 * Which gaps are worth a look at /proc. The parent, the cgroup and the container
 * are never among them: a late look would find a reaper, or another place.
 */
static uint32_t wanted_auto(const struct event *event)
{
	switch (event->kind) {
	case EVENT_EXEC:
		/* After a failed exec /proc shows the caller, not what was attempted. */
		return RECORD_FACTS | LSM_FACT |
		       (event->error ? FACT_BIT(FACT_CWD) : EXEC_FACTS | ENV_FACT);
	case EVENT_PROCESS:
		return ALL_FACTS;
	case EVENT_FORK:
		/* By now it may run a program of its own, which the fork did not. */
		return RECORD_FACTS;
	case EVENT_EXIT:
		return RECORD_FACTS | TABLE_FACTS;
	case EVENT_SETNS:
	case EVENT_UNSHARE:
	case EVENT_CGROUP:
	case EVENT_CONTAINER_START:
	case EVENT_SIGNAL:
		return RECORD_FACTS | TABLE_FACTS | LSM_FACT;
	case EVENT_CONTAINER_STOP:
	case EVENT_LOST:
	case EVENT_THROTTLED:
	case EVENT_KINDS:
		break;
	}
	return 0;
}

static uint32_t wanted_full(const struct event *event)
{
	switch (event->kind) {
	case EVENT_CONTAINER_STOP:
	case EVENT_LOST:
	case EVENT_THROTTLED:
	case EVENT_KINDS:
		return 0;
	case EVENT_EXEC:
		if (event->error)
			return ALL_FACTS & ~(GATHER_PROGRAM_FACTS & ~FACT_BIT(FACT_CWD));
		break;
	default:
		break;
	}
	return ALL_FACTS;
}

/* Those of the facts that are missing and that this process and this host can have. */
static uint32_t gaps(const struct enrich *e, const struct event_process *p, uint32_t wanted)
{
	uint32_t have = p->has;

	if (p->groups_len < p->groups_total)
		have &= ~FACT_BIT(FACT_GROUPS);
	if (p->kernel_thread)
		wanted &= ~GATHER_PROGRAM_FACTS;
	if (e->gather.env_globs_len == 0)
		wanted &= ~ENV_FACT;
	return wanted & ~have & ~e->lacks;
}

static void miss(struct enrich *e, struct event_process *p, uint32_t facts, enum missing why)
{
	gather_miss(p, facts, why);
	e->stats.gone += why == MISSING_GONE;
	e->stats.denied += why == MISSING_DENIED;
}

/* What belongs to the thread that acted is read from its own directory. */
static void read_thread(struct enrich *e, int pid_fd, const struct proc_stat *stat, uint32_t want,
			struct event_process *p)
{
	_cleanup_close_ int fd = -1;
	int err = procfs_open_thread(pid_fd, p->tid, &fd);

	if (err)
		gather_miss(p, want, gather_reason(err));
	else
		gather_facts(&e->gather, fd, stat, want, p);
}

static void read_opened(struct enrich *e, int pid_fd, const struct proc_stat *stat, uint32_t want,
			struct event_process *p)
{
	_cleanup_close_ int live_fd = -1;
	bool leader_ended = proc_stat_is_zombie(stat) && stat->threads > 1;

	e->stats.opened++;
	if (p->tid && p->tid != p->pid && want & GATHER_THREAD_FACTS) {
		read_thread(e, pid_fd, stat, want & GATHER_THREAD_FACTS, p);
		want &= ~GATHER_THREAD_FACTS;
	}
	/* If no thread can be opened they have all ended, and the zombie is asked. */
	if (leader_ended && procfs_open_live_thread(pid_fd, &live_fd) == 0)
		pid_fd = live_fd;
	gather_facts(&e->gather, pid_fd, stat, want, p);
}

/* An inventory was asked for, and is one look for each process. */
static bool is_paced(const struct enrich *e, const struct event *event)
{
	return e->mode != ENRICH_FULL && event->kind != EVENT_PROCESS;
}

static bool is_affordable(struct enrich *e, const struct event *event, bool busy)
{
	return is_paced(e, event) ? pace_allows(&e->pace, clock_boot_ns(), busy) : !busy;
}

/* Why /proc must not be asked about this event, or MISSING_NONE. */
static enum missing reason_not_to_read(struct enrich *e, const struct event *event, bool busy)
{
	if (event->kind == EVENT_EXIT)
		return MISSING_GONE;
	/* Without a start time nothing proves that it is the same process. */
	if (e->mode == ENRICH_OFF || (event->proc.start_ns == 0 && event->kind != EVENT_PROCESS))
		return MISSING_SKIPPED;
	if (is_affordable(e, event, busy))
		return MISSING_NONE;
	e->stats.skipped++;
	return MISSING_SKIPPED;
}

static void look(struct enrich *e, uint32_t want, struct event_process *p)
{
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;
	int err = procfs_open_stat(e->proc_fd, p->pid, p->start_ns, &stat, &fd);

	if (err)
		miss(e, p, want, gather_reason(err));
	else
		read_opened(e, fd, &stat, want, p);
}

void enrich_event(struct enrich *e, struct event *event, bool busy)
{
	struct event_process *p = &event->proc;
	uint64_t cpu_ns;
	enum missing why;
	uint32_t want;

	if (!event->about_process || p->pid == 0)
		return;
	want = e->mode == ENRICH_FULL ? wanted_full(event) : wanted_auto(event);
	if (e->mode != ENRICH_FULL && !e->labels)
		want &= ~LSM_FACT;
	want = gaps(e, p, want);
	if (!want)
		return;
	why = reason_not_to_read(e, event, busy);
	if (why) {
		miss(e, p, want, why);
		return;
	}
	cpu_ns = is_paced(e, event) ? clock_thread_ns() : 0;
	look(e, want, p);
	if (is_paced(e, event))
		pace_spend(&e->pace, clock_thread_ns() - cpu_ns);
}

/*
 * The parent as it is now, which may be a reaper. Its name and start time are
 * left out if it has ended since, or is younger than its child: then the number
 * belongs to another process by now.
 */
static void take_parent(struct enrich *e, const struct proc_stat *child, bool whole,
			struct event_process *p)
{
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;

	if (child->ppid == 0)
		return; /* the first process, kthreadd, or one whose parent is outside our view */
	p->parent = (struct event_ref){ .pid = child->ppid };
	p->parent_at_fork = false;
	event_set(p, FACT_PARENT, SOURCE_PROCFS);
	if (!whole || procfs_open_stat(e->proc_fd, child->ppid, 0, &stat, &fd) ||
	    stat.start_ticks > child->start_ticks)
		return;
	memcpy(e->parent_comm, stat.comm, stat.comm_len);
	p->parent.start_ns = stat.start_ticks * clock_tick_ns();
	p->parent.name = str_from(e->parent_comm, stat.comm_len);
}

int enrich_process(struct enrich *e, uint32_t pid, uint32_t facts, struct event_process *proc)
{
	uint32_t want = gaps(e, proc, facts & INVENTORY_FACTS);
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;
	int err = procfs_open_stat(e->proc_fd, pid, proc->start_ns, &stat, &fd);

	e->gather.cgroup_lines = str_from(NULL, 0);
	if (err) {
		miss(e, proc, want, gather_reason(err));
		return err;
	}
	proc->pid = pid;
	if (proc->tid == 0)
		proc->tid = pid;
	if (proc->start_ns == 0)
		proc->start_ns = stat.start_ticks * clock_tick_ns();
	if (proc->threads == 0)
		proc->threads = stat.threads;
	e->gather.brief = facts & ENRICH_BRIEF;
	read_opened(e, fd, &stat, want, proc);
	e->gather.brief = false;
	if (!event_has(proc, FACT_PARENT))
		take_parent(e, &stat, facts & FACT_BIT(FACT_PARENT), proc);
	return 0;
}

/*
 * What every process of this kernel lacks is learned from our own directory, so
 * that it is not looked for, in vain, with each event. A copied /proc has none.
 */
static void probe_self(struct enrich *e)
{
	_cleanup_close_ int fd = openat(e->proc_fd, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct gather *g = &e->gather;
	struct proc_status status;
	struct str label;
	uint32_t uid;
	int err;

	if (fd < 0)
		return;
	err = read_label(fd, g->label, sizeof(g->label), &label);
	e->labels = err == 0;
	if (err == -ENOENT)
		e->lacks |= LSM_FACT;
	if (read_loginuid(fd, &uid) == -ENOENT)
		e->lacks |= FACT_BIT(FACT_LOGIN);
	if (read_status(fd, g->status, sizeof(g->status), &status) == 0 &&
	    !proc_status_has(&status, STATUS_SECCOMP))
		e->lacks |= FACT_BIT(FACT_SECCOMP);
}

struct str enrich_cgroup_lines(const struct enrich *e)
{
	return e->gather.cgroup_lines;
}

int enrich_new(const struct enrich_options *options, struct enrich **ret_enrich)
{
	struct enrich *e = calloc(1, sizeof(*e));
	struct gather *g;
	int err;

	if (!e)
		return -ENOMEM;
	err = procfs_open_root(options->proc_root, &e->proc_fd);
	if (err) {
		free(e);
		return err;
	}
	g = &e->gather;
	g->env_globs = options->env_globs;
	g->env_globs_len = options->env_globs_len;
	g->memfd_known = probe_memfd_device(&g->memfd_major, &g->memfd_minor) == 0;
	g->is_live = procfs_is_mounted(e->proc_fd);
	e->mode = options->mode;
	pace_init(&e->pace, clock_boot_ns());
	probe_self(e);
	*ret_enrich = e;
	return 0;
}

void enrich_free(struct enrich *e)
{
	if (!e)
		return;
	close(e->proc_fd);
	free(e);
}

void enrich_stats(const struct enrich *e, struct enrich_stats *ret_stats)
{
	*ret_stats = e->stats;
}
