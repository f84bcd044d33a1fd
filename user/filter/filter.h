/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.h - the options that choose what is shown, as a predicate on events
 *
 * Values of one option are alternatives, different options must all hold, and a
 * value that begins with '!' must not hold. A filter only looks: what it hides is
 * still known to the process table. EVENT_LOST always passes.
 * On EVENT_THROTTLED only what is about its container decides: what it counts may be of
 * any process there.
 *
 * A fact that is not known satisfies no value and no negated value forbids it;
 * only --host counts a process whose container is not known as in none.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

enum filter_key {
	FILTER_CONTAINER,    /* prefix of an id, or glob of a name */
	FILTER_IMAGE,	     /* glob of the image, see match_image() */
	FILTER_RUNTIME,	     /* glob of the runtime's name */
	FILTER_POD,	     /* [NAMESPACE/]NAME, both globs, or a uid */
	FILTER_LABEL,	     /* KEY[=GLOB] */
	FILTER_ISOLATED,     /* no value: processes isolated without a runtime */
	FILTER_NO_SETUP,     /* no value: not the runtimes' own steps */
	FILTER_IN_CONTAINER, /* no value: processes in some container */
	FILTER_HOST,	     /* no value: processes in none */
	FILTER_PID,	     /* a process and its descendants */
	FILTER_USER,	     /* effective user: name or number */
	FILTER_LOGIN,	     /* login user: name or number */
	FILTER_NAME,	     /* glob of the executable's basename, or of comm */
	FILTER_LINE,	     /* regular expression, see line.h; never split nor negated */
	FILTER_EVENT,	     /* kinds of event */
	FILTER_FAILED,	     /* no value: attempts that failed as well */
	FILTER_ENDED,	     /* exits that were nonzero, signal, oom */
	FILTER_EXISTING,     /* no value: EVENT_PROCESS joins the usual kinds */
};

struct filter;

/* A filter that lets the usual kinds of event pass. Returns 0 or -ENOMEM. */
int filter_new(struct filter **ret_filter);
void filter_free(struct filter *f); /* NULL is fine */

/*
 * Where user names are looked up: passwd_path instead of "/etc/passwd"; recorded_names:
 * events come from a log and the user names in them count. Before the first
 * filter_add(). Returns 0 or -ENOMEM.
 */
int filter_use_names(struct filter *f, const char *passwd_path, bool recorded_names);

/*
 * Adds the value of one option, as it stands on the command line with its commas
 * and '!'; NULL where the key takes none. Returns 0, -ENOMEM, or -EINVAL for a
 * value that can never match: *ret_error is then what is wrong with it, without
 * the option's name, to be freed by the caller.
 */
int filter_add(struct filter *f, enum filter_key key, const char *value, char **ret_error);

/*
 * To be called once after the last filter_add(): finds options that exclude each
 * other. Returns and sets *ret_error like filter_add(), here with the options' names.
 */
int filter_check(const struct filter *f, char **ret_error);

/*
 * For FILTER_PID: tells of every event, in order and before filter_match() sees it,
 * so that children of children are known. Does nothing if no pid is asked for.
 */
void filter_track(struct filter *f, const struct event *e);

/*
 * For FILTER_PID: tells of a process that runs already and had no event. Returns true
 * if this made it known as a descendant: processes in no particular order are told
 * again and again until no call returns true.
 */
bool filter_track_running(struct filter *f, const struct event_ref *proc,
			  const struct event_ref *parent);

/* Descendants that were forgotten because there were too many. */
uint64_t filter_track_evicted(const struct filter *f);

/* For FILTER_LINE: how many searches were given up; filter_match() then lets the event pass. */
uint64_t filter_lines_undecided(const struct filter *f);

/* The filters on processes and containers: what a log gets as well. */
bool filter_match(const struct filter *f, const struct event *e);

/* filter_match(), and the kind, failure and end that the output shows. */
bool filter_shows(const struct filter *f, const struct event *e);

/* The same of an event that filter_match() is known to let pass. */
bool filter_shows_matched(const struct filter *f, const struct event *e);

/*
 * For what is kept back in the kernel: can containers be excluded at all, and is it certain
 * that no event of a process in this one passes, whatever becomes known of it? But for
 * events that have to do with other containers as well: filter_match() decides on those.
 */
bool filter_can_exclude(const struct filter *f);
bool filter_excludes(const struct filter *f, const struct container_info *container);

/* Whether the output shows this kind, or attempts that failed, at all. */
bool filter_wants(const struct filter *f, enum event_kind kind);
bool filter_wants_failed(const struct filter *f);

/* What it must know of a process to decide: bits of enum fact. */
uint32_t filter_facts(const struct filter *f);

/* Whether labels of containers are asked for. */
bool filter_wants_labels(const struct filter *f);

/* The pids asked for, in the order they were given; *ret_len is 0 if there are none. */
const uint32_t *filter_pids(const struct filter *f, size_t *ret_len);

/*
 * The containers asked for: how many values without '!', each as it was given, and
 * whether a container (or one around it) is meant by it.
 */
size_t filter_containers_len(const struct filter *f);
const char *filter_container_value(const struct filter *f, size_t index);
bool filter_container_known(const struct filter *f, size_t index,
			    const struct container_info *container);

#endif /* FILTER_FILTER_H */
