// SPDX-License-Identifier: Apache-2.0
/*
 * lost.c - what a log could not hold, as a record of it
 */
#include "log/lost.h"

#include <string.h>

#include "base/clock.h"
#include "sink/json.h"

/* The record that an event was made of, or itself; LOST_KINDS: none of these. */
static unsigned int kind_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_FORK:
		return PTC_FORK;
	case EVENT_EXEC:
		return e->error ? PTC_EXEC_FAILED : PTC_EXEC;
	case EVENT_EXIT:
		return PTC_EXIT;
	case EVENT_SETNS:
		return PTC_SETNS;
	case EVENT_UNSHARE:
		return PTC_UNSHARE;
	case EVENT_CGROUP:
		return PTC_CGROUP_ATTACH;
	case EVENT_SIGNAL:
		return PTC_SIGNAL;
	case EVENT_PROCESS:
		return PTC_TASK;
	case EVENT_CONTAINER_START:
		return LOST_CONTAINER_START;
	case EVENT_CONTAINER_STOP:
		return LOST_CONTAINER_STOP;
	default:
		return LOST_KINDS;
	}
}

uint64_t lost_note(struct lost *lost, const struct event *event)
{
	uint64_t grew = event->kind == EVENT_LOST ? event->lost.total : 1;
	unsigned int kind = kind_of(event);

	if (kind < LOST_KINDS)
		lost->by_kind[kind]++;
	for (int i = 0; event->kind == EVENT_LOST && i < LOST_KINDS; i++)
		lost->by_kind[i] += event->lost.by_kind[i];
	if (!lost->total)
		lost->from_wall_ns = event->wall_ns;
	lost->to_wall_ns = event->wall_ns;
	lost->total += grew;
	return grew;
}

void lost_emit(const struct lost *lost, const struct event_host *host, enum lost_reason reason,
	       struct buf *out)
{
	struct event e = {
		.kind = EVENT_LOST,
		.wall_ns = (int64_t)clock_boot_ns() + clock_wall_offset_ns(),
		.host = host,
		.lost = {
			.total = lost->total,
			.from_wall_ns = lost->from_wall_ns,
			.to_wall_ns = lost->to_wall_ns,
			.reason = reason,
		},
	};

	memcpy(e.lost.by_kind, lost->by_kind, sizeof(e.lost.by_kind));
	json_emit(&e, out);
}
