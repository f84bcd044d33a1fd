// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_seed.c - the processes and containers that were there before
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cache/runtimes.h"
#include "pipeline_state.h"
#include "procfs/procfs.h"

void pipeline_seed(struct pipeline *p, const struct ptc_seed *seed)
{
	const struct ptc_task *task = &seed->task;
	struct cache_entry *e;

	if (record_check_task(task) < 0) {
		p->stats.malformed++;
		return;
	}
	e = pipeline_entry(p, task);
	if (!e)
		return;
	pipeline_remember_task(e, task);
	e->seeded_ns = seed->hdr.time_ns;
	/* What it had before is in maxrss as well: only growth from here on is told. */
	e->baseline = (struct exit_baseline){ .known = true, .maxrss_pages = task->maxrss_pages };
	if (task->flags & PTC_TASK_KTHREAD)
		ns_owner_set_host(p->ns_owner, task->ns);
}

/* The kernel's list leaves the program out; the rest is dear for 10,000 processes. */
#define LISTED_FACTS   ENRICH_PROGRAM
#define UNLISTED_FACTS (ENRICH_PROGRAM | 1u << FACT_NS | 1u << FACT_PIDS | 1u << FACT_CGROUP)

static void remember_process(struct pipeline *p, struct cache_entry *e,
			     const struct event_process *proc, bool made_up)
{
	uint64_t cgroups[2];

	e->start_exact = false;
	e->kernel_thread = proc->kernel_thread;
	if (event_has(proc, FACT_PARENT))
		cache_set_parent(p->cache, e, proc->parent.pid, 0, false);
	if (event_has(proc, FACT_NS))
		pipeline_remember_ns(e, proc->ns);
	if (event_has(proc, FACT_NS) && proc->kernel_thread)
		ns_owner_set_host(p->ns_owner, proc->ns);
	if (event_has(proc, FACT_PIDS) && proc->vpid_len) {
		e->pid_level = proc->vpid_len;
		e->vpid = proc->vpid[proc->vpid_len - 1];
	}
	memcpy(e->comm, proc->name.p,
	       proc->name.len < sizeof(e->comm) ? proc->name.len : sizeof(e->comm) - 1);
	e->cgroup_late = true;
	containers_ids_of(p->containers, enrich_cgroup_lines(p->enrich), made_up, cgroups);
	e->cgroup_v2 = cgroups[0];
	e->cgroup_v1 = cgroups[1];
}

struct cache_entry *pipeline_seed_process(struct pipeline *p, struct event_process *proc,
					  bool made_up)
{
	bool is_new = false;
	struct cache_entry *e = cache_get(p->cache, proc->pid, proc->start_ns, &is_new);

	if (!e)
		return NULL;
	if (is_new)
		remember_process(p, e, proc, made_up);
	cache_set_image(p->cache, e, proc);
	return e;
}

/* What /proc says of a process that the kernel's list left out, or all of it without one. */
static void seed_facts(struct pipeline *p, uint32_t pid)
{
	struct event_process proc = { .pid = pid };
	const struct cache_entry *e = cache_find(p->cache, pid, 0);

	if (e)
		proc.start_ns = e->start_ns;
	/* It may have ended by now, or be none of ours to read: then nothing is known. */
	if (enrich_process(p->enrich, pid, e ? LISTED_FACTS : UNLISTED_FACTS, &proc) == 0)
		pipeline_seed_process(p, &proc, false);
}

static int seed_pid(uint32_t pid, void *arg)
{
	seed_facts(arg, pid);
	return 0;
}

/* Parents were set in no order, so their names and start times may not have been there. */
static void complete_parents(struct pipeline *p)
{
	for (struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		if (e->parent_pid && !e->parent_at_fork)
			cache_set_parent(p->cache, e, e->parent_pid, e->parent_start_ns, false);
}

/* Descendants of a pid that is asked for: told until nobody new is found. */
static void track_running(struct pipeline *p)
{
	bool found;

	do {
		found = false;
		for (const struct cache_entry *e = cache_first(p->cache); e; e = e->next) {
			struct event_ref self = { .pid = e->pid, .start_ns = e->start_ns };
			struct event_ref parent = { .pid = e->parent_pid,
						    .start_ns = e->parent_start_ns };

			found |= filter_track_running(p->options.filter, &self, &parent);
		}
	} while (found);
}

/* The first process of a container, as far as that can be seen: its init, else the oldest. */
struct first {
	const struct cache_entry *entry; /* NULL: none */
	bool init;
};

struct firsts {
	struct pipeline *p;
	struct first *by_serial;
	size_t len;
};

static const struct cache_entry *parent_of(struct pipeline *p, const struct cache_entry *e)
{
	return e->parent_pid ? cache_find(p->cache, e->parent_pid, e->parent_start_ns) : NULL;
}

static bool is_in(struct pipeline *p, const struct cache_entry *e,
		  const struct container_info *container)
{
	return pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1) == container;
}

