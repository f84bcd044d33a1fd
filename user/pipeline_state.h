/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline_state.h - what the parts of the pipeline share
 *
 * pipeline.c has the way of an event, pipeline_records.c what is done with each type
 * of record, pipeline_ns.c what is learnt of namespaces on the way, pipeline_group.c the
 * isolated groups, pipeline_seed.c the processes that ran before,
 * pipeline_inventory.c what runs now, from /proc alone, pipeline_gate.c what
 * need not come at all, pipeline_limit.c what came too often to be sent, pipeline_updates.c
 * what is learnt of containers later. Nobody else includes this.
 */
#ifndef PIPELINE_STATE_H
#define PIPELINE_STATE_H

#include "base/users.h"
#include "cache/cache.h"
#include "cache/entered.h"
#include "cache/isolated.h"
#include "cache/ns_owner.h"
#include "event/from_record.h"
#include "event/record.h"
#include "event/this_host.h"
#include "pipeline.h"

struct pipeline {
	struct pipeline_options options;
	struct cache *cache;
	struct containers *containers;
	struct entered_table *entered;
	struct enrich *enrich;
	struct ns_owner *ns_owner;
	struct isolated_table *isolated;
	struct users *users;
	struct record_paths paths;
	struct this_host host;
	int64_t wall_offset_ns;
	uint64_t wall_looked_ns, ticked_ns;
	uint64_t sequence;
	bool busy;
	bool gate_sweep;	    /* a container was excluded */
	struct limits *limits;	    /* NULL: no rate has a limit */
	struct event_ref *existing; /* who is still to be told, from the last one on */
	size_t existing_len;
	struct pipeline_stats stats;
};

/* The wall clock's time at a boot time; of one that no clock has reached, any other. */
static inline int64_t pipeline_wall_ns(const struct pipeline *p, uint64_t boot_ns)
{
	return (int64_t)(boot_ns + (uint64_t)p->wall_offset_ns);
}

/* --- pipeline.c */

/* The event that a record begins: what it says of the task. */
void pipeline_begin(struct event *ev, enum event_kind kind, const struct record *r);

/*
 * Where the process is: its container or group, namespaces and who brought it there, which
 * entered_by may say; and its user's name. The entry may be NULL: the table had no memory.
 */
void pipeline_place(struct pipeline *p, struct event *ev, struct cache_entry *e);

/* The same, and everything else that is not in the record. */
void pipeline_finish(struct pipeline *p, struct event *ev, struct cache_entry *e);

/* Filter, redact, out. */
void pipeline_send(struct pipeline *p, struct event *ev);

/* The start or stop of a container. */
struct event pipeline_begin_container(enum event_kind kind, const struct container_info *container,
				      uint64_t time_ns);

/* Its end is told, and who lived there forgotten. late: noticed only now. */
void pipeline_end_container(struct pipeline *p, const struct container_info *container,
			    uint64_t time_ns, bool late);

/* The parts of pipeline_finish() that seeding needs alone. */
void pipeline_set_container(struct pipeline *p, struct event *ev, struct cache_entry *e);
void pipeline_set_namespaces(struct pipeline *p, struct event *ev, const struct cache_entry *e);
const struct container_info *pipeline_container_of(struct pipeline *p, uint64_t cgroup_v2,
						   uint64_t cgroup_v1);

/* --- pipeline_group.c */

/* The isolated group of a process that is in no container; NULL: in none. */
const struct event_isolated *pipeline_find_group(struct pipeline *p, const struct cache_entry *e,
						 const struct event_process *proc);

/* --- pipeline_seed.c */

/*
 * A process as /proc has it goes into the table, with what a record would have said. made_up:
 * see containers_ids_of(). NULL: no memory.
 */
struct cache_entry *pipeline_seed_process(struct pipeline *p, struct event_process *proc,
					  bool made_up);
/* After the last process: who descends from whom, and who was first in each container. */
void pipeline_seeded(struct pipeline *p);

/* --- pipeline_updates.c */

/* Lets files and sockets be looked at again, and tells what became known. */
void pipeline_update_containers(struct pipeline *p, uint64_t now_ns);

/* --- pipeline_records.c */

/* The process's entry; one that was never seen before gets the parent it has now. */
struct cache_entry *pipeline_entry(struct pipeline *p, const struct ptc_task *task);

