/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joined.h - what became known of a container later, joined into its earlier events
 *
 * A log is read twice: joined_learn() sees every event, and after joined_rewind()
 * joined_fill() sees the same ones again and completes them. Facts are those of one life
 * of a container (lives.h), of each the first value. What an event says stays, only what
 * it lacks is filled in; but that no runtime confirmed the container, and a runtime that
 * was a guess then, give way to what the runtime said.
 */
#ifndef LOG_JOINED_H
#define LOG_JOINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

#define JOINED_LIVES 65536		/* of containers, remembered at most */
#define JOINED_BYTES ((size_t)64 << 20) /* for all that is remembered */

struct joined;

/* lives, bytes: the limits; 0: the usual ones. Returns 0 or -ENOMEM. */
int joined_new(size_t lives, size_t bytes, struct joined **ret_joined);
void joined_free(struct joined *j); /* NULL is fine */

/* First pass: every event, in the order of the log. */
void joined_learn(struct joined *j, const struct event *e);

/* Between the passes. */
void joined_rewind(struct joined *j);

/*
 * Second pass: completes e, which then borrows from j until the next call. Returns false
 * if it is an update that has nothing to say any more: what came before says all of it.
 */
bool joined_fill(struct joined *j, struct event *e);

/* Events of the second pass that mention a container for which there was no room. */
uint64_t joined_beyond(const struct joined *j);

/* There was no memory for some of it: what was filled is not all. */
bool joined_no_memory(const struct joined *j);

#endif /* LOG_JOINED_H */
