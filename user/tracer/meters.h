/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meters.h - what containers past their rate limit did, counted by the kernel side
 *
 * include/proctrace/meter.h has the rules. All of it happens in memory that is shared
 * with the kernel side, which may count at any time.
 */
#ifndef TRACER_METERS_H
#define TRACER_METERS_H

#include <stdbool.h>
#include <stdint.h>

#include "proctrace/meter.h"
#include "tracer/tracer.h"

struct meters {
	struct ptc_meter *all;	       /* PTC_METERS of them; NULL: nothing is ever kept back */
	uint64_t (*told)[PTC_TYPES];   /* of each, what was taken */
	uint64_t asked_ns[PTC_METERS]; /* boot time when that was, the last time */
};

/* The map must have PTC_METERS entries. Returns 0 or a negative errno. */
int meters_init(struct meters *m, int map_fd);
void meters_done(struct meters *m);

/* See tracer_take_throttled(). */
bool meters_take(struct meters *m, uint16_t meter, struct tracer_throttled *ret_throttled);

/* What all of them ever kept back. */
void meters_sum(const struct meters *m, uint64_t ret_by_type[PTC_TYPES]);

#endif /* TRACER_METERS_H */
