/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pace.h - how much of /proc is affordable
 *
 * A look at /proc costs more than everything else about an event. So looks are paid for
 * with CPU time: a hundredth of what passes is saved, up to five milliseconds. Who has
 * nothing left steps back, and returns when half of it is saved again: a burst of a few
 * hundred programs gets everything, a storm costs a hundredth of a CPU more, however long
 * it is, and a lone process always finds something saved. When the ring fills, what was
 * saved is forfeit, so no record is lost for a look.
 *
 * CPU time and not a number of looks, since one at a process that has ended costs a fifth
 * of one that reads all; not elapsed time either, which a busy host stretches.
 */
#ifndef ENRICH_PACE_H
#define ENRICH_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_PART      100 /* 1/n of the time that passes may be spent */
#define PACE_SAVED_NS  5000000ull
#define PACE_ENOUGH_NS (PACE_SAVED_NS / 2) /* to return: a quarter of a second later */

struct pace {
	uint64_t saved_ns;
	uint64_t looked_ns; /* up to when the passing time was counted */
	bool away;
};

/* now_ns, here and below, is of any clock that never goes back. */
void pace_init(struct pace *p, uint64_t now_ns);

/* May something be read? ring_fills: then not, nor until enough is saved again. */
bool pace_allows(struct pace *p, uint64_t now_ns, bool ring_fills);

/* What was read took so much CPU time. */
void pace_spend(struct pace *p, uint64_t cpu_ns);

#endif /* ENRICH_PACE_H */
