/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.h - the way of an event, from a record to whoever shows it
 *
 * pipeline.c reads from top to bottom as an event travels. It owns the process table,
 * the container index and everything else that is known about the host; it never
 * blocks, and it knows neither the ring nor the outputs: records are put in, events
 * come out through a callback.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "container/containers.h"
#include "enrich/enrich.h"
#include "event/event.h"
#include "event/redact.h"
#include "filter/filter.h"
#include "proctrace/gate.h"
#include "proctrace/meter.h"

struct pipeline;

/* What need not come (include/proctrace/gate.h). */
struct pipeline_gates {
	/*
	 * Tells whether records of a cgroup are wanted, and on which meter they count. False:
	 * there was no room, and they come.
	 */
	bool (*set)(uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state, uint16_t meter,
		    void *arg);
	/* A cgroup was made, or renamed, and set() told what follows. */
	void (*made)(uint32_t hierarchy_id, uint64_t id, void *arg);
	void (*renamed)(uint32_t hierarchy_id, void *arg);
	void *arg;
};

struct pipeline_options {
	struct filter *filter; /* borrowed */
	struct redact *redact; /* borrowed */
	struct enrich_options enrich;
	struct containers_options containers;
	uint64_t attached_ns;	 /* boot time: what began before has no records of its beginning */
	const char *passwd_path; /* where user names are looked up */
	/*
	 * Takes an event that the filters on processes and containers let through; shown
	 * says whether the output wants its kind too (a log gets every kind). The event is
	 * valid during the call.
	 */
	void (*take)(const struct event *event, bool shown, void *arg);
	struct pipeline_gates gates; /* all NULL: everything comes, and the filter decides */
	/*
	 * What a meter kept back since it was last asked (include/proctrace/meter.h), without
	 * the wall clock's times; false: nothing. NULL: no rate has a limit.
	 */
	bool (*throttled)(uint16_t meter, struct event_lost *ret_throttled, void *arg);
	void *arg;
};

struct pipeline_stats {
	uint64_t records[PTC_TYPES];  /* delivered */
	uint64_t malformed;	      /* records that were not what they should be */
	uint64_t no_memory;	      /* events that were not made for want of it */
	uint64_t repeated_exits;      /* of processes that had ended already */
	uint64_t events[EVENT_KINDS]; /* that the filters let through */
	uint64_t processes;	      /* in the table now */
	uint64_t evicted;	      /* from any table, because it was full */
	uint64_t args_dropped;	      /* images kept without arguments: memory limit */
	struct enrich_stats enrich;
	struct containers_stats containers;
};

/* Returns 0, or a negative errno of what could not be had. */
int pipeline_new(const struct pipeline_options *options, struct pipeline **ret_pipeline);
void pipeline_free(struct pipeline *p); /* NULL is fine */

/*
 * Seeding, after the probes are attached and before the first record: each process of
 * the kernel's list, then what only /proc says (for all, where there is no list).
 */
void pipeline_seed(struct pipeline *p, const struct ptc_seed *seed);
void pipeline_seed_procfs(struct pipeline *p);

/*
 * What was seeded: hands out a container-start of each container; then, at most max of them in
 * a call, a process event of each process. Records may be put in between, and who has ended by
 * then is left out. Returns whether there are more.
 */
void pipeline_existing(struct pipeline *p);
bool pipeline_existing_some(struct pipeline *p, size_t max);

/*
 * What runs now, from /proc alone and without a single record: for a look, not for a
 * timeline. Use a pipeline of its own for it.
 */
struct inventory_process {
	struct event_process proc;
	enum entered entered;
	struct event_ref entered_by;
	const struct container_info *visited;
};

struct inventory {
	struct inventory_process *processes; /* that the filters let pass; owned, in any order */
	size_t len;
	uint32_t unread;    /* that are there, and of which not even that much could be read */
	int unread_error;   /* negative errno: why the last of these could not */
	struct arena arena; /* what they point into; containers and host are the pipeline's */
	const struct event_host *host;
	uint64_t time_ns; /* when they were placed */
	int64_t wall_ns;
};

/*
 * Reads those facts (bits of enum fact) of every process, and what says where it is. One that
 * ends meanwhile is left out; one that may not be looked at has the reason in missing.
 * Returns 0, or the negative errno of what /proc or the memory would not give.
 */
int pipeline_inventory(struct pipeline *p, uint32_t facts, struct inventory *ret_inventory);
void inventory_done(struct inventory *inventory); /* all zero is fine */

/* The process as an event that says that it runs; not redacted. */
void inventory_event(const struct inventory *inventory, const struct inventory_process *process,
		     struct event *ret_event);

/* One record. busy: the ring is filling, so what may be left out is. */
void pipeline_record(struct pipeline *p, const void *data, size_t size, bool busy);

/* What was lost, as an event of its own. */
void pipeline_lost(struct pipeline *p, struct event_lost *lost);

/* What was throttled up to now, before it is due: at the end. */
void pipeline_throttled(struct pipeline *p);

/*
 * Before records are taken: what they tell is then of the time by the clock as it is now, also if
 * somebody has just set it. The log's own records, which are between them, look at it anew.
 */
void pipeline_look_at_clock(struct pipeline *p);

/*
 * Now and then (each time the agent wakes): forget what is old. Old is
 * judged only when the ring was drained: records that still wait may be about it.
 */
void pipeline_tick(struct pipeline *p, bool drained);

/* How long the agent may sleep before the next tick, at most wait_ms. */
int pipeline_wait_ms(const struct pipeline *p, int wait_ms);

/* Readable when a tick has something to do before; to be watched by edges. -1: never. */
int pipeline_fd(const struct pipeline *p);

/* Calls back for each container that ran when tracing began, and still does. */
void pipeline_containers(struct pipeline *p,
			 void (*each)(const struct container_info *container, void *arg),
			 void *arg);

void pipeline_stats(const struct pipeline *p, struct pipeline_stats *ret_stats);

#endif /* PIPELINE_H */
