/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.h - a line of JSON as a tree that is fast to make and to read
 *
 * The values stand one after the other as in the line: an array's elements follow it, an
 * object is followed by its keys and values in turn. So a tree costs no allocation of its
 * own, and strings are borrowed from the line unless they hold an escape.
 */
#ifndef LOG_NODE_H
#define LOG_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum node_type {
	NODE_OTHER, /* null, and numbers that are no integer */
	NODE_BOOL,
	NODE_INT,
	NODE_STRING,
	NODE_ARRAY,
	NODE_WORDS, /* an array of strings that was not looked into */
	NODE_OBJECT,
};

struct node {
	enum node_type type : 8; /* a line has 250 nodes: they are kept small */
	bool sign;		 /* NODE_INT: negative; NODE_BOOL: true */
	uint32_t len;		 /* elements, or members */
	uint32_t size;		 /* nodes that it is made of, itself too */
	uint32_t hint; /* node_get()'s: where the member behind the last one is; 0: none */
	union {
		struct str text; /* NODE_STRING: decoded, not terminated; NODE_WORDS: as it stands */
		uint64_t number; /* NODE_INT: how far from zero */
	};
};

struct node_reader;

/* Returns 0 or -ENOMEM. */
int node_reader_new(struct node_reader **ret_reader);
void node_reader_free(struct node_reader *r); /* NULL is fine */

/*
 * The object that the line is, in exact JSON and valid UTF-8, or NULL: it is none, is too
 * deep, or there is no memory. Valid, as long as the line is, until the next call.
 */
const struct node *node_parse(struct node_reader *r, struct str line);

/*
 * The same, ten times as fast, for lines as the JSON sink writes them: what is no JSON
 * may be taken for an object, so that its reader has to prove what he made of it. Lists of
 * capabilities are NODE_WORDS. NULL says nothing about the line.
 */
const struct node *node_guess(struct node_reader *r, struct str line);

/* Why the last line was not read, or not all of it: there was no memory. */
bool node_no_memory(const struct node_reader *r);

/* The value of a member of an object; NULL if there is none. */
const struct node *node_get(const struct node *object, const char *key);

/* The node behind it and all that it is made of. */
static inline const struct node *node_next(const struct node *n)
{
	return n + n->size;
}

/* The elements of an array, which may be NULL. */
#define node_foreach(element, array)                                                \
	for (const struct node *element = (array) ? (array) + 1 : NULL,             \
			       *element##_end_ = (array) ? node_next(array) : NULL; \
	     element != element##_end_; element = node_next(element))

/* The members of an object, which may be NULL: key is the name, node_next(key) the value. */
#define node_foreach_member(key, object)                                          \
	for (const struct node *key = (object) ? (object) + 1 : NULL,             \
			       *key##_end_ = (object) ? node_next(object) : NULL; \
	     key != key##_end_; key = node_next(node_next(key)))

#endif /* LOG_NODE_H */
