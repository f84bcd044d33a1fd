/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enrich.h - what the kernel side could not say, from /proc/<pid>
 *
 * A process is opened once, proved to be the one the event is about, and asked
 * only for facts that are not there. What was read is marked as read from /proc
 * after the event; what could not be read gets its reason. Nothing that is there
 * is replaced, but for supplementary groups that a record had to cut.
 */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

enum enrich_mode {
	ENRICH_AUTO, /* gaps in records, security labels, variables asked for: while affordable */
	ENRICH_FULL, /* every fact there is, for every kind of event */
	ENRICH_OFF,  /* /proc is not read; the gaps are marked skipped */
};

struct enrich_options {
	const char *proc_root; /* "/proc" */
	enum enrich_mode mode;
	const char *const *env_globs; /* names of variables to record; kept, not copied */
	size_t env_globs_len;
};

struct enrich_stats {
	uint64_t opened;  /* processes of which something was read */
	uint64_t gone;	  /* ended before they could be asked */
	uint64_t denied;  /* not permitted */
	uint64_t skipped; /* not asked, to keep up */
};

struct enrich;

/* Returns 0, -ENOMEM, or why the root of /proc could not be opened. */
int enrich_new(const struct enrich_options *options, struct enrich **ret_enrich);
void enrich_free(struct enrich *e); /* NULL is fine */

/*
 * Fills the gaps of event->proc. busy: the ring is filling, so nothing is read. In
 * AUTO mode nothing is either while it would cost too much (pace.h), and an event without
 * a gap costs nothing at all. Strings and arrays belong
 * to e and are valid until its next call.
 */
void enrich_event(struct enrich *e, struct event *event, bool busy);

/* What a process's program is; and every fact there is. Bits of enum fact. */
#define ENRICH_PROGRAM (1u << FACT_NAME | 1u << FACT_EXE | 1u << FACT_ARGS | 1u << FACT_FILE)
#define ENRICH_ALL     ((1u << FACT_COUNT) - 1)

/*
 * Besides the facts: the caller lists many processes, and shows of them what ps(1) shows. FACT_FILE
 * is then only there of a program that was deleted or never had a name, FACT_EXE is as seen from
 * the host, and FACT_NS has nothing of children. A process in the host's own namespaces, of which
 * no more than FACT_CREDS and FACT_PIDS is asked that its status would say, has of FACT_CREDS
 * only the effective ids.
 */
#define ENRICH_BRIEF (1u << 31)

/*
 * Fills those gaps of proc that are in facts with what /proc says about a process that
 * runs, and the parent: only its pid, if that is not in facts. If proc->start_ns is 0 it becomes that of /proc, which has the
 * grain of a clock tick. Returns 0, or the negative errno that kept the process from
 * being opened; the facts then have their reasons.
 */
int enrich_process(struct enrich *e, uint32_t pid, uint32_t facts, struct event_process *proc);

/*
 * The lines of /proc/<pid>/cgroup that the last enrich_process() read, if FACT_CGROUP was in
 * its facts: which of them counts is not for this room to say. Empty: none could be read.
 */
struct str enrich_cgroup_lines(const struct enrich *e);

void enrich_stats(const struct enrich *e, struct enrich_stats *ret_stats);

#endif /* ENRICH_ENRICH_H */
