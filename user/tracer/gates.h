/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gates.h - the agent's half of the table of excluded and limited containers
 *
 * include/proctrace/gate.h has the rules. All of it happens in memory that is shared
 * with the kernel side.
 */
#ifndef TRACER_GATES_H
#define TRACER_GATES_H

#include <stdbool.h>
#include <stdint.h>

#include "proctrace/gate.h"

struct gates {
	struct ptc_gate *slots;	     /* PTC_GATE_SLOTS of them; NULL: nothing is ever kept back */
	struct ptc_decided *decided; /* borrowed; PTC_GATE_HIERARCHIES of them */
	uint64_t refused;	     /* decisions for which there was no room */
};

/* The map must have PTC_GATE_SLOTS entries. Returns 0 or a negative errno. */
int gates_init(struct gates *g, int map_fd, struct ptc_decided *decided);
void gates_done(struct gates *g);

/*
 * Decides on a cgroup, anew if need be; PTC_GATE_NONE takes the decision back. meter: whose
 * records are counted, PTC_METER_NONE: without a limit. Returns false if there was no room:
 * the cgroup then passes, without a limit.
 */
bool gates_set(struct gates *g, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
	       uint16_t meter);

/*
 * The record of the cgroup's making, or of a renaming, was taken, and what follows from it
 * decided. To be called in the order of the records.
 */
void gates_made(struct gates *g, uint32_t hierarchy_id, uint64_t id);
void gates_renamed(struct gates *g, uint32_t hierarchy_id);

#endif /* TRACER_GATES_H */
