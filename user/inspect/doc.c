// SPDX-License-Identifier: Apache-2.0
/*
 * doc.c - what was found out about a process, as a tree of facts
 */
#include "inspect/doc.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/names.h"

int doc_init(struct doc *d, uint64_t limit)
{
	*d = (struct doc){ .limit = limit };
	d->root = arena_alloc(&d->arena, sizeof(*d->root));
	d->open = d->root;
	d->failed = !d->root;
	return d->failed ? -ENOMEM : 0;
}

void doc_done(struct doc *d)
{
	arena_done(&d->arena);
	*d = (struct doc){ .failed = true };
}

/* NULL: no memory, or an element beyond the limit. */
static struct doc_node *add(struct doc *d, enum doc_kind kind, const char *key, const char *title)
{
	struct doc_node *node, *parent = d->open;

	d->last = NULL;
	if (d->failed)
		return NULL;
	assert((key == NULL) == (parent->kind == DOC_LIST));
	if (parent->limit && parent->children >= parent->limit) {
		parent->beyond++;
		return NULL;
	}
	node = arena_alloc(&d->arena, sizeof(*node));
	if (!node) {
		d->failed = true;
		return NULL;
	}
	*node = (struct doc_node){ .kind = kind,
				   .key = key,
				   .title = title ? title : key,
				   .parent = parent };
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	parent->children++;
	d->last = node;
	return node;
}

static struct str copy(struct doc *d, struct str s)
{
	if (arena_str(&d->arena, &s))
		return s;
	d->failed = true;
	return (struct str){ 0 };
}

__attribute__((format(printf, 2, 0))) static struct str format(struct doc *d, const char *fmt,
							       va_list ap)
{
	char *text;
	struct str copied;
	int n = vasprintf(&text, fmt, ap);

	if (n < 0) {
		d->failed = true;
		return (struct str){ 0 };
	}
	copied = copy(d, str_from(text, (size_t)n));
	free(text);
	return copied;
}

void doc_group(struct doc *d, const char *key, const char *title)
{
	struct doc_node *node = add(d, DOC_GROUP, key, title);

	if (node)
		d->open = node;
}

void doc_line(struct doc *d, const char *key, const char *title)
{
	doc_group(d, key, title);
	if (d->last)
		d->last->line = true;
}

void doc_short_list(struct doc *d, const char *key, const char *title, uint64_t limit)
{
	struct doc_node *node = add(d, DOC_LIST, key, title);

	if (!node)
		return;
	node->limit = d->limit && limit < d->limit ? limit : d->limit;
	d->open = node;
}

void doc_list(struct doc *d, const char *key, const char *title)
{
	doc_short_list(d, key, title, UINT64_MAX);
}

bool doc_item(struct doc *d)
{
	struct doc_node *node = add(d, DOC_GROUP, NULL, NULL);

	if (!node)
		return false;
	d->open = node;
	return true;
}

void doc_end(struct doc *d)
{
	if (d->failed) /* a group may not have been opened for that */
		return;
	assert(d->open->parent);
	d->last = d->open;
	d->open = d->open->parent;
}

void doc_str(struct doc *d, const char *key, const char *title, struct str value)
{
	struct doc_node *node = add(d, DOC_TEXT, key, title);

	if (node)
		node->text = copy(d, value);
}

void doc_text(struct doc *d, const char *key, const char *title, const char *fmt, ...)
{
	struct doc_node *node = add(d, DOC_TEXT, key, title);
	va_list ap;

	if (!node)
		return;
	va_start(ap, fmt);
	node->text = format(d, fmt, ap);
	va_end(ap);
}

void doc_words(struct doc *d, const char *key, const char *title, struct str words)
{
	struct doc_node *node = add(d, DOC_WORDS, key, title);

	if (node)
		node->text = copy(d, words);
}

static void add_number(struct doc *d, enum doc_kind kind, enum doc_unit unit, const char *key,
		       const char *title, uint64_t value)
{
	struct doc_node *node = add(d, kind, key, title);

	if (!node)
		return;
	node->unit = unit;
	node->number = value;
}

