// SPDX-License-Identifier: Apache-2.0
/*
 * doc_diff.c - what two trees of facts differ in
 */
#include "inspect/doc_diff.h"

#include <string.h>

struct diff {
	doc_differs differs;
	void *arg;
};

static void compare(const struct diff *d, const struct doc_node *a, const struct doc_node *b);

static struct str text_of(const struct doc_node *node)
{
	return node->general.len ? node->general : node->text;
}

static bool is_equal(const struct doc_node *a, const struct doc_node *b)
{
	const struct doc_node *x = a->first, *y = b->first;

	if (a->kind != b->kind || a->number != b->number || !str_eq(text_of(a), text_of(b)))
		return false;
	for (; x && y; x = x->next, y = y->next)
		if (!x->passing && !y->passing && !is_equal(x, y))
			return false;
	return !x && !y && a->beyond == b->beyond;
}

static bool is_item_list(const struct doc_node *list)
{
	return list->first && list->first->kind == DOC_GROUP;
}

/* The element that is the same one: equal, or a group with an equal first fact. */
static const struct doc_node *find_same(const struct doc_node *list, const struct doc_node *node)
{
	for (const struct doc_node *n = list->first; n; n = n->next) {
		if (node->kind == DOC_GROUP && n->kind == DOC_GROUP && node->first && n->first) {
			if (is_equal(node->first, n->first))
				return n;
		} else if (is_equal(node, n)) {
			return n;
		}
	}
	return NULL;
}

static void tell(const struct diff *d, const struct doc_node *a, const struct doc_node *b)
{
	if (!(a && a->passing) && !(b && b->passing))
		d->differs(a, b, d->arg);
}

static void compare_groups(const struct diff *d, const struct doc_node *a, const struct doc_node *b)
{
	for (const struct doc_node *n = a->first; n; n = n->next) {
		const struct doc_node *other = doc_find(b, n->key);

		if (other)
			compare(d, n, other);
		else
			tell(d, n, NULL);
	}
	for (const struct doc_node *n = b->first; n; n = n->next)
		if (!doc_find(a, n->key))
			tell(d, NULL, n);
}

/* In another order they are the same values. */
static bool has_all(const struct doc_node *list, const struct doc_node *values)
{
	for (const struct doc_node *n = values->first; n; n = n->next)
		if (!find_same(list, n))
			return false;
	return true;
}

bool doc_diff_differs(const struct doc_node *fact, const struct doc_node *other)
{
	const struct doc_node *same = doc_find(other, fact->key);

	if (fact->passing || (same && same->passing))
		return false;
	return !same || !is_equal(fact, same);
}

static bool is_item_equal(const struct doc_node *a, const struct doc_node *b)
{
	for (const struct doc_node *n = a->first; n; n = n->next)
		if (doc_diff_differs(n, b))
			return false;
	for (const struct doc_node *n = b->first; n; n = n->next)
		if (doc_diff_differs(n, a))
			return false;
	return true;
}

static void compare_items(const struct diff *d, const struct doc_node *a, const struct doc_node *b)
{
	for (const struct doc_node *n = a->first; n; n = n->next) {
		const struct doc_node *other = find_same(b, n);

		if (other && !is_item_equal(n, other))
			tell(d, n, other);
	}
	if (!has_all(a, b) || !has_all(b, a) || a->beyond != b->beyond)
		tell(d, a, b);
}

static bool is_same(const struct doc_node *a, const struct doc_node *b)
{
	if (a->kind != b->kind || a->kind != DOC_LIST)
		return is_equal(a, b);
	return has_all(a, b) && has_all(b, a) && a->beyond == b->beyond;
}

static void compare(const struct diff *d, const struct doc_node *a, const struct doc_node *b)
{
	if (a->passing || b->passing)
		return;
	if (a->kind == DOC_GROUP && b->kind == DOC_GROUP)
		compare_groups(d, a, b);
	else if (a->kind == DOC_LIST && b->kind == DOC_LIST && (is_item_list(a) || is_item_list(b)))
		compare_items(d, a, b);
	else if (!is_same(a, b))
		tell(d, a, b);
}

void doc_diff(const struct doc_node *a, const struct doc_node *b, doc_differs differs, void *arg)
{
	const struct diff d = { .differs = differs, .arg = arg };

	compare_groups(&d, a, b);
}

/* The values of a list that the other has not; other NULL: it has none. */
const struct doc_node *doc_diff_next(const struct doc_node *list, const struct doc_node *other,
				     const struct doc_node *after)
{
	const struct doc_node *n = after ? after->next : list->first;

	while (n && other && find_same(other, n))
		n = n->next;
	return n;
}
