// SPDX-License-Identifier: Apache-2.0
/*
 * doc_diff_write.c - what two trees of facts differ in, as text and as JSON
 */
#include "inspect/doc_diff.h"

#include <json-c/json.h>

#define DEPTH_MAX 32

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

/* From below the root to the fact. Returns how many. */
static size_t path_of(const struct doc_node *node, const struct doc_node *ret_path[DEPTH_MAX])
{
	size_t len = 0;

	for (const struct doc_node *n = node; n->parent && len < DEPTH_MAX; n = n->parent)
		len++;
	for (size_t i = len; i > 0; i--, node = node->parent)
		ret_path[i - 1] = node;
	return len;
}

/* ---- text ---- */

struct text {
	const struct doc_style *style;
	struct buf *out;
	const char *section; /* whose heading stands; NULL: none */
};

static void write_heading(struct text *t, const char *title)
{
	if (t->out->len)
		buf_putc(t->out, '\n');
	buf_printf(t->out, "%s%s%s\n", t->style->color ? BOLD : "", title,
		   t->style->color ? PLAIN : "");
	t->section = title;
}

/* A group in a list is called by its first fact. */
static const struct doc_node *label_of(const struct doc_node *node)
{
	return !node->key && node->kind == DOC_GROUP && node->first ? node->first : node;
}

static void write_step(struct text *t, const struct doc_node *node)
{
	if (node->key)
		buf_puts(t->out, node->title);
	else
		doc_write_value(label_of(node), t->out);
}

/* The facts of a group that are not those of the other. */
static void write_facts(struct text *t, const struct doc_node *group, const struct doc_node *other)
{
	bool is_first = true;

	for (const struct doc_node *n = group->first; n; n = n->next) {
		if (!doc_diff_differs(n, other))
			continue;
		buf_printf(t->out, "%s%s ", is_first ? "" : ", ", n->title);
		doc_write_value(n, t->out);
		is_first = false;
	}
	if (is_first)
		buf_putc(t->out, '-');
}

/* An element of a list that the other has not: its name, and what it means if that is all. */
static void write_element(struct text *t, const struct doc_node *node)
{
	const struct doc_node *label = label_of(node);

	doc_write_value(label, t->out);
	if (label != node && label->next && !label->next->next) {
		buf_puts(t->out, " (");
		doc_write_value(label->next, t->out);
		buf_putc(t->out, ')');
	}
}

static void write_elements(struct text *t, const char *who, const struct doc_node *list,
			   const struct doc_node *other)
{
	const struct doc_node *n = NULL;
	bool is_first = true;

	while ((n = doc_diff_next(list, other, n))) {
		if (is_first)
			buf_printf(t->out, "    only %s  ", who);
		else
			buf_puts(t->out, ", ");
		write_element(t, n);
		is_first = false;
	}
	if (!is_first)
		buf_putc(t->out, '\n');
	if (other && list->beyond != other->beyond)
		buf_printf(t->out, "    %s  and %llu more\n", who,
			   (unsigned long long)list->beyond);
}

/* Of two lists, and two groups in lists, only what the other has not. */
static void write_side(struct text *t, const char *who, const struct doc_node *node,
		       const struct doc_node *other)
{
	if (node && node->kind == DOC_LIST && node->first && (!other || other->kind == DOC_LIST)) {
		write_elements(t, who, node, other);
		return;
	}
	/* What the other has alone says it all. */
	if ((!node || node->kind == DOC_LIST) && other && other->kind == DOC_LIST)
		return;
	buf_printf(t->out, "    %s  ", who);
	if (!node)
		buf_putc(t->out, '-');
	else if (!node->key && node->kind == DOC_GROUP && other)
		write_facts(t, node, other);
	else
		doc_write_value(node, t->out);
	buf_putc(t->out, '\n');
}

