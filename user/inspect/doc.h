/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.h - what was found out about a process, as a tree of facts
 *
 * Sections build it, and three writers print it: text for people, JSON, and what two of
 * them differ in. A fact has a key (in JSON), a title (for people) and a value, or the
 * reason why it has none. Everything is copied: values may hold any byte, and only the
 * writers escape them. Keys and titles are literals.
 *
 * Adding never fails at the call: without memory .failed is set, and everything after is
 * ignored, so that the whole is built and then checked once.
 */
#ifndef INSPECT_DOC_H
#define INSPECT_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum doc_kind {
	DOC_GROUP,   /* facts with keys; also an element of a list */
	DOC_LIST,    /* elements without keys: all values, or all groups */
	DOC_TEXT,    /* any bytes */
	DOC_WORDS,   /* arguments, a NUL after each */
	DOC_NUMBER,  /* not negative */
	DOC_SIGNED,  /* may be */
	DOC_BOOL,    /* number 0 or 1 */
	DOC_NONE,    /* it is known that there is none */
	DOC_MISSING, /* not known: text says why */
};

/* How people see a number; a key says the unit by itself. */
enum doc_unit {
	DOC_COUNT,
	DOC_BYTES,
	DOC_NS, /* a length of time */
};

struct doc_node {
	enum doc_kind kind;
	enum doc_unit unit;
	bool line;	   /* of a group: it is one of text */
	bool passing;	   /* differs between any two processes or moments: no difference */
	const char *key;   /* NULL: an element of a list */
	const char *title; /* NULL: the key will do */
	uint64_t number;
	struct str text;
	struct str general; /* text without what is this process's alone; len 0: as text */
	struct str summary; /* of a list: what people read instead; len 0: its elements */
	struct str note;    /* what the value means; len 0: none */
	uint64_t children;  /* that are there */
	uint64_t beyond;    /* and that the limit left out */
	uint64_t limit;	    /* of a list; 0: none */
	uint32_t depth;	    /* in a tree, for people */
	struct doc_node *parent, *first, *last, *next;
};

struct doc {
	struct arena arena;
	struct doc_node *root; /* a group */
	struct doc_node *open; /* where facts are added */
	struct doc_node *last; /* what a note is about; NULL: it was left out */
	uint64_t limit;	       /* of the elements of a list, if it has none of its own; 0: none */
	bool failed;
};

/* Returns 0 or -ENOMEM; either way doc_done() is fine. */
int doc_init(struct doc *d, uint64_t limit);
void doc_done(struct doc *d);

/* Opens a group or a list, until doc_end(). title NULL: as the key. */
void doc_group(struct doc *d, const char *key, const char *title);
/* A group that is one line of text: "title  first, title second, …". */
void doc_line(struct doc *d, const char *key, const char *title);
void doc_list(struct doc *d, const char *key, const char *title);
/* A list within a row, where fewer elements do: cut at limit, if any list is. */
void doc_short_list(struct doc *d, const char *key, const char *title, uint64_t limit);
void doc_end(struct doc *d);

/*
 * Opens a group as the next element of the list that is open, until doc_end(). Its first
 * fact tells it from the others. False, with nothing opened: beyond the limit, and counted.
 */
bool doc_item(struct doc *d);

/* Facts of the group that is open; with key NULL, elements of the list that is open. */
void doc_str(struct doc *d, const char *key, const char *title, struct str value);
__attribute__((format(printf, 4, 5))) void doc_text(struct doc *d, const char *key,
						    const char *title, const char *fmt, ...);
void doc_words(struct doc *d, const char *key, const char *title, struct str words);
void doc_u64(struct doc *d, const char *key, const char *title, uint64_t value);
void doc_i64(struct doc *d, const char *key, const char *title, int64_t value);
void doc_bytes(struct doc *d, const char *key, const char *title, uint64_t bytes);
void doc_ns(struct doc *d, const char *key, const char *title, uint64_t ns);
void doc_bool(struct doc *d, const char *key, const char *title, bool value);

void doc_none(struct doc *d, const char *key, const char *title);

/* A fact that is not known, by the negative errno of its reader: see doc_reason(). */
void doc_missing(struct doc *d, const char *key, const char *title, int err);
/* The same for another reason, in words that end the sentence "not known: ". */
void doc_missing_for(struct doc *d, const char *key, const char *title, const char *why);

/* What people read instead of the elements of the list that was added last. */
__attribute__((format(printf, 2, 3))) void doc_summary(struct doc *d, const char *fmt, ...);
/* About the fact that was added last (which may be a group that was opened or ended). */
__attribute__((format(printf, 2, 3))) void doc_note(struct doc *d, const char *fmt, ...);
void doc_note_str(struct doc *d, struct str note);
/* Where lists are trees: how many steps in it stands. Programs find that in other facts. */
void doc_depth(struct doc *d, uint32_t depth);
/* It differs between any two processes, or from one moment to the next. */
void doc_passing(struct doc *d);

/*
 * "gone" for -ESRCH, "denied" for -EACCES and -EPERM, "absent" (this kernel has none) for
 * -ENOENT and the like, "malformed" for -EBADMSG and -EFBIG, else the name of the error.
 */
const char *doc_reason(int err);

/*
 * Texts that hold own (a container's id) are the same as another's that hold its own: in a
 * difference it is no difference. May be said of several, the longer ones first.
 */
void doc_generalise(struct doc *d, struct str own);

/* The fact of a group with that key; NULL: there is none. */
const struct doc_node *doc_find(const struct doc_node *group, const char *key);

struct doc_style {
	bool color;
	unsigned int width; /* of a line that is broken; 0: none is */
};

/* Appends all facts as lines of text. out->failed says if there was no memory. */
void doc_write_text(const struct doc *d, const struct doc_style *style, struct buf *out);
/* One value without its title, on one line; and with its note behind it. */
void doc_write_value(const struct doc_node *node, struct buf *out);
void doc_write_noted(const struct doc_node *node, struct buf *out);

struct json_object;
/*
 * One value, the caller's to put; NULL: no memory, or it is null (DOC_NONE). What is not
 * known is an object with "missing". ret_escaped is set if a string in it is not UTF-8,
 * else left alone.
 */
struct json_object *doc_value_to_json(const struct doc_node *node, bool *ret_escaped);
/* The root as a JSON object, the caller's to put; NULL: no memory. */
struct json_object *doc_to_json(const struct doc *d);

#endif /* INSPECT_DOC_H */
