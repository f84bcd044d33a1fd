/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what an auditor asks first of a log, counted
 *
 * Counts events, and knows nothing of how the answer is printed. Memory is limited: what
 * finds no room in a table is counted as such, and everything else stays exact.
 */
#ifndef LOG_REPORT_H
#define LOG_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "event/event.h"
#include "base/arena.h"
#include "log/reader.h"

#define REPORT_ROWS    16384		  /* of a table, at most */
#define REPORT_BYTES   ((size_t)64 << 20) /* for the texts of all tables */
#define REPORT_TEXT    512		  /* bytes of a text; longer ones are cut */
#define REPORT_MOMENTS 1000		  /* gaps and losses that are listed */
#define REPORT_TOP_MAX 1000		  /* of the longest, the largest … */
#define REPORT_TEXTS   10
#define REPORT_NUMBERS 3

enum report_table_id {
	REPORT_CONTAINERS,
	REPORT_USERS,
	REPORT_PROGRAMS,
	REPORT_RUNS, /* which program, where, by whom */
	REPORT_FAILURES,
	REPORT_VISITS,
	REPORT_NAMESPACES,
	REPORT_THROTTLED,
	REPORT_HOSTS,
	REPORT_BOOTS,
	REPORT_VERSIONS,
	REPORT_TABLES,
};

/* Ranked by one number each. */
enum report_top_id { REPORT_LONGEST, REPORT_LARGEST, REPORT_BUSIEST, REPORT_TOPS };

/* The first three texts of a table that has places; of one with owners three more like these. */
enum { REPORT_PLACE, REPORT_ID, REPORT_NAME, REPORT_PLACES, REPORT_OWNER = REPORT_PLACES };

/* Those of the table of containers, behind the place. */
enum { REPORT_RUNTIME, REPORT_IMAGE, REPORT_IMAGE_TAG, REPORT_FACTS };

/* A number that is a duration in ns, or bytes. */
enum report_unit { REPORT_COUNT, REPORT_NS, REPORT_BYTES_OF_MEMORY };

/* What the texts and numbers of a table are called: as JSON keys. NULL ends them. */
struct report_shape {
	const char *name;
	const char *title; /* for people */
	bool has_place;
	const char *texts[REPORT_TEXTS + 1]; /* after those of the place and the owner */
	const char *numbers[REPORT_NUMBERS + 1];
	enum report_unit unit; /* of the first number */
	bool is_in_time;       /* rows in the order of their first time, not by number */
	bool has_owner;	       /* whose something is; needs has_place */
	bool has_words;	       /* the last text is words, with a NUL after each */
};

/* Where .texts begin in a row. */
static inline size_t report_first_text(const struct report_shape *shape)
{
	return (shape->has_place ? REPORT_PLACES : 0) + (shape->has_owner ? REPORT_PLACES : 0);
}

extern const struct report_shape report_tables[REPORT_TABLES];
extern const struct report_shape report_tops[REPORT_TOPS];

struct report_row {
	struct str texts[REPORT_TEXTS]; /* len 0: not known, or none */
	uint64_t numbers[REPORT_NUMBERS];
	int64_t first_ns, last_ns; /* wall time */
	struct str key;
	UT_hash_handle hh;
};

struct report_table {
	struct report_row *rows; /* a hash table */
	size_t len;
	uint64_t beyond; /* events that found no room */
};

struct report_top {
	struct report_row *rows; /* the greatest first; owned, with their texts */
	size_t len, limit;
};

/* A time in which nothing was recorded, or records were lost. */
struct report_moment {
	int64_t from_ns, to_ns; /* 0: not known */
	uint64_t count;		/* records lost; of a gap bytes of a fragment */
	unsigned int reason;	/* of a loss: enum ptc_lost or enum lost_reason */
	bool closed;		/* of a gap: the log was closed before it */
};

struct report_moments {
	struct report_moment *list; /* owned; REPORT_MOMENTS at most */
	size_t len;
	uint64_t all;	/* of them, listed or not */
	uint64_t total; /* sum of their counts */
};

struct report {
	int64_t from_ns, to_ns;	   /* of all records, counted or not; 0: there are none */
	int64_t first_ns, last_ns; /* of the events; 0: there are none */
	uint64_t events[EVENT_KINDS];
	uint64_t searched;	 /* failed execs that were steps of a search, and no failures */
	uint64_t opened, closed; /* log-open and log-close of runs, not of rotation */
	struct report_moments gaps, lost;
	struct report_table tables[REPORT_TABLES];
	struct report_top tops[REPORT_TOPS];
	struct report_search *searches; /* a hash table: attempts that may be such steps */
	struct report_name *names;	/* a hash table: of containers */
	struct arena texts;
	size_t bytes;
	struct buf key; /* memory that is kept */
	bool no_memory; /* the answer is not whole */
};

/* top: how many are ranked. Returns 0 or -ENOMEM. */
int report_init(struct report *r, size_t top);
void report_done(struct report *r); /* all zero is fine */

/*
 * In the order of the log, each event and record once, whether it is to be counted or not: up
 * to where the log reaches, and what the execs that failed before were.
 */
void report_see_event(struct report *r, const struct event *e);
void report_see_own(struct report *r, const struct log_own *own);

/* Counts it, after it was seen. */
void report_event(struct report *r, const struct event *e);
void report_own(struct report *r, const struct log_own *own);

/* A record that tells of a time without any before it: counts that. */
void report_gap(struct report *r, const struct log_own *own);

/* After the last event: orders the rows of all tables as they are to be printed. */
void report_end(struct report *r);

/* Containers of several ids bear the name. After report_end(). */
bool report_is_shared(const struct report *r, struct str name);

#endif /* LOG_REPORT_H */
