/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_kept.h - pieces of a line that are as in a line before are copied, not made again
 *
 * Credentials, namespaces, sources and containers hardly differ from one event to the next, and making
 * them is a good part of a line. A piece is kept under a key: all that its text depends on,
 * as bytes without padding.
 */
#ifndef SINK_JSON_KEPT_H
#define SINK_JSON_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/timefmt.h"
#include "sink/json_put.h"

enum json_piece {
	JSON_PIECE_OWNERS,
	JSON_PIECE_NAMESPACES,
	JSON_PIECE_CREDENTIALS,
	JSON_PIECE_SOURCES,
	JSON_PIECE_SOURCES_OF_EXEC, /* it says more than what comes after it */
	JSON_PIECE_CONTAINER,
	JSON_PIECES,
};

#define JSON_KEY_MAX   64
#define JSON_PIECE_MAX 1024

/* What is kept of the lines before. All zero: nothing. */
struct json_kept {
	struct {
		size_t key_len, text_len; /* key_len 0: nothing is kept */
		unsigned char key[JSON_KEY_MAX];
		char text[JSON_PIECE_MAX];
	} piece[JSON_PIECES];
	struct timefmt_kept time;
};

/* Where a piece begins. */
struct json_mark {
	size_t at;
	unsigned int places_len;
};

/*
 * Writes the piece if it is kept under this key (at most JSON_KEY_MAX bytes). If not: false,
 * and json_keep() takes what the caller then writes.
 */
bool json_put_kept(struct json_put *w, enum json_piece piece, const void *key, size_t key_len,
		   struct json_mark *ret_mark);

/* A piece that is too long, or has a string that had to be escaped, is not kept. */
void json_keep(struct json_put *w, enum json_piece piece, const void *key, size_t key_len,
	       const struct json_mark *mark);

#endif /* SINK_JSON_KEPT_H */
