// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline.c - the way of an event, from a record to whoever shows it
 *
 *   pipeline_record()       decodes, counts
 *     pipeline_take()       by its type: what the process table makes of it
 *       pipeline_finish()   container, namespaces, user name, what only /proc knows
 *       pipeline_send()     filters, redacts, hands out
 */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cache/runtimes.h"
#include "pipeline_state.h"

/* How often the wall clock is followed as it drifts, and from where on it was set. */
#define CLOCK_NS NSEC_PER_SEC
#define SET_NS	 (NSEC_PER_SEC / 10)
#define TICK_NS	 (NSEC_PER_SEC / 4)

void pipeline_record(struct pipeline *p, const void *data, size_t size, bool busy)
{
	struct record r;

	if (record_decode(data, size, &r) < 0) {
		p->stats.malformed++;
		return;
	}
	p->stats.records[r.hdr->type]++;
	p->busy = busy;
	pipeline_take(p, &r);
}

void pipeline_lost(struct pipeline *p, struct event_lost *lost)
{
	struct event ev = { .kind = EVENT_LOST, .time_ns = clock_boot_ns(), .lost = *lost };

	ev.lost.from_wall_ns = pipeline_wall_ns(p, lost->from_ns);
	ev.lost.to_wall_ns = pipeline_wall_ns(p, lost->to_ns);
	pipeline_send(p, &ev);
}

/* The event that a record begins: what it says of the task. */
void pipeline_begin(struct event *ev, enum event_kind kind, const struct record *r)
{
	event_begin(ev, kind, r->hdr->time_ns);
	event_from_task(&ev->proc, r->task);
}

const struct container_info *pipeline_container_of(struct pipeline *p, uint64_t v2, uint64_t v1)
{
	struct containers_answer answer;

	containers_find(p->containers, v2, v1, 0, 0, &answer);
	return answer.container;
}

void pipeline_set_container(struct pipeline *p, struct event *ev, struct cache_entry *e)
{
	struct event_process *proc = &ev->proc;
	enum source source = e->cgroup_late ? SOURCE_PROCFS : SOURCE_KERNEL;
	struct containers_answer answer;

	if (!e->cgroup_v2 && !e->cgroup_v1) {
		/* Not even /proc could say: its next record tells. */
		event_miss(proc, FACT_CONTAINER, MISSING_SKIPPED);
		return;
	}
	containers_find(p->containers, e->cgroup_v2, e->cgroup_v1, proc->pid, proc->start_ns,
			&answer);
	proc->cgroup = answer.cgroup;
	event_set(proc, FACT_CGROUP, source);
	if (!answer.known) {
		event_miss(proc, FACT_CONTAINER, MISSING_GONE);
		return;
	}
	if (answer.missing) {
		event_miss(proc, FACT_CONTAINER, answer.missing);
		return;
	}
	proc->container = answer.container;
	event_set(proc, FACT_CONTAINER, answer.confirmed_by_runtime ? SOURCE_RUNTIME : source);
}

/* Whose namespaces a visitor is in: the first that is a container's, most telling first. */
static const struct container_info *find_visited(struct pipeline *p,
						 const struct event_process *proc)
{
	/* Not user: all that a user runs without root, and the runtime itself, may share it. */
	static const enum ptc_ns order[] = { PTC_NS_PID, PTC_NS_MNT,	PTC_NS_NET, PTC_NS_UTS,
					     PTC_NS_IPC, PTC_NS_CGROUP, PTC_NS_TIME };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const struct ns_owned *owned = ns_owner_find(p->ns_owner, proc->ns[order[i]]);
		const struct ns_share *share = owned ? &owned->share[0] : NULL;
		const struct container_info *c;

		if (!share || !share->serial)
			continue;
		c = pipeline_container_of(p, share->cgroup_v2, share->cgroup_v1);
		if (c && c->serial == share->serial && c != proc->container)
			return c;
	}
	return NULL;
}