/* Brings the entry up to date with what every record says. */
void pipeline_remember_task(struct cache_entry *e, const struct ptc_task *task);
void pipeline_remember_ns(struct cache_entry *e, const uint32_t ns[PTC_NS_COUNT]);

void pipeline_take(struct pipeline *p, const struct record *r);

static inline bool pipeline_is_leader(const struct record *r)
{
	return r->task->tid == r->task->pid;
}

/* --- pipeline_ns.c */

/* Whose the namespaces are that were entered. */
void pipeline_name_owners(struct pipeline *p, struct event *ev);

/* The namespaces of the event are new: nobody's. maker NULL: not known. */
void pipeline_note_all_made(struct pipeline *p, const struct event *ev,
			    const struct cache_entry *maker);
void pipeline_note_made_at_fork(struct pipeline *p, const struct event *ev,
				const struct cache_entry *creator,
				const uint32_t creator_ns[PTC_NS_COUNT]);

/*
 * It entered the namespaces of the event: are they another container's than its own? by: who
 * did it; NULL: itself.
 */
void pipeline_note_visit(struct pipeline *p, struct event *ev, struct cache_entry *e,
			 const struct event_ref *by);

/*
 * The same for a child of whoever entered them unseen: setns(2) was not looked for, or a
 * thread called it. The child's namespaces are in its entry.
 */
void pipeline_note_visit_at_fork(struct pipeline *p, const struct cache_entry *creator,
				 const uint32_t creator_ns[PTC_NS_COUNT],
				 struct cache_entry *child);

/*
 * The process was not known, as nobody is who is in an excluded container: is it in
 * another container's namespaces?
 */
void pipeline_note_visit_found(struct pipeline *p, const struct ptc_task *task,
			       struct cache_entry *e);

/* It executes this program: had it a runtime's name only when it entered what it is in? */
void pipeline_note_passed(struct pipeline *p, struct cache_entry *e,
			  const struct event_process *proc);

/* See there. name: of the program that made the change. */
void pipeline_tell_late_change(struct pipeline *p, const struct record *r, struct cache_entry *e,
			       const uint32_t now[PTC_NS_COUNT], struct str name);

/* --- pipeline_gate.c; nothing of it does anything without options.gates */

/* Decides on a container, if that is due. seen: its workload was. NULL is fine. */
void pipeline_gate(struct pipeline *p, const struct container_info *container, bool seen);
/* It ended: its cgroups' ids may be others' one day. */
void pipeline_gate_end(struct pipeline *p, const struct container_info *container);
/* Decides on those that were found at the start. */
void pipeline_gate_begin(struct pipeline *p);
/* A cgroup was made, and decided on if it is a container's own. */
void pipeline_gate_made(struct pipeline *p, uint32_t hierarchy_id, uint64_t id);
/* It has another name, and is this container's own, or none's (NULL). */
void pipeline_gate_renamed(struct pipeline *p, uint32_t hierarchy_id, uint64_t id,
			   const struct container_info *container);
/* The cgroup is gone. */
void pipeline_gate_forget_cgroup(struct pipeline *p, uint32_t hierarchy_id, uint64_t id);
/* Forgets the process if it is in an excluded container, after its record was taken. */
void pipeline_gate_forget(struct pipeline *p, uint32_t pid);
/* Forgets all that are in containers excluded since. */
void pipeline_gate_sweep(struct pipeline *p);

/* --- pipeline_limit.c; nothing of it does anything without options.throttled */

int pipeline_limits_new(struct limits **ret_limits); /* 0 or -ENOMEM */
void pipeline_limits_free(struct limits *limits);    /* NULL is fine */

/* Gives the container a meter. True if it has got one just now: tell the gates. */
bool pipeline_limit(struct pipeline *p, const struct container_info *container);
/* It ended: what was throttled to the end, and its meter is free. */
void pipeline_limit_end(struct pipeline *p, const struct container_info *container);
/* Once a second: what was throttled, and processes that ended meanwhile. */
void pipeline_limit_tick(struct pipeline *p, uint64_t now_ns, bool drained);
/* When that is due. UINT64_MAX: not by itself. */
uint64_t pipeline_limit_next_ns(const struct pipeline *p);

#endif /* PIPELINE_STATE_H */
