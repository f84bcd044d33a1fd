/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lives.h - which life of which container a line of a log is about
 *
 * The same id may be started again under another name, so a life ends with its stop, with
 * the next start, and where another run of the tracer begins (sequence numbers start anew,
 * or it is another boot): what happened between two runs nobody saw.
 *
 * An id can be borne by two at a time, for anybody may make a cgroup of any name. The
 * tracer calls the second unconfirmed, and what a runtime confirmed never becomes
 * unconfirmed: an unconfirmed mention after a confirmed one is of no life.
 *
 * A log is gone through twice, in the same way; the first pass makes the lives.
 */
#ifndef LOG_LIVES_H
#define LOG_LIVES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "event/event.h"

/* How an event comes to mention a container. */
enum mention {
	MENTION_REF,	/* it enters it, leaves it, … */
	MENTION_INSIDE, /* its process is in it */
	MENTION_START,
	MENTION_RAN, /* a start that was before the tracer's */
	MENTION_UPDATE,
	MENTION_STOP,
	MENTION_LATE_STOP,
};

/* One life of a container. */
struct life {
	struct life *next;	     /* of the same container */
	struct container_info facts; /* what the log says of it, anywhere; kept by the lives */
	bool confirmed;		     /* by its runtime */
	bool cut;		     /* there was no room for all of it */
};

struct lives_entry;

struct lives {
	struct lives_entry *entries;
	struct arena kept;
	size_t len, limit;
	size_t bytes, bytes_limit;
	bool full;	  /* something found no room: nothing more is remembered */
	bool no_memory;	  /* and not because of a limit */
	bool learning;	  /* the first pass */
	struct buf key;	  /* memory that is kept */
	unsigned int run; /* of the tracer, as far as the log shows them */
	uint64_t sequence;
	char boot_id[64];
	size_t boot_id_len;
};

/* What a mention turned out to be. */
struct life_found {
	struct life *life; /* NULL: of none, or beyond the limits */
	bool beyond;	   /* the limits */
	bool told;	   /* a start or update of this life came before */
};

void lives_init(struct lives *l, size_t limit, size_t bytes_limit);
void lives_done(struct lives *l);

/* The second pass begins. */
void lives_rewind(struct lives *l);

/* Memory that is kept to the end, zeroed; NULL beyond the limit. */
void *lives_keep(struct lives *l, size_t len);

/* Before the mentions of an event, in the order of the log. */
void lives_event(struct lives *l, const struct event *e);

struct life_found lives_find(struct lives *l, const struct container_info *c, enum mention how);

#endif /* LOG_LIVES_H */