void pipeline_set_namespaces(struct pipeline *p, struct event *ev, const struct cache_entry *e)
{
	struct event_process *proc = &ev->proc;
	struct ns_share who = { 0 };
	uint32_t learnt;

	if (!event_has(proc, FACT_NS))
		return;
	proc->ns_isolated = ns_owner_isolated(p->ns_owner, proc->ns);
	if (proc->container)
		proc->host_namespaces = proc->ns_isolated == 0 && e->entered != ENTERED_SETUP;
	if (e->entered == ENTERED_NSENTER)
		ev->visited = find_visited(p, proc);
	/* Set-up steps and visitors may still be, or always stay, in others' namespaces. */
	if (e->entered != ENTERED_NONE || !proc->ns_isolated)
		return;
	if (proc->container) {
		who = (struct ns_share){ .serial = proc->container->serial,
					 .cgroup_v2 = e->cgroup_v2,
					 .cgroup_v1 = e->cgroup_v1 };
	} else {
		if (!event_has(proc, FACT_CONTAINER) || proc->kernel_thread)
			return;
		proc->isolated = pipeline_find_group(p, e, proc);
		if (!proc->isolated)
			return;
		who.group_ns = proc->isolated->ns;
	}
	learnt =
		ns_owner_learn(p->ns_owner, proc->ns, proc->ns_isolated, &who, e->pid, e->start_ns);
	for (int i = 0; i < PTC_NS_COUNT; i++)
		if (proc->container && learnt & 1u << i)
			isolated_forget(p->isolated, proc->ns[i]);
}

void pipeline_place(struct pipeline *p, struct event *ev, struct cache_entry *e)
{
	struct event_process *proc = &ev->proc;

	ev->about_process = true;
	if (e) {
		proc->start_ns = e->start_ns;
		cache_fill(e, proc);
		pipeline_set_container(p, ev, e);
		if (event_has(proc, FACT_CONTAINER))
			entered_update(p->entered, e, proc->container, proc, &ev->entered_by);
		ev->entered = (enum entered)e->entered;
		/* What they do from the host is set-up as well. */
		if (ev->entered == ENTERED_NONE && !proc->container && runtimes_has(proc))
			ev->entered = ENTERED_SETUP;
		ev->entered_by = entered_by(e);
		pipeline_set_namespaces(p, ev, e);
	}
	if (event_has(proc, FACT_CREDS))
		proc->creds.user_name = users_name(p->users, proc->creds.euid);
}

void pipeline_finish(struct pipeline *p, struct event *ev, struct cache_entry *e)
{
	const struct event_process *proc = &ev->proc;

	pipeline_place(p, ev, e);
	pipeline_name_owners(p, ev);
	enrich_event(p->enrich, ev, p->busy);
	if (proc->container && containers_tell_start(p->containers, proc->container)) {
		struct event start = pipeline_begin_container(EVENT_CONTAINER_START,
							      proc->container, ev->time_ns);

		if (e)
			start.starter = cache_parent(e);
		pipeline_send(p, &start);
	}
	pipeline_gate(p, proc->container, e && e->entered != ENTERED_SETUP);
}

void pipeline_send(struct pipeline *p, struct event *ev)
{
	struct filter *filter = p->options.filter;
	bool shown;

	ev->host = &p->host.host;
	ev->wall_ns = pipeline_wall_ns(p, ev->time_ns);
	if (ev->about_process && ev->proc.start_ns)
		ev->start_wall_ns = pipeline_wall_ns(p, ev->proc.start_ns);
	filter_track(filter, ev);
	if (!filter_match(filter, ev))
		return;
	shown = filter_shows_matched(filter, ev);
	ev->sequence = ++p->sequence;
	p->stats.events[ev->kind]++;
	redact_event(p->options.redact, ev);
	p->options.take(ev, shown, p->options.arg);
}

struct event pipeline_begin_container(enum event_kind kind, const struct container_info *container,
				      uint64_t time_ns)
{
	return (struct event){ .kind = kind, .time_ns = time_ns, .container = container };
}

