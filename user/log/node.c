// SPDX-License-Identifier: Apache-2.0
/*
 * node.c - a line of JSON as a tree that is fast to make and to read
 *
 * Two libraries: json-c is exact, and takes 90 µs for a line of 3 KiB, most of it for the
 * allocation of what it hands out; jsmn finds where values begin and end in 5 µs, but
 * neither whether commas stand where they should nor what a string means. A string with
 * an escape in it is left to json-c by both.
 */
#include "log/node.h"

#include <errno.h>
#include <stdlib.h>

#include <json-c/json.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "base/arena.h"

#define DEPTH_MAX  32	/* of objects and arrays in a line; ours have ten */
#define TOKENS_MAX 4096 /* of a line that is guessed; ours have 300 */

struct node_reader {
	json_tokener *tokener;
	json_object *root; /* of the last line; nodes borrow from it */
	struct arena decoded;
	bool has_escapes; /* somewhere in the line that is guessed */
	struct node *nodes;
	size_t len, cap;
	jsmntok_t tokens[TOKENS_MAX];
};

int node_reader_new(struct node_reader **ret_reader)
{
	struct node_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!r->tokener) {
		free(r);
		return -ENOMEM;
	}
	json_tokener_set_flags(r->tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*ret_reader = r;
	return 0;
}

static void reset(struct node_reader *r)
{
	json_object_put(r->root);
	r->root = NULL;
	arena_reset(&r->decoded);
	r->len = 0;
}

void node_reader_free(struct node_reader *r)
{
	if (!r)
		return;
	reset(r);
	json_tokener_free(r->tokener);
	arena_done(&r->decoded);
	free(r->nodes);
	free(r);
}

/* Room for at least one more node. */
static bool grow(struct node_reader *r)
{
	size_t cap = r->cap ? r->cap * 2 : TOKENS_MAX;
	struct node *nodes = reallocarray(r->nodes, cap, sizeof(*nodes));

	if (!nodes)
		return false;
	r->nodes = nodes;
	r->cap = cap;
	return true;
}

/* Zeroed, at r->nodes[r->len - 1]. False without memory. */
static inline bool add(struct node_reader *r, enum node_type type)
{
	if (r->len == r->cap && !grow(r))
		return false;
	r->nodes[r->len++] = (struct node){ .type = type, .size = 1 };
	return true;
}

/* ---- exact ---- */

static void set_int(struct node *n, json_object *value)
{
	int64_t number = json_object_get_int64(value);

	n->sign = number < 0;
	n->number = number < 0 ? 0 - (uint64_t)number : json_object_get_uint64(value);
}

static bool add_text(struct node_reader *r, const char *text, size_t len)
{
	if (!add(r, NODE_STRING))
		return false;
	r->nodes[r->len - 1].text = str_from(text, len);
	return true;
}

static bool add_value(struct node_reader *r, json_object *value);

/* What it is made of follows. The depth is limited by the tokener. */
static bool add_object(struct node_reader *r, json_object *value)
{
	size_t at = r->len;

	if (!add(r, NODE_OBJECT))
		return false;
	json_object_object_foreach(value, key, member)
	{
		if (!add_text(r, key, strlen(key)) || !add_value(r, member))
			return false;
	}
	r->nodes[at].len = (uint32_t)json_object_object_length(value);
	r->nodes[at].size = (uint32_t)(r->len - at);
	return true;
}

static bool add_array(struct node_reader *r, json_object *value)
{
	size_t at = r->len, len = json_object_array_length(value);

	if (!add(r, NODE_ARRAY))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!add_value(r, json_object_array_get_idx(value, i)))
			return false;
	}
	r->nodes[at].len = (uint32_t)len;
	r->nodes[at].size = (uint32_t)(r->len - at);
	return true;
}

static bool add_value(struct node_reader *r, json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_object:
		return add_object(r, value);
	case json_type_array:
		return add_array(r, value);
	case json_type_string:
		return add_text(r, json_object_get_string(value),
				(size_t)json_object_get_string_len(value));
	case json_type_int:
		if (!add(r, NODE_INT))
			return false;
		set_int(&r->nodes[r->len - 1], value);
		return true;
	case json_type_boolean:
		if (!add(r, NODE_BOOL))
			return false;
		r->nodes[r->len - 1].sign = json_object_get_boolean(value);
		return true;
	default:
		return add(r, NODE_OTHER);
	}
}

/* Owned by the caller; NULL if the text is not one value and nothing else. */
static json_object *parse(struct node_reader *r, struct str text)
{
	json_object *value;

	/* json-c would stop at a NUL and take what is before it for all. */
	if (text.len == 0 || memchr(text.p, '\0', text.len))
		return NULL;
	json_tokener_reset(r->tokener);
	value = json_tokener_parse_ex(r->tokener, text.p, (int)text.len);
	if (value && json_tokener_get_parse_end(r->tokener) == text.len)
		return value;
	json_object_put(value);
	return NULL;
}

const struct node *node_parse(struct node_reader *r, struct str line)
{
	reset(r);
	r->root = parse(r, line);
	if (!json_object_is_type(r->root, json_type_object) || !add_value(r, r->root))
		return NULL;
	return r->nodes;
}

