// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_inventory.c - what runs now, from /proc alone
 *
 * Each process is read once, and goes into the process table as if the kernel's list had
 * named it. When all are there it shows who is in which container and how it came there;
 * then the filters decide.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "event/keep.h"
#include "pipeline_state.h"
#include "procfs/procfs.h"

#define FACT(name) (1u << FACT_##name)

/* Without these nobody knows where a process is, and what it is there for. */
#define PLACE_FACTS (ENRICH_PROGRAM | FACT(NS) | FACT(PIDS) | FACT(CGROUP) | FACT(NOW))

struct reading {
	struct pipeline *p;
	struct inventory *inventory;
	uint32_t facts;
	size_t cap;
	int error;
};

/*
 * Something went while it was read: all of it, or its program for another one. A zombie
 * has nothing to lose.
 */
static bool is_half(const struct event_process *proc)
{
	if (event_has(proc, FACT_NOW) && proc->now.state == 'Z')
		return false;
	for (int fact = 0; fact < FACT_COUNT; fact++)
		if (proc->missing[fact] == MISSING_GONE)
			return true;
	return false;
}

/* Returns 0, or the negative errno for which the process is none to be listed. */
static int read_process(struct reading *r, uint32_t pid, struct event_process *proc)
{
	int err;

	for (int tries = 0; tries < 2; tries++) {
		*proc = (struct event_process){ .pid = pid };
		err = enrich_process(r->p->enrich, pid, r->facts, proc);
		/* Not to be looked at, but there. */
		if (err == -EACCES || err == -EPERM)
			return 0;
		if (err < 0 || !is_half(proc))
			return err;
	}
	/* Its memory is gone for good: it is ending. Else it was an exec in the midst each time. */
	if (event_has(proc, FACT_NOW) && !proc->now.resident_bytes)
		return -ESRCH;
	return enrich_process(r->p->enrich, pid, 0, proc);
}

static struct inventory_process *add(struct reading *r)
{
	struct inventory *inventory = r->inventory;

	if (inventory->len == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 256;
		struct inventory_process *grown =
			reallocarray(inventory->processes, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		inventory->processes = grown;
		r->cap = cap;
	}
	return &inventory->processes[inventory->len];
}

static int read_pid(uint32_t pid, void *arg)
{
	struct reading *r = arg;
	struct inventory_process *kept = add(r);
	struct event_process proc;
	int err;

	if (!kept)
		return -ENOMEM;
	err = read_process(r, pid, &proc);
	if (err == -ENOMEM)
		return err;
	if (err < 0 && err != -ESRCH) {
		r->inventory->unread++;
		r->inventory->unread_error = err;
	}
	if (err < 0)
		return 0;
	if (proc.start_ns && !pipeline_seed_process(r->p, &proc, true))
		return -ENOMEM;
	*kept = (struct inventory_process){ 0 };
	if (event_keep_process(&r->inventory->arena, &proc, &kept->proc) < 0)
		return -ENOMEM;
	r->inventory->len++;
	return 0;
}

void inventory_event(const struct inventory *inventory, const struct inventory_process *process,
		     struct event *ret_event)
{
	event_begin(ret_event, EVENT_PROCESS, inventory->time_ns);
	ret_event->about_process = true;
	ret_event->host = inventory->host;
	ret_event->wall_ns = inventory->wall_ns;
	ret_event->proc = process->proc;
	if (process->proc.start_ns)
		ret_event->start_wall_ns =
			inventory->wall_ns - (int64_t)(inventory->time_ns - process->proc.start_ns);
	ret_event->entered = process->entered;
	ret_event->entered_by = process->entered_by;
	ret_event->visited = process->visited;
}

/* What was handed out with the event, as long as the inventory is there. */
static int keep_place(struct inventory *inventory, const struct event *ev,
		      struct inventory_process *process)
{
	struct event_isolated *group = NULL;

	if (ev->proc.isolated) {
		group = arena_alloc(&inventory->arena, sizeof(*group));
		if (!group)
			return -ENOMEM;
		*group = *ev->proc.isolated;
		if (!arena_str(&inventory->arena, &group->name))
			return -ENOMEM;
		group->maker.name = group->name;
	}
	process->proc = ev->proc;
	process->proc.isolated = group;
	process->entered = ev->entered;
	process->entered_by = ev->entered_by;
	process->visited = ev->visited;
	if (!arena_str(&inventory->arena, &process->proc.cgroup.path) ||
	    !arena_str(&inventory->arena, &process->proc.creds.user_name) ||
	    !arena_str(&inventory->arena, &process->proc.parent.name) ||
	    !arena_str(&inventory->arena, &process->entered_by.name))
		return -ENOMEM;
	return 0;
}

/* Those that the filters let pass, from the front on. */
static int place_all(struct pipeline *p, struct inventory *inventory)
{
	size_t len = 0;

	for (size_t i = 0; i < inventory->len; i++) {
		struct inventory_process *process = &inventory->processes[i];
		struct cache_entry *e = cache_find(p->cache, process->proc.pid, 0);
		struct event ev;

		inventory_event(inventory, process, &ev);
		if (e)
			ev.proc.has &= ~FACT(PARENT); /* the table has it whole by now */
		pipeline_place(p, &ev, e);
		filter_track(p->options.filter, &ev);
		if (!filter_match(p->options.filter, &ev))
			continue;
		if (keep_place(inventory, &ev, &inventory->processes[len]) < 0)
			return -ENOMEM;
		len++;
	}
	inventory->len = len;
	return 0;
}

int pipeline_inventory(struct pipeline *p, uint32_t facts, struct inventory *ret_inventory)
{
	/* The parent is read as a process itself. */
	struct reading r = { .p = p,
			     .inventory = ret_inventory,
			     .facts = (facts | PLACE_FACTS) & ~FACT(PARENT) };
	_cleanup_close_ int proc_fd = -1;
	int err;

	*ret_inventory = (struct inventory){ .host = &p->host.host };
	err = procfs_open_root(p->options.enrich.proc_root, &proc_fd);
	if (err == 0)
		err = procfs_each_pid(proc_fd, read_pid, &r);
	if (err == 0) {
		pipeline_seeded(p);
		ret_inventory->time_ns = clock_boot_ns();
		ret_inventory->wall_ns = pipeline_wall_ns(p, ret_inventory->time_ns);
		err = place_all(p, ret_inventory);
	}
	if (err < 0)
		inventory_done(ret_inventory);
	return err;
}

void inventory_done(struct inventory *inventory)
{
	free(inventory->processes);
	arena_done(&inventory->arena);
	*inventory = (struct inventory){ 0 };
}