void pipeline_end_container(struct pipeline *p, const struct container_info *container,
			    uint64_t time_ns, bool late)
{
	struct event stop = pipeline_begin_container(EVENT_CONTAINER_STOP, container, time_ns);

	pipeline_gate_end(p, container);
	pipeline_limit_end(p, container);
	stop.late = late;
	pipeline_send(p, &stop);
	entered_forget(p->entered, container);
	ns_owner_forget_container(p->ns_owner, container->serial);
}

/* Those whose removal no record told. */
static void end_containers(struct pipeline *p, uint64_t now)
{
	const struct container_info *ended;

	while ((ended = containers_take_ended(p->containers)))
		pipeline_end_container(p, ended, now, true);
}

void pipeline_look_at_clock(struct pipeline *p)
{
	uint64_t now = clock_boot_ns();
	int64_t offset = clock_wall_offset_ns(), moved = offset - p->wall_offset_ns;

	if (now - p->wall_looked_ns > CLOCK_NS || moved > (int64_t)SET_NS ||
	    moved < -(int64_t)SET_NS) {
		p->wall_offset_ns = offset;
		p->wall_looked_ns = now;
	}
}

void pipeline_tick(struct pipeline *p, bool drained)
{
	uint64_t now = clock_boot_ns();

	pipeline_update_containers(p, now);
	if (drained && now - p->ticked_ns > TICK_NS) {
		cache_expire(p->cache, now);
		containers_expire(p->containers, now);
		end_containers(p, now);
		pipeline_gate_sweep(p);
		p->ticked_ns = now;
	}
	pipeline_limit_tick(p, now, drained);
}

int pipeline_new(const struct pipeline_options *options, struct pipeline **ret_pipeline)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->options = *options;
	r = cache_new(0, 0, &p->cache);
	if (r < 0)
		goto fail;
	r = containers_new(&options->containers, &p->containers);
	if (r < 0)
		goto fail;
	r = entered_new(&p->entered);
	if (r < 0)
		goto fail;
	r = enrich_new(&options->enrich, &p->enrich);
	if (r < 0)
		goto fail;
	r = ns_owner_new(&p->ns_owner);
	if (r < 0)
		goto fail;
	r = isolated_new(&p->isolated);
	if (r < 0)
		goto fail;
	r = users_new(options->passwd_path, &p->users);
	if (r < 0)
		goto fail;
	if (options->throttled)
		r = pipeline_limits_new(&p->limits);
	if (r < 0)
		goto fail;
	this_host_read(p->options.enrich.proc_root, &p->host);
	pipeline_look_at_clock(p);
	/* Without any walkable hierarchy, paths still come from handles and /proc. */
	containers_seed(p->containers);
	pipeline_gate_begin(p);
	*ret_pipeline = p;
	return 0;
fail:
	pipeline_free(p);
	return r;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	pipeline_limits_free(p->limits);
	users_free(p->users);
	isolated_free(p->isolated);
	ns_owner_free(p->ns_owner);
	enrich_free(p->enrich);
	entered_free(p->entered);
	containers_free(p->containers);
	cache_free(p->cache);
	free(p->existing);
	record_paths_done(&p->paths);
	free(p);
}

void pipeline_containers(struct pipeline *p,
			 void (*each)(const struct container_info *container, void *arg), void *arg)
{
	containers_each(p->containers, true, each, arg);
}

void pipeline_stats(const struct pipeline *p, struct pipeline_stats *ret_stats)
{
	struct cache_stats cache;

	*ret_stats = p->stats;
	cache_stats(p->cache, &cache);
	containers_stats(p->containers, &ret_stats->containers);
	enrich_stats(p->enrich, &ret_stats->enrich);
	ret_stats->processes = cache.entries;
	ret_stats->args_dropped = cache.images_cut;
	ret_stats->evicted = cache.evicted + ret_stats->containers.evicted +
			     filter_track_evicted(p->options.filter);
}
