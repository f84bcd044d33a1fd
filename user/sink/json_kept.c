// SPDX-License-Identifier: Apache-2.0
/*
 * json_kept.c - pieces of a line that are as in a line before are copied, not made again
 *
 * One of each kind is kept: the records of a process come close together, and what a storm
 * runs is mostly alike. The commas at both ends are in the piece, as every value has one.
 */
#include "sink/json_kept.h"

#include <assert.h>

bool json_put_kept(struct json_put *w, enum json_piece piece, const void *key, size_t key_len,
		   struct json_mark *ret_mark)
{
	struct json_kept *kept = w->kept;

	assert(key_len && key_len <= JSON_KEY_MAX);
	if (kept && kept->piece[piece].key_len == key_len &&
	    memcmp(kept->piece[piece].key, key, key_len) == 0) {
		json_put_bytes(w, kept->piece[piece].text, kept->piece[piece].text_len);
		return true;
	}
	*ret_mark = (struct json_mark){ .at = (size_t)(w->p - w->out->data),
					.places_len = w->places_len };
	return false;
}

void json_keep(struct json_put *w, enum json_piece piece, const void *key, size_t key_len,
	       const struct json_mark *mark)
{
	size_t text_len = (size_t)(w->p - w->out->data) - mark->at;
	struct json_kept *kept = w->kept;

	if (!kept)
		return;
	kept->piece[piece].key_len = 0;
	/* The place of an escaped string must be noted for each line; half a piece is none. */
	if (text_len > JSON_PIECE_MAX || w->places_len != mark->places_len || w->out->failed)
		return;
	memcpy(kept->piece[piece].key, key, key_len);
	memcpy(kept->piece[piece].text, w->out->data + mark->at, text_len);
	kept->piece[piece].key_len = key_len;
	kept->piece[piece].text_len = text_len;
}