static void write_difference(const struct doc_node *a, const struct doc_node *b, void *arg)
{
	const struct doc_node *path[DEPTH_MAX];
	size_t len = path_of(a ? a : b, path);
	struct text *t = arg;

	if (len < 2 && !t->section)
		t->section = "";
	else if (len >= 2 && path[0]->title != t->section)
		write_heading(t, path[0]->title);
	buf_puts(t->out, "  ");
	for (size_t i = len > 1; i < len; i++) {
		if (i > 1)
			buf_puts(t->out, " / ");
		write_step(t, path[i]);
	}
	buf_putc(t->out, '\n');
	write_side(t, "A", a, b);
	write_side(t, "B", b, a);
}

void doc_write_diff(const struct doc *a, const struct doc *b, const struct doc_style *style,
		    struct buf *out)
{
	struct text t = { .style = style, .out = out };

	doc_diff(a->root, b->root, write_difference, &t);
}

/* ---- JSON ---- */

struct json {
	struct json_object *array;
	bool escaped; /* something in this difference is */
	bool failed;
};

/* NULL is JSON's null where that is what node is. */
static void append(struct json *j, struct json_object *array, struct json_object *value,
		   bool is_null)
{
	if ((value || is_null) && json_object_array_add(array, value) == 0)
		return;
	json_object_put(value);
	j->failed = true;
}

static void put(struct json *j, struct json_object *object, const char *key,
		struct json_object *value, bool is_null)
{
	if ((value || is_null) && json_object_object_add(object, key, value) == 0)
		return;
	json_object_put(value);
	j->failed = true;
}

static void append_value(struct json *j, struct json_object *array, const struct doc_node *node)
{
	append(j, array, doc_value_to_json(node, &j->escaped), node->kind == DOC_NONE);
}

static struct json_object *new_path(struct json *j, const struct doc_node *node)
{
	struct json_object *array = json_object_new_array();
	const struct doc_node *path[DEPTH_MAX];
	size_t len = path_of(node, path);

	for (size_t i = 0; array && i < len; i++) {
		if (path[i]->key)
			append(j, array, json_object_new_string(path[i]->key), false);
		else
			append_value(j, array, label_of(path[i]));
	}
	return array;
}

static struct json_object *new_elements(struct json *j, const struct doc_node *list,
					const struct doc_node *other)
{
	struct json_object *array = json_object_new_array();
	const struct doc_node *n = NULL;

	while (array && (n = doc_diff_next(list, other, n)))
		append_value(j, array, n);
	return array;
}

static struct json_object *new_facts(struct json *j, const struct doc_node *group,
				     const struct doc_node *other)
{
	struct json_object *object = json_object_new_object();

	for (const struct doc_node *n = group->first; object && n; n = n->next)
		if (doc_diff_differs(n, other))
			put(j, object, n->key, doc_value_to_json(n, &j->escaped),
			    n->kind == DOC_NONE);
	return object;
}

static void put_side(struct json *j, struct json_object *object, const char *key,
		     const struct doc_node *node, const struct doc_node *other)
{
	if (!node)
		return;
	if (node->kind == DOC_LIST && other && other->kind == DOC_LIST)
		put(j, object, key, new_elements(j, node, other), false);
	else if (node->kind == DOC_GROUP && !node->key && other)
		put(j, object, key, new_facts(j, node, other), false);
	else
		put(j, object, key, doc_value_to_json(node, &j->escaped), node->kind == DOC_NONE);
}

static void add_difference(const struct doc_node *a, const struct doc_node *b, void *arg)
{
	struct json *j = arg;
	struct json_object *object = json_object_new_object();

	if (!object) {
		j->failed = true;
		return;
	}
	j->escaped = false;
	put(j, object, "path", new_path(j, a ? a : b), false);
	put_side(j, object, "a", a, b);
	put_side(j, object, "b", b, a);
	if (j->escaped)
		put(j, object, "escaped", json_object_new_boolean(1), false);
	append(j, j->array, object, false);
}

struct json_object *doc_diff_to_json(const struct doc *a, const struct doc *b)
{
	struct json j = { .array = json_object_new_array() };

	if (!j.array)
		return NULL;
	doc_diff(a->root, b->root, add_difference, &j);
	if (!j.failed)
		return j.array;
	json_object_put(j.array);
	return NULL;
}
