// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_limit.c - containers that are past their rate limit
 *
 * A container gets a meter when its workload was seen, so its start is always told. What
 * the kernel side then does not send leaves gaps that the process table must not close
 * with what it remembers: an exec shows by ptc_task.exec_id (notice_exec()), a fork as it
 * does when lost, by a process that is found later, a change of namespaces at the next
 * record. An exit shows by nothing that comes; so while a container is throttled, and once
 * after, its processes are looked for in /proc. One that is not there leaves the table as
 * if it had never been in it: when and how it ended, nobody knows.
 *
 * Exits are not sent in preference: of a storm of processes they are a third, and would
 * take the rate of the others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "pipeline_state.h"
#include "procfs/procfs.h"

#define TELL_NS	   NSEC_PER_SEC
#define SWEEP_NS   NSEC_PER_SEC
#define SWEEP_PART 20 /* of the time at most goes into looking for processes: 1/n */
#define SWEEPS	   2  /* after the last that was throttled: a process must be missed twice */
#define INIT_PID   1
#define METER_OVER UINT16_MAX /* in the place of a meter: the container ended */

struct limits {
	/* Whose each meter is; NULL: nobody's. None has PTC_METER_NONE. */
	const struct container_info *owner[PTC_METERS];
	uint16_t last;	   /* that was given out */
	uint32_t len;	   /* that are */
	uint64_t told_ns;  /* boot time when all were asked */
	uint64_t sweep_ns; /* boot time from which on processes may be looked for again */
	bool sweep;
};

int pipeline_limits_new(struct limits **ret_limits)
{
	*ret_limits = calloc(1, sizeof(**ret_limits));
	return *ret_limits ? 0 : -ENOMEM;
}

void pipeline_limits_free(struct limits *limits)
{
	free(limits);
}

bool pipeline_limit(struct pipeline *p, const struct container_info *container)
{
	struct containers_mark *mark = containers_mark(container);
	struct limits *l = p->limits;
	uint16_t meter;

	/* More containers than meters: the rate of the last ones has no limit. */
	if (!l || mark->meter != PTC_METER_NONE || l->len == PTC_METERS - 1)
		return false;
	/* The one that was free for longest: nobody counts on it any more. */
	meter = l->last;
	do
		meter = meter + 1 < PTC_METERS ? (uint16_t)(meter + 1) : PTC_METER_NONE + 1;
	while (l->owner[meter]);
	l->owner[meter] = container;
	l->last = meter;
	l->len++;
	mark->meter = meter;
	return true;
}

static void tell(struct pipeline *p, uint16_t meter)
{
	const struct container_info *container = p->limits->owner[meter];
	struct event_lost lost;
	struct event ev;

	if (!p->options.throttled(meter, &lost, p->options.arg))
		return;
	/* The clock is read after the meter, so that no end of what it tells of is later. */
	ev = pipeline_begin_container(EVENT_THROTTLED, container, clock_boot_ns());
	ev.lost = lost;
	ev.lost.from_wall_ns = pipeline_wall_ns(p, lost.from_ns);
	ev.lost.to_wall_ns = pipeline_wall_ns(p, lost.to_ns);
	containers_mark(container)->sweeps = SWEEPS;
	p->limits->sweep = true;
	pipeline_send(p, &ev);
}

void pipeline_limit_end(struct pipeline *p, const struct container_info *container)
{
	struct containers_mark *mark = containers_mark(container);

	if (!p->limits || mark->meter == METER_OVER)
		return;
	if (mark->meter != PTC_METER_NONE) {
		tell(p, mark->meter);
		p->limits->owner[mark->meter] = NULL;
		p->limits->len--;
	}
	/* Late records of it must not give it another one. */
	mark->meter = METER_OVER;
}

void pipeline_throttled(struct pipeline *p)
{
	for (uint16_t meter = 0; p->limits && meter < PTC_METERS; meter++)
		if (p->limits->owner[meter])
			tell(p, meter);
}

/* ---- processes whose end was not sent */

/*
 * Looks for one. Its exit may have been sent and wait in the ring, therefore it is only
 * forgotten the second time, when that was drained.
 */
static void look_for(struct pipeline *p, int proc_fd, struct cache_entry *e)
{
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;
	int r = procfs_open_stat(proc_fd, e->pid, e->start_ns, &stat, &fd);

	if (r == 0) {
		e->unseen = false;
		/* Others name it by what it is called now. */
		memset(e->comm, 0, sizeof(e->comm));
		memcpy(e->comm, stat.comm,
		       stat.comm_len < sizeof(e->comm) ? stat.comm_len : sizeof(e->comm) - 1);
	} else if (r == -ESRCH && e->unseen) {
		entered_exit(p->entered, e);
		cache_forget(p->cache, e);
	} else {
		e->unseen = r == -ESRCH;
	}
}

/* Is this the /proc of the processes we know, and not that of some pid namespace? */
static bool is_ours(struct pipeline *p, int proc_fd)
{
	const struct cache_entry *init = cache_find(p->cache, INIT_PID, 0);
	_cleanup_close_ int fd = -1;

	return init && procfs_open(proc_fd, INIT_PID, init->start_ns, &fd) == 0;
}

static void look_for_all(struct pipeline *p, int proc_fd)
{
	struct cache_entry *next;

	for (struct cache_entry *e = cache_first(p->cache); e; e = next) {
		const struct container_info *container;

		next = e->next;
		container = pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1);
		if (container && containers_mark(container)->sweeps)
			look_for(p, proc_fd, e);
	}
}

static void sweep(struct pipeline *p, uint64_t now_ns)
{
	_cleanup_close_ int proc_fd = -1;
	uint64_t cost_ns;

	if (procfs_open_root(p->options.enrich.proc_root, &proc_fd) == 0 && is_ours(p, proc_fd))
		look_for_all(p, proc_fd);
	p->limits->sweep = false;
	for (uint16_t meter = 0; meter < PTC_METERS; meter++) {
		struct containers_mark *mark =
			p->limits->owner[meter] ? containers_mark(p->limits->owner[meter]) : NULL;

		if (mark && mark->sweeps && --mark->sweeps)
			p->limits->sweep = true;
	}
	cost_ns = (clock_boot_ns() - now_ns) * SWEEP_PART;
	p->limits->sweep_ns = now_ns + (cost_ns > SWEEP_NS ? cost_ns : SWEEP_NS);
}

void pipeline_limit_tick(struct pipeline *p, uint64_t now_ns, bool drained)
{
	struct limits *l = p->limits;

	if (!l)
		return;
	if (now_ns - l->told_ns >= TELL_NS) {
		l->told_ns = now_ns;
		pipeline_throttled(p);
	}
	if (drained && l->sweep && now_ns >= l->sweep_ns)
		sweep(p, now_ns);
}

uint64_t pipeline_limit_next_ns(const struct pipeline *p)
{
	return p->limits && p->limits->len ? p->limits->told_ns + TELL_NS : UINT64_MAX;
}
