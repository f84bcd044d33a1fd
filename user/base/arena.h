/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that is given back all at once
 *
 * Pieces keep their address until arena_reset(). The first block is kept, so that
 * ordinary lines do not allocate.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the one in use first; owned */
	bool failed;		    /* there was no memory, since the last reset */
};

/* Aligned for any type, zeroed; NULL if there is no memory. */
void *arena_alloc(struct arena *a, size_t len);

/* Makes *s a copy, terminated; false, and *s untouched: no memory. */
bool arena_str(struct arena *a, struct str *s);

void arena_reset(struct arena *a);
void arena_done(struct arena *a);

#endif /* BASE_ARENA_H */
