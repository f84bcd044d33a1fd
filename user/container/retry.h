/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry.h - when to look again for what was not there yet
 *
 * Runtimes write their state some milliseconds before the container's first
 * process starts its program, and the next event may be that one: so often at
 * first, then ever more seldom, and not at all after five seconds.
 */
#ifndef CONTAINER_RETRY_H
#define CONTAINER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define RETRY_OFTEN_NS	(100 * NSEC_PER_MSEC)
#define RETRY_STEP_NS	(2 * NSEC_PER_MSEC)
#define RETRY_GIVEUP_NS (5 * NSEC_PER_SEC)

struct retry {
	uint64_t first_ns; /* 0: nothing was tried yet */
	uint64_t next_ns;
	bool done; /* found, or given up */
};

static inline bool retry_is_due(const struct retry *r, uint64_t now_ns)
{
	return !r->done && now_ns >= r->next_ns;
}

/* Notes a look at now_ns that found nothing, or not all. */
static inline void retry_failed(struct retry *r, uint64_t now_ns)
{
	uint64_t age_ns;

	if (!r->first_ns)
		r->first_ns = now_ns;
	age_ns = now_ns - r->first_ns;
	if (age_ns >= RETRY_GIVEUP_NS)
		r->done = true;
	r->next_ns = now_ns + (age_ns < RETRY_OFTEN_NS ? RETRY_STEP_NS : age_ns);
}

#endif /* CONTAINER_RETRY_H */