void doc_u64(struct doc *d, const char *key, const char *title, uint64_t value)
{
	add_number(d, DOC_NUMBER, DOC_COUNT, key, title, value);
}

void doc_i64(struct doc *d, const char *key, const char *title, int64_t value)
{
	add_number(d, DOC_SIGNED, DOC_COUNT, key, title, (uint64_t)value);
}

void doc_bytes(struct doc *d, const char *key, const char *title, uint64_t bytes)
{
	add_number(d, DOC_NUMBER, DOC_BYTES, key, title, bytes);
}

void doc_ns(struct doc *d, const char *key, const char *title, uint64_t ns)
{
	add_number(d, DOC_NUMBER, DOC_NS, key, title, ns);
}

void doc_bool(struct doc *d, const char *key, const char *title, bool value)
{
	add_number(d, DOC_BOOL, DOC_COUNT, key, title, value);
}

void doc_none(struct doc *d, const char *key, const char *title)
{
	add(d, DOC_NONE, key, title);
}

const char *doc_reason(int err)
{
	const char *name;

	switch (-err) {
	case ESRCH:
		return "gone";
	case EACCES:
	case EPERM:
		return "denied";
	case ENOENT:
	case ENOSYS:
	case ENOTTY: /* an ioctl that this kernel does not know */
	case EOPNOTSUPP:
		return "absent";
	case EBADMSG:
	case EFBIG:
	case ENAMETOOLONG:
		return "malformed";
	}
	name = error_name(-err);
	return name ? name : "failed";
}

void doc_missing(struct doc *d, const char *key, const char *title, int err)
{
	doc_missing_for(d, key, title, doc_reason(err));
}

void doc_missing_for(struct doc *d, const char *key, const char *title, const char *why)
{
	struct doc_node *node = add(d, DOC_MISSING, key, title);

	if (node)
		node->text = str_of(why);
}

void doc_summary(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	if (!d->last || d->failed)
		return;
	va_start(ap, fmt);
	d->last->summary = format(d, fmt, ap);
	va_end(ap);
}

void doc_note(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	if (!d->last || d->failed)
		return;
	va_start(ap, fmt);
	d->last->note = format(d, fmt, ap);
	va_end(ap);
}

void doc_note_str(struct doc *d, struct str note)
{
	if (d->last && !d->failed)
		d->last->note = copy(d, note);
}

void doc_depth(struct doc *d, uint32_t depth)
{
	if (d->last)
		d->last->depth = depth;
}

void doc_passing(struct doc *d)
{
	if (d->last)
		d->last->passing = true;
}

static void generalise(struct doc *d, struct doc_node *node, struct str own, struct buf *b)
{
	struct str rest = node->general.len ? node->general : node->text;
	const char *found;

	for (struct doc_node *n = node->first; n; n = n->next)
		generalise(d, n, own, b);
	if (node->kind != DOC_TEXT)
		return;
	buf_reset(b);
	while (rest.len && (found = memmem(rest.p, rest.len, own.p, own.len))) {
		buf_put(b, rest.p, (size_t)(found - rest.p));
		buf_putc(b, '\0'); /* nothing that a file of the kernel's holds */
		rest = str_from(found + own.len, rest.len - (size_t)(found - rest.p) - own.len);
	}
	if (!b->len)
		return;
	buf_str(b, rest);
	d->failed |= b->failed;
	node->general = copy(d, str_from(b->data, b->len));
}

void doc_generalise(struct doc *d, struct str own)
{
	struct buf b = {};

	if (own.len && !d->failed)
		generalise(d, d->root, own, &b);
	buf_done(&b);
}

const struct doc_node *doc_find(const struct doc_node *group, const char *key)
{
	for (const struct doc_node *node = group->first; node; node = node->next)
		if (node->key && strcmp(node->key, key) == 0)
			return node;
	return NULL;
}
