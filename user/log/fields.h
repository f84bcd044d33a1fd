/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields.h - typed values out of a parsed line
 *
 * A value of the wrong type or out of its range sets .damaged and reads as absent,
 * so that a whole line is read and then checked once. Absent is no damage. Strings
 * point into the parsed line or the arena.
 */
#ifndef LOG_FIELDS_H
#define LOG_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "log/node.h"

struct caps_read;

struct fields {
	struct arena *arena;
	struct caps_read *caps;	    /* for read_caps() */
	const struct node *escaped; /* proctrace.escaped; NULL: nothing was */
	bool damaged;
	/* Where the strings read now stand, as in the JSON writer. */
	const char *object;
	int index;
	const char *sub;
	int outer; /* which of the containers around that one, -1: itself */
};

void fields_place(struct fields *f, const char *object, int index, const char *sub);
/* One of the containers around the one that stands there; -1: that one again. */
void fields_place_outer(struct fields *f, int outer);

/* Empty if the value is no string. */
struct str fields_string(const struct node *value);

/* NULL if absent, or of another type. o may be NULL. */
const struct node *fields_object(struct fields *f, const struct node *o, const char *key);
const struct node *fields_array(struct fields *f, const struct node *o, const char *key);

/* These return true, and set the value, only if it is there and right. */
bool fields_u64(struct fields *f, const struct node *o, const char *key, uint64_t max,
		uint64_t *ret);
bool fields_u32(struct fields *f, const struct node *o, const char *key, uint32_t *ret);
bool fields_i32(struct fields *f, const struct node *o, const char *key, int32_t *ret);
bool fields_bool(struct fields *f, const struct node *o, const char *key, bool *ret);
bool fields_time(struct fields *f, const struct node *o, const char *key, int64_t *ret_wall_ns);
/* A number written as a string. */
bool fields_id(struct fields *f, const struct node *o, const char *key, uint32_t *ret);
/* Sixteen hexadecimal digits. */
bool fields_hex(struct fields *f, const struct node *o, const char *key, uint64_t *ret);
/* The id in {"key":{"id":"0"}}. */
bool fields_owner(struct fields *f, const struct node *o, const char *key, uint32_t *ret);
bool fields_word(struct fields *f, const struct node *o, const char *key, struct str *ret);

/* True if a flag is there and set. */
bool fields_flag(struct fields *f, const struct node *o, const char *key);

/* Text from a process, with what proctrace.escaped says undone. leaf: its place. */
bool fields_text(struct fields *f, const struct node *o, const char *key, const char *leaf,
		 struct str *ret);
/* The only element of an array of text. */
bool fields_text_in(struct fields *f, const struct node *o, const char *key, const char *leaf,
		    struct str *ret);
/* An array of text, as words with a NUL after each; name is its place. */
bool fields_words(struct fields *f, const struct node *o, const char *key, const char *name,
		  struct str *ret);

#endif /* LOG_FIELDS_H */