/* Number 1 of a pid namespace that nobody in the container made. */
static bool is_init(struct pipeline *p, const struct cache_entry *e,
		    const struct container_info *container)
{
	const struct cache_entry *parent = parent_of(p, e);

	return e->vpid == 1 && e->pid_level > 1 && !(parent && is_in(p, parent, container));
}

static void note_first(struct firsts *f, const struct cache_entry *e)
{
	const struct container_info *c = pipeline_container_of(f->p, e->cgroup_v2, e->cgroup_v1);
	struct first *first;
	bool init;

	if (!c || e->kernel_thread)
		return;
	if (c->serial >= f->len) {
		struct first *grown = reallocarray(f->by_serial, c->serial + 1, sizeof(*grown));

		if (!grown)
			return; /* who started it is not told */
		memset(grown + f->len, 0, (c->serial + 1 - f->len) * sizeof(*grown));
		f->by_serial = grown;
		f->len = c->serial + 1;
	}
	first = &f->by_serial[c->serial];
	init = is_init(f->p, e, c);
	if (first->entry &&
	    (first->init > init || (first->init == init && first->entry->start_ns <= e->start_ns)))
		return;
	*first = (struct first){ .entry = e, .init = init };
}

static void note_firsts(struct firsts *f)
{
	for (const struct cache_entry *e = cache_first(f->p->cache); e; e = e->next)
		note_first(f, e);
}

static const struct cache_entry *first_of(const struct firsts *f,
					  const struct container_info *container)
{
	return container->serial < f->len ? f->by_serial[container->serial].entry : NULL;
}

/* What is known of a process without asking anybody. */
static struct event begin_known(struct pipeline *p, struct cache_entry *e)
{
	struct event ev = { .kind = EVENT_PROCESS };

	ev.proc.pid = e->pid;
	ev.proc.start_ns = e->start_ns;
	ev.proc.kernel_thread = e->kernel_thread;
	ev.proc.name = str_of_array(e->comm, sizeof(e->comm));
	cache_fill(e, &ev.proc);
	pipeline_set_container(p, &ev, e);
	return ev;
}

struct aged {
	struct cache_entry *entry;
};

