// SPDX-License-Identifier: Apache-2.0
/*
 * unsent.c - what the kernel side counted instead of sending, as events tell it
 */
#include "cli/unsent.h"

#include <string.h>

void unsent_tell_lost(struct tracer *tracer, struct pipeline *pipeline)
{
	struct tracer_lost lost;

	/* Not until nothing is lost any more: that is only once the ring is drained. */
	for (int i = 0; i < PTC_LOST_REASONS && tracer_take_lost(tracer, &lost); i++) {
		struct event_lost event = {
			.total = lost.total,
			.from_ns = lost.from_ns,
			.to_ns = lost.to_ns,
			.reason = lost.reason,
		};

		memcpy(event.by_kind, lost.by_type, sizeof(lost.by_type));
		pipeline_lost(pipeline, &event);
	}
}

bool unsent_throttled(struct tracer *tracer, uint16_t meter, struct event_lost *ret_throttled)
{
	struct tracer_throttled throttled;

	if (!tracer_take_throttled(tracer, meter, &throttled))
		return false;
	*ret_throttled = (struct event_lost){
		.total = throttled.total,
		.from_ns = throttled.from_ns,
		.to_ns = throttled.to_ns,
	};
	memcpy(ret_throttled->by_kind, throttled.by_type, sizeof(throttled.by_type));
	return true;
}

static bool set_gate(uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state, uint16_t meter,
		     void *arg)
{
	return tracer_gate(arg, hierarchy_id, id, state, meter);
}

static void gate_made(uint32_t hierarchy_id, uint64_t id, void *arg)
{
	tracer_gate_made(arg, hierarchy_id, id);
}

static void gate_renamed(uint32_t hierarchy_id, void *arg)
{
	tracer_gate_renamed(arg, hierarchy_id);
}

struct pipeline_gates unsent_gates(struct tracer *tracer)
{
	return (struct pipeline_gates){
		.set = set_gate,
		.made = gate_made,
		.renamed = gate_renamed,
		.arg = tracer,
	};
}
