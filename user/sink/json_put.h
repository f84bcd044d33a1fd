/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_put.h - the pieces that a line of JSON is made of
 *
 * Every value is written with a comma behind it, and closing an object or an array
 * overwrites that comma, so that no caller has to know what came before. The writer
 * keeps a cursor into the buffer; room is checked by each piece. Out of memory only
 * sets the buffer's failed flag; json_put_end() then takes the line back.
 *
 * Bytes that are not UTF-8 cannot stand in JSON. Such a string is written with \xhh
 * for each and its backslashes doubled, and its place in the event is remembered for
 * proctrace.escaped, which tells a reader to undo that.
 */
#ifndef SINK_JSON_PUT_H
#define SINK_JSON_PUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* Where a string stands: object[index].sub leaf, as "proctrace.ns_change[0].owner.name". */
struct json_place {
	const char *object;
	int index;	 /* -1: none */
	const char *sub; /* "" or "owner." */
	int outer;	 /* of the containers around that one, from 1; 0: itself */
	const char *leaf;
};

/* More than there are strings in an event, the elements of its lists aside. */
#define JSON_PLACES_MAX 192

struct json_kept;

struct json_put {
	char *p;   /* the next byte */
	char *end; /* of the room there is */
	struct buf *out;
	struct json_kept *kept;	 /* see json_kept.h; NULL: nothing is */
	size_t start;		 /* of the line in out */
	struct json_place place; /* of what is written now; leaf unused */
	bool args_escaped;	 /* some element of process.args had to be escaped */
	bool env_escaped;
	unsigned int places_len;
	struct json_place places[JSON_PLACES_MAX]; /* strings that had to be escaped */
};

/* A word laid out for copying a fixed number of bytes: far cheaper than its length. */
struct json_word {
	char text[24];
	uint8_t len;
};

#define JSON_WORD(s)               \
	{                          \
		(s), sizeof(s) - 1 \
	}

/* Returns false, with nothing written, if there is no memory at all. */
bool json_put_begin(struct json_put *w, struct buf *out);
/* Ends the line, or takes it back if it could not be written whole. */
void json_put_end(struct json_put *w);

bool json_put_grow(struct json_put *w, size_t n);

/* Makes room for n bytes at the cursor. */
static inline bool json_put_room(struct json_put *w, size_t n)
{
	return (size_t)(w->end - w->p) >= n || json_put_grow(w, n);
}

static inline void json_put_bytes(struct json_put *w, const char *s, size_t n)
{
	if (!json_put_room(w, n))
		return;
	memcpy(w->p, s, n);
	w->p += n;
}

static inline void json_put_word(struct json_put *w, const struct json_word *word)
{
	if (!json_put_room(w, sizeof(word->text)))
		return;
	memcpy(w->p, word->text, sizeof(word->text));
	w->p += word->len;
}

/* Literals have a size the compiler knows, so that copying them is a few moves. */
#define JSON_LITERAL(w, s)  json_put_bytes((w), (s), sizeof(s) - 1)
#define JSON_KEY(w, key)    JSON_LITERAL(w, "\"" key "\":")
#define JSON_OBJECT(w, key) JSON_LITERAL(w, "\"" key "\":{")
#define JSON_ARRAY(w, key)  JSON_LITERAL(w, "\"" key "\":[")

/* '}' or ']' and a comma. */
static inline void json_put_close(struct json_put *w, char bracket)
{
	if (!json_put_room(w, 2))
		return;
	if (w->p[-1] == ',')
		w->p--;
	w->p[0] = bracket;
	w->p[1] = ',';
	w->p += 2;
}

/* All of these write the value and a comma. */
void json_put_u64(struct json_put *w, uint64_t v);
void json_put_i64(struct json_put *w, int64_t v);
void json_put_bool(struct json_put *w, bool v);
void json_put_id(struct json_put *w, uint64_t v);			  /* a number as a string */
void json_put_octal(struct json_put *w, uint32_t v, unsigned int digits); /* as a string */
void json_put_hex(struct json_put *w, uint64_t v); /* 16 digits, as a string */
void json_put_time(struct json_put *w, int64_t wall_ns);

/* Returns true if the string is not UTF-8 and was escaped. */
bool json_put_string(struct json_put *w, struct str s);
/* The same; leaf says where, for proctrace.escaped. */
void json_put_text(struct json_put *w, const char *leaf, struct str s);
/* An array of NUL-separated strings; true if any was escaped. */
bool json_put_words(struct json_put *w, struct str words);
/* "name[3]", … for those elements of words that json_put_words() escaped. */
void json_put_escaped_words(struct json_put *w, const char *name, struct str words);
/* NUL-separated arguments as one line for a shell. */
void json_put_command_line(struct json_put *w, struct str args);
/* What json_put_text() remembered, as elements of an array. */
void json_put_places(struct json_put *w);

/* A fact that may not be known: absent if it is empty. */
#define JSON_TEXT(w, key, leaf, s)                         \
	do {                                               \
		struct str text_ = (s);                    \
		if (text_.len) {                           \
			JSON_KEY(w, key);                  \
			json_put_text((w), (leaf), text_); \
		}                                          \
	} while (0)

#define JSON_U64(w, key, v)             \
	do {                            \
		JSON_KEY(w, key);       \
		json_put_u64((w), (v)); \
	} while (0)

/* A flag stands there only if it is set. */
#define JSON_FLAG(w, key, v)                                  \
	do {                                                  \
		if (v)                                        \
			JSON_LITERAL(w, "\"" key "\":true,"); \
	} while (0)

#endif /* SINK_JSON_PUT_H */
