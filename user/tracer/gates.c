// SPDX-License-Identifier: Apache-2.0
/*
 * gates.c - the agent's half of the table of excluded and limited containers
 */
#include "tracer/gates.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

/* In place of an id that was taken out: the search goes on behind it. No cgroup has it. */
#define TAKEN_OUT UINT64_MAX

#define TABLE_BYTES (PTC_GATE_SLOTS * sizeof(struct ptc_gate))

int gates_init(struct gates *g, int map_fd)
{
	void *slots = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);

	if (slots == MAP_FAILED)
		return -errno;
	g->slots = slots;
	return 0;
}

void gates_done(struct gates *g)
{
	if (g->slots)
		munmap(g->slots, TABLE_BYTES);
	g->slots = NULL;
}

/* Its slot, or the one it would get; NULL: no room. */
static struct ptc_gate *find(const struct gates *g, uint32_t hierarchy_id, uint64_t id)
{
	struct ptc_gate *room = NULL;

	for (uint32_t probe = 0; probe < PTC_GATE_PROBES; probe++) {
		struct ptc_gate *gate = &g->slots[ptc_gate_slot(id, hierarchy_id, probe)];

		if (gate->id == id && gate->hierarchy_id == hierarchy_id)
			return gate;
		if (!room && (!gate->id || gate->id == TAKEN_OUT))
			room = gate;
		if (!gate->id)
			break;
	}
	return room;
}

#define STORE(field, value) __atomic_store_n((field), (value), __ATOMIC_RELEASE)

bool gates_set(struct gates *g, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
	       uint16_t meter)
{
	struct ptc_gate *gate = g->slots && id ? find(g, hierarchy_id, id) : NULL;

	if (!gate)
		return state == PTC_GATE_NONE;
	if (gate->id == id) {
		STORE(&gate->meter, meter);
		STORE(&gate->state, (uint16_t)state);
		if (state == PTC_GATE_NONE)
			STORE(&gate->id, TAKEN_OUT);
		return true;
	}
	if (state == PTC_GATE_NONE)
		return true;
	/* Whoever sees the id and not yet the state lets pass. */
	STORE(&gate->state, (uint16_t)PTC_GATE_NONE);
	STORE(&gate->meter, meter);
	STORE(&gate->hierarchy_id, hierarchy_id);
	STORE(&gate->id, id);
	STORE(&gate->state, (uint16_t)state);
	return true;
}
