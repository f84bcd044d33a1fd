// SPDX-License-Identifier: Apache-2.0
/*
 * pool.c - pieces of memory of one size, taken and given back many times
 */
#include "base/pool.h"

#include <stdlib.h>

/* A sanitized build is to see who uses what was given back. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)	  ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

/* Of a block, or of one piece if that is larger. */
#define BLOCK_BYTES ((size_t)64 << 10)

void pool_init(struct pool *p, size_t piece_bytes)
{
	*p = (struct pool){ .piece_bytes = (piece_bytes + POOL_LINE - 1) / POOL_LINE * POOL_LINE };
}

void pool_done(struct pool *p)
{
	while (p->blocks) {
		void *block = p->blocks;

		p->blocks = *(void **)block;
		free(block);
	}
	pool_init(p, p->piece_bytes);
}

static size_t pieces_of_block(const struct pool *p)
{
	size_t pieces = (BLOCK_BYTES - POOL_LINE) / p->piece_bytes;

	return pieces ? pieces : 1;
}

static void *take_unused(struct pool *p)
{
	size_t pieces = pieces_of_block(p);

	if (!p->unused) {
		size_t bytes = POOL_LINE + pieces * p->piece_bytes;
		void **block = aligned_alloc(POOL_LINE, bytes);

		if (!block)
			return NULL;
		*block = p->blocks;
		p->blocks = block;
		p->unused = pieces;
		ASAN_POISON_MEMORY_REGION((char *)block + POOL_LINE, bytes - POOL_LINE);
	}
	return (char *)p->blocks + POOL_LINE + (pieces - p->unused--) * p->piece_bytes;
}

void *pool_take(struct pool *p)
{
	void *piece = p->given_back;

	if (!piece) {
		piece = take_unused(p);
		if (piece)
			ASAN_UNPOISON_MEMORY_REGION(piece, p->piece_bytes);
		return piece;
	}
	ASAN_UNPOISON_MEMORY_REGION(piece, p->piece_bytes);
	p->given_back = *(void **)piece;
	/* It was given back a while ago, and is to be in the cache when it is wanted. */
	for (size_t at = 0; p->given_back && at < p->piece_bytes; at += POOL_LINE)
		__builtin_prefetch((char *)p->given_back + at, 1);
	return piece;
}

void pool_give(struct pool *p, void *piece)
{
	if (!piece)
		return;
	*(void **)piece = p->given_back;
	p->given_back = piece;
	ASAN_POISON_MEMORY_REGION(piece, p->piece_bytes);
}