/* ---- guessed ---- */

static bool decode(struct node_reader *r, struct str quoted, struct str *ret_text)
{
	json_object *value = parse(r, quoted);
	size_t len = (size_t)json_object_get_string_len(value);
	char *copy = NULL;

	if (json_object_is_type(value, json_type_string))
		copy = arena_alloc(&r->decoded, len);
	if (copy) {
		memcpy(copy, json_object_get_string(value), len);
		*ret_text = str_from(copy, len);
	}
	json_object_put(value);
	return copy;
}

static bool guess_text(struct node_reader *r, struct str line, const jsmntok_t *token)
{
	struct str text = str_from(line.p + token->start, (size_t)(token->end - token->start));

	if (r->has_escapes && memchr(text.p, '\\', text.len) &&
	    !decode(r, str_from(text.p - 1, text.len + 2), &text))
		return false;
	r->nodes[r->len - 1].text = text;
	return true;
}

/* A primitive of jsmn is whatever stands there. */
static void guess_primitive(struct node *n, struct str text)
{
	size_t i = text.len && text.p[0] == '-';
	uint64_t number = 0;

	if (str_eq(text, STR_LITERAL("true")) || str_eq(text, STR_LITERAL("false"))) {
		n->type = NODE_BOOL;
		n->sign = text.p[0] == 't';
		return;
	}
	if (i == text.len)
		return;
	n->sign = i;
	for (; i < text.len; i++) {
		unsigned int digit = (unsigned int)(unsigned char)text.p[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return;
	}
	n->type = NODE_INT;
	n->number = number;
}

static bool guess_value(struct node_reader *r, struct str line, const jsmntok_t *token)
{
	static const enum node_type types[] = {
		[JSMN_OBJECT] = NODE_OBJECT,
		[JSMN_ARRAY] = NODE_ARRAY,
		[JSMN_STRING] = NODE_STRING,
		[JSMN_PRIMITIVE] = NODE_OTHER,
	};
	struct node *n;

	if (!add(r, types[token->type]))
		return false;
	n = &r->nodes[r->len - 1];
	switch (token->type) {
	case JSMN_STRING:
		return guess_text(r, line, token);
	case JSMN_PRIMITIVE:
		guess_primitive(n, str_from(line.p + token->start,
					    (size_t)(token->end - token->start)));
		return true;
	default:
		n->len = (uint32_t)token->size;
		return true;
	}
}

/*
 * Tokens are in the order of the line, a key followed by its value, and each says what it
 * belongs to: an object its keys, and a key its value.
 */
static bool is_shaped(const struct node *nodes, const jsmntok_t *tokens, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		const jsmntok_t *parent = &tokens[tokens[i].parent < 0 ? 0 : tokens[i].parent];
		bool is_key = parent->type == JSMN_OBJECT;

		if (tokens[i].parent < 0 ||
		    (is_key && (tokens[i].type != JSMN_STRING || tokens[i].size != 1)))
			return false;
		/* Its value is the next. */
		if (parent->type == JSMN_STRING && tokens[i].parent != (int)i - 1)
			return false;
		if (!is_key && tokens[i].type == JSMN_STRING && tokens[i].size != 0)
			return false;
		if (parent->type == JSMN_PRIMITIVE)
			return false;
	}
	return nodes[0].type == NODE_OBJECT;
}

const struct node *node_guess(struct node_reader *r, struct str line)
{
	jsmn_parser parser;
	int len;

	reset(r);
	r->has_escapes = line.len && memchr(line.p, '\\', line.len);
	jsmn_init(&parser);
	len = jsmn_parse(&parser, line.p, line.len, r->tokens, TOKENS_MAX);
	if (len <= 0)
		return NULL;
	for (int i = 0; i < len; i++) {
		if (!guess_value(r, line, &r->tokens[i]))
			return NULL;
	}
	if (!is_shaped(r->nodes, r->tokens, (size_t)len))
		return NULL;
	/* A key is no part of what its object is made of twice: sizes go up to the parents. */
	for (int i = len - 1; i > 0; i--) {
		int parent = r->tokens[i].parent;

		if (r->tokens[parent].type == JSMN_STRING)
			parent = r->tokens[parent].parent;
		r->nodes[parent].size += r->nodes[i].size;
	}
	return r->nodes;
}

/* From a member on, and before another; NULL if it is not there. */
static const struct node *find(const struct node *from, const struct node *to, const char *key,
			       size_t len)
{
	while (from < to) {
		const struct node *value = from + 1; /* a key is one node */

		if (from->text.len == len && !memcmp(from->text.p, key, len))
			return value;
		from = node_next(value);
	}
	return NULL;
}

const struct node *node_get(const struct node *object, const char *key)
{
	const struct node *end = node_next(object), *value;
	const struct node *hint = object + (object->hint ? object->hint : 1);
	size_t len = strlen(key);

	/* Members are asked for nearly in the order in which they stand. */
	value = find(hint, end, key, len);
	if (!value)
		value = find(object + 1, hint, key, len);
	if (value)
		((struct node *)object)->hint = (uint32_t)(node_next(value) - object);
	return value;
}
