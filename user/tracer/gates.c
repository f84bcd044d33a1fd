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

int gates_init(struct gates *g, int map_fd, struct ptc_decided *decided)
{
	void *slots = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);

	if (slots == MAP_FAILED)
		return -errno;
	g->slots = slots;
	g->decided = decided;
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

/* What nothing lies behind need not be searched through, nor what stands before it. */
static void empty(struct gates *g, uint32_t hierarchy_id, struct ptc_gate *gate)
{
	struct ptc_gate *half = &g->slots[hierarchy_id ? PTC_GATE_HALF : 0];
	uint32_t slot = (uint32_t)(gate - half);

	for (uint32_t i = 0; i < PTC_GATE_HALF; i++, slot--) {
		if (half[(slot + 1) % PTC_GATE_HALF].id ||
		    half[slot % PTC_GATE_HALF].id != TAKEN_OUT)
			break;
		STORE(&half[slot % PTC_GATE_HALF].id, 0);
	}
}

bool gates_set(struct gates *g, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
	       uint16_t meter)
{
	struct ptc_gate *gate = g->slots && id ? find(g, hierarchy_id, id) : NULL;

	if (!gate) {
		g->refused += state != PTC_GATE_NONE;
		return state == PTC_GATE_NONE;
	}
	if (gate->id == id) {
		STORE(&gate->meter, meter);
		STORE(&gate->state, (uint16_t)state);
		if (state == PTC_GATE_NONE) {
			STORE(&gate->id, TAKEN_OUT);
			empty(g, hierarchy_id, gate);
		}
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

static struct ptc_decided *decided_of(const struct gates *g, uint32_t hierarchy_id)
{
	return g->decided ? &g->decided[hierarchy_id != 0] : NULL;
}

void gates_made(struct gates *g, uint32_t hierarchy_id, uint64_t id)
{
	struct ptc_decided *d = decided_of(g, hierarchy_id);

	if (d && id > d->decided)
		STORE(&d->decided, id);
}

void gates_renamed(struct gates *g, uint32_t hierarchy_id)
{
	struct ptc_decided *d = decided_of(g, hierarchy_id);

	if (d)
		STORE(&d->renames_seen, d->renames_seen + 1);
}
