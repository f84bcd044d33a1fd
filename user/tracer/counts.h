/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counts.h - the kernel side's counters, added up
 *
 * They are in shards, which any CPU of this host may write to at any time; the agent
 * reads them in memory that both sides share.
 */
#ifndef TRACER_COUNTS_H
#define TRACER_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tracer/tracer.h"

struct counts {
	struct ptc_stats *stats; /* borrowed */
	size_t shards;		 /* that are in use */
	uint64_t lost_told[PTC_TYPES][PTC_LOST_REASONS];
	uint64_t lost_asked_ns; /* when that was, the last time */
};

/* now_ns: boot time; nothing was lost before. */
void counts_init(struct counts *c, struct ptc_stats *stats, uint64_t now_ns);

/* See tracer_counts() and tracer_take_lost(). */
void counts_sum(const struct counts *c, struct tracer_counts *ret_counts);
bool counts_take_lost(struct counts *c, struct tracer_lost *ret_lost);

#endif /* TRACER_COUNTS_H */
