/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.h - pieces of memory of one size, taken and given back many times
 *
 * Cheaper than malloc(3) for what comes and goes with each process: a piece is the next of
 * a list, begins at a cache line, and the one given back last, which the CPU's cache may
 * still have, is taken first. What was once needed stays with the pool until its end, so
 * whoever uses it has a limit of his own.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool {
	size_t piece_bytes; /* a multiple of a cache line */
	void *given_back;   /* each begins with the next one's address */
	void *blocks;	    /* likewise, newest first */
	size_t unused;	    /* pieces at the end of the newest block that were never taken */
};

#define POOL_LINE 64 /* bytes of a cache line */

/* Takes no memory yet. */
void pool_init(struct pool *p, size_t piece_bytes);
/* All pieces go, also those that were not given back. */
void pool_done(struct pool *p);

/* A piece, with anything in it; NULL: no memory. */
void *pool_take(struct pool *p);
void pool_give(struct pool *p, void *piece);

#endif /* BASE_POOL_H */
