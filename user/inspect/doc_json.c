// SPDX-License-Identifier: Apache-2.0
/*
 * doc_json.c - a tree of facts as JSON
 *
 * A group is an object. Next to its facts it may have "missing": which facts are not
 * known, and why; "escaped": which strings are not UTF-8 and have \xhh for such bytes and
 * their backslashes doubled, as in events; "more": how many elements of which lists the
 * limit left out. Notes say nothing that is not in another fact, and are not there.
 */
#include "inspect/doc.h"

#include <json-c/json.h>

#include "base/escape.h"

/* Takes value, NULL if there was no memory for it. Returns false if it could not be added. */
static bool put(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

static bool append(struct json_object *array, struct json_object *value)
{
	if (value && json_object_array_add(array, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

static struct json_object *new_escaped(struct str s)
{
	struct json_object *text = NULL;
	struct buf b = {};

	for (size_t i = 0; i < s.len;) {
		unsigned int c = 0;
		size_t n = utf8_decode(s.p + i, s.len - i, &c);

		if (n == 0)
			buf_printf(&b, "\\x%02x", (unsigned char)s.p[i]);
		else if (c == '\\')
			BUF_LITERAL(&b, "\\\\");
		else
			buf_put(&b, s.p + i, n);
		i += n ? n : 1;
	}
	if (!b.failed && b.len <= INT32_MAX)
		text = json_object_new_string_len(b.data, (int)b.len);
	buf_done(&b);
	return text;
}

static struct json_object *new_string(struct str s, bool *ret_escaped)
{
	if (s.len > INT32_MAX)
		return NULL;
	*ret_escaped |= !utf8_is_valid(s);
	return utf8_is_valid(s) ? json_object_new_string_len(s.len ? s.p : "", (int)s.len) :
				  new_escaped(s);
}

static struct json_object *new_words(struct str words, bool *ret_escaped)
{
	struct json_object *array = json_object_new_array();

	while (array && words.len) {
		const char *end = memchr(words.p, '\0', words.len);
		size_t len = end ? (size_t)(end - words.p) : words.len;

		if (!append(array, new_string(str_from(words.p, len), ret_escaped))) {
			json_object_put(array);
			return NULL;
		}
		len += end != NULL;
		words = str_from(words.p + len, words.len - len);
	}
	return array;
}

static struct json_object *new_group(const struct doc_node *group);

static struct json_object *new_missing(const struct doc_node *node)
{
	struct json_object *object = json_object_new_object();

	if (object &&
	    put(object, "missing", json_object_new_string_len(node->text.p, (int)node->text.len)))
		return object;
	json_object_put(object);
	return NULL;
}

struct json_object *doc_value_to_json(const struct doc_node *node, bool *ret_escaped)
{
	struct json_object *array;

	switch (node->kind) {
	case DOC_GROUP:
		return new_group(node);
	case DOC_TEXT:
		return new_string(node->text, ret_escaped);
	case DOC_WORDS:
		return new_words(node->text, ret_escaped);
	case DOC_NUMBER:
		return json_object_new_uint64(node->number);
	case DOC_SIGNED:
		return json_object_new_int64((int64_t)node->number);
	case DOC_BOOL:
		return json_object_new_boolean((json_bool)node->number);
	case DOC_MISSING:
		return new_missing(node);
	case DOC_NONE:
		return NULL;
	case DOC_LIST:
		break;
	}
	array = json_object_new_array();
	for (const struct doc_node *n = node->first; array && n; n = n->next) {
		if (!append(array, doc_value_to_json(n, ret_escaped))) {
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

/* The object or array with that key, made if it is not there. */
static struct json_object *member(struct json_object *object, const char *key,
				  struct json_object *(*make)(void))
{
	struct json_object *found;

	if (json_object_object_get_ex(object, key, &found))
		return found;
	found = make();
	return put(object, key, found) ? found : NULL;
}

static bool put_fact(struct json_object *object, const struct doc_node *node)
{
	struct json_object *side;
	bool escaped = false;

	if (node->kind == DOC_MISSING) {
		side = member(object, "missing", json_object_new_object);
		return side && put(side, node->key,
				   json_object_new_string_len(node->text.p, (int)node->text.len));
	}
	/* json-c's null is no object at all. */
	if (node->kind == DOC_NONE)
		return json_object_object_add(object, node->key, NULL) == 0;
	if (!put(object, node->key, doc_value_to_json(node, &escaped)))
		return false;
	if (escaped) {
		side = member(object, "escaped", json_object_new_array);
		if (!side || !append(side, json_object_new_string(node->key)))
			return false;
	}
	if (node->beyond) {
		side = member(object, "more", json_object_new_object);
		return side && put(side, node->key, json_object_new_uint64(node->beyond));
	}
	return true;
}

static struct json_object *new_group(const struct doc_node *group)
{
	struct json_object *object = json_object_new_object();

	for (const struct doc_node *n = group->first; object && n; n = n->next) {
		if (!put_fact(object, n)) {
			json_object_put(object);
			return NULL;
		}
	}
	return object;
}

struct json_object *doc_to_json(const struct doc *d)
{
	return d->root ? new_group(d->root) : NULL;
}
