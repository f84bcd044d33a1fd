/* SPDX-License-Identifier: Apache-2.0 */
/*
 * from_record.h - what a record says, as the facts of an event
 *
 * Only what stands in the record: parents, containers, names of users and paths of
 * cgroups come from elsewhere. Everything set here has the source "kernel".
 */
#ifndef EVENT_FROM_RECORD_H
#define EVENT_FROM_RECORD_H

#include "base/buf.h"
#include "event/event.h"
#include "event/record.h"

/* Where paths are turned round; reused, owned by the caller. */
struct record_paths {
	struct buf exe, cwd;
};

void record_paths_done(struct record_paths *paths);

/* The facts about the task; both must stay as long as the event. */
void event_from_task(struct event_process *p, const struct ptc_task *task);

/* Program, arguments, paths and file of an exec that happened, or what was asked for. */
void event_from_exec(struct event *ev, const struct record *r, struct record_paths *paths);

/*
 * Code or signal and totals. baseline_pages: signal->maxrss at the last exec or fork;
 * below it, or if the memory was shared, the peak is somebody else's and stays unknown.
 */
struct exit_baseline {
	uint64_t maxrss_pages;
	bool known;	/* false: the process was never seen to begin or exec */
	bool shared_mm; /* forked with CLONE_VM and no exec since */
};
void event_from_exit(struct event *ev, const struct ptc_exit *x,
		     const struct exit_baseline *baseline);

/* The list of what differs between two sets of namespaces. */
void event_ns_diff(struct event *ev, const uint32_t old_ns[PTC_NS_COUNT],
		   const uint32_t new_ns[PTC_NS_COUNT]);

/*
 * The call's changes; where nothing differs, what its flags (CLONE_NEW…) asked for:
 * old equals new if it entered what it was in, new is 0 if it was refused.
 */
void event_from_ns_call(struct event *ev, const struct ptc_ns_call *c);

/* Number of words with a NUL after each; the last one may be cut, and have none. */
uint32_t count_words(struct str args);

#endif /* EVENT_FROM_RECORD_H */
