// SPDX-License-Identifier: Apache-2.0
/*
 * arena.c - memory that is given back all at once
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)16 << 10)

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t len)
{
	struct arena_block *block = a->blocks;
	void *piece;

	if (len > SIZE_MAX / 2) {
		a->failed = true;
		return NULL;
	}
	len = (len + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!block || block->size - block->used < len) {
		size_t size = len > BLOCK_MIN ? len : BLOCK_MIN;

		block = malloc(sizeof(*block) + size);
		if (!block) {
			a->failed = true;
			return NULL;
		}
		*block = (struct arena_block){ .next = a->blocks, .size = size };
		a->blocks = block;
	}
	piece = block->data + block->used;
	block->used += len;
	memset(piece, 0, len);
	return piece;
}

bool arena_str(struct arena *a, struct str *s)
{
	char *copy = arena_alloc(a, s->len + 1);

	if (!copy)
		return false;
	if (s->len)
		memcpy(copy, s->p, s->len);
	s->p = copy;
	return true;
}

/* Frees all blocks but the oldest, or all. */
static void free_blocks(struct arena *a, struct arena_block *keep)
{
	while (a->blocks && a->blocks != keep) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
}

void arena_reset(struct arena *a)
{
	struct arena_block *oldest = a->blocks;

	while (oldest && oldest->next)
		oldest = oldest->next;
	free_blocks(a, oldest);
	if (oldest)
		oldest->used = 0;
	a->failed = false;
}

void arena_done(struct arena *a)
{
	free_blocks(a, NULL);
	a->failed = false;
}
