/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lost.h - what a log could not hold, as a record of it
 */
#ifndef LOG_LOST_H
#define LOG_LOST_H

#include "base/buf.h"
#include "event/event.h"

/* All zero: nothing. */
struct lost {
	uint64_t total;
	uint64_t by_kind[LOST_KINDS];
	int64_t from_wall_ns, to_wall_ns;
};

/*
 * Counts an event that is not recorded. Of a "lost" event what it tells counts as well, or
 * nobody would hear of it. Returns by how much the total grew.
 */
uint64_t lost_note(struct lost *lost, const struct event *event);

/* Appends a "lost" event with what was counted. */
void lost_emit(const struct lost *lost, const struct event_host *host, enum lost_reason reason,
	       struct buf *out);

#endif /* LOG_LOST_H */