static int compare_starts(const void *a, const void *b)
{
	const struct cache_entry *x = ((const struct aged *)a)->entry;
	const struct cache_entry *y = ((const struct aged *)b)->entry;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Of those that live. NULL: none, or no memory. The caller's to free. */
static struct aged *by_age(struct pipeline *p, size_t *ret_len)
{
	struct aged *all;
	size_t len = 0;

	for (struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		len++;
	all = len ? calloc(len, sizeof(*all)) : NULL;
	if (!all)
		return NULL;
	*ret_len = 0;
	for (struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		all[(*ret_len)++].entry = e;
	qsort(all, len, sizeof(*all), compare_starts);
	return all;
}

/* The containers and groups there are already have their workload, and their namespaces. */
static void seed_container(struct firsts *f, struct cache_entry *e)
{
	struct pipeline *p = f->p;
	struct event ev = begin_known(p, e);
	const struct container_info *container = ev.proc.container;
	const struct cache_entry *parent = parent_of(p, e);
	const struct event_ref nobody = { 0 };

	entered_found(p->entered, e, parent,
		      parent && parent->cgroup_v2 == e->cgroup_v2 &&
			      parent->cgroup_v1 == e->cgroup_v1);
	if (container) {
		if (first_of(f, container) == e && !runtimes_has(&ev.proc))
			entered_first(p->entered, e, container);
		entered_update(p->entered, e, container, &ev.proc, &nobody);
		/* Not a start: it ran. One that began since has its records in the ring. */
		if (e->start_ns < p->options.attached_ns)
			containers_ran_already(p->containers, container);
	}
	if (e->has_ns) {
		memcpy(ev.proc.ns, e->ns, sizeof(e->ns));
		event_set(&ev.proc, FACT_NS, SOURCE_KERNEL);
		pipeline_set_namespaces(p, &ev, e);
	}
	if (e->start_ns < p->options.attached_ns)
		pipeline_gate(p, container, e->entered != ENTERED_SETUP);
}

/* Parents before their children, for these are what their parents are. */
static void seed_containers(struct pipeline *p)
{
	struct firsts f = { .p = p };
	size_t len;
	struct aged *all = by_age(p, &len);

	if (!all)
		return; /* nobody is labelled, and nobody's namespaces are known */
	note_firsts(&f);
	for (size_t i = 0; i < len; i++) {
		struct event ev = begin_known(p, all[i].entry);

		if (ev.proc.container && first_of(&f, ev.proc.container) == all[i].entry &&
		    !runtimes_has(&ev.proc))
			entered_first(p->entered, all[i].entry, ev.proc.container);
	}
	for (size_t i = 0; i < len; i++)
		seed_container(&f, all[i].entry);
	free(all);
	free(f.by_serial);
}

void pipeline_seeded(struct pipeline *p)
{
	complete_parents(p);
	track_running(p);
	seed_containers(p);
}

void pipeline_seed_procfs(struct pipeline *p)
{
	_cleanup_close_ int proc_fd = -1;

	if (procfs_open_root(p->options.enrich.proc_root, &proc_fd) == 0)
		procfs_each_pid(proc_fd, seed_pid, p);
	pipeline_seeded(p);
}

/*
 * The parent that a process has now started it only if it is a runtime's: without its
 * watcher a container belongs to whoever reaps orphans.
 */
static bool has_runtime_parent(struct pipeline *p, const struct cache_entry *e)
{
	const struct cache_entry *parent = parent_of(p, e);
	struct event_process proc = { 0 };

	if (!parent)
		return false;
	proc.name = str_of_array(parent->comm, sizeof(parent->comm));
	cache_fill(parent, &proc);
	return runtimes_has(&proc);
}

static void send_existing_container(const struct container_info *container, void *arg)
{
	const struct firsts *f = arg;
	const struct cache_entry *first = first_of(f, container);
	struct event ev =
		pipeline_begin_container(EVENT_CONTAINER_START, container, clock_boot_ns());

	ev.ran_already = true;
	containers_announce(f->p->containers, container);
	if (first && has_runtime_parent(f->p, first))
		ev.starter = cache_parent(first);
	pipeline_send(f->p, &ev);
}

static void send_existing_containers(struct pipeline *p)
{
	struct firsts f = { .p = p };

	note_firsts(&f);
	containers_each(p->containers, true, send_existing_container, &f);
	free(f.by_serial);
}

/* Who lives: entries go, and others come, while they are told of in parts. */
static void note_existing(struct pipeline *p)
{
	size_t len = 0;

	for (struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		len++;
	p->existing = len ? calloc(len, sizeof(*p->existing)) : NULL;
	if (!p->existing) {
		p->stats.no_memory += len;
		return;
	}
	/* The last is told of first. */
	p->existing_len = len;
	for (struct cache_entry *e = cache_first(p->cache); e; e = e->next)
		p->existing[--len] = (struct event_ref){ .pid = e->pid, .start_ns = e->start_ns };
}

static void send_existing_process(struct pipeline *p, struct cache_entry *e)
{
	struct event ev = { .kind = EVENT_PROCESS, .time_ns = clock_boot_ns() };

	ev.proc.pid = e->pid;
	ev.proc.tid = e->pid;
	ev.proc.start_ns = e->start_ns;
	if (enrich_process(p->enrich, e->pid, ENRICH_ALL, &ev.proc) < 0)
		return; /* it ended since; its exit is in the ring, or was told */
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}

void pipeline_existing(struct pipeline *p)
{
	send_existing_containers(p);
	note_existing(p);
}

bool pipeline_existing_some(struct pipeline *p, size_t max)
{
	for (; p->existing_len && max; max--) {
		const struct event_ref *who = &p->existing[--p->existing_len];
		struct cache_entry *e = cache_find(p->cache, who->pid, who->start_ns);

		if (e)
			send_existing_process(p, e);
	}
	if (p->existing_len)
		return true;
	free(p->existing);
	p->existing = NULL;
	return false;
}
