// SPDX-License-Identifier: Apache-2.0
/*
 * node.c - a line of JSON as a tree that is fast to make and to read
 *
 * Two libraries: json-c is exact, and takes 90 µs for a line of 3 KiB, most of it for the
 * allocation of what it hands out; jsmn finds where values begin and end in 5 µs, but
 * neither whether commas stand where they should nor what a string means. A string with
 * an escape in it is left to json-c by both.
 *
 * Long because both make the same tree of the same nodes.
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

/*
 * Nearly half of an ordinary line are two lists with the names of forty capabilities, and
 * they are those of the line before it.
 */
static const struct str lists[] = {
	STR_LITERAL("\"effective\":["),
	STR_LITERAL("\"permitted\":["),
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

#define DEPTH_MAX  32	/* of objects and arrays in a line; ours have ten */
#define TOKENS_MAX 4096 /* of a line that is guessed; ours have 300 */

struct node_reader {
	json_tokener *tokener;
	json_object *root; /* of the last line; nodes borrow from it */
	struct arena decoded;
	bool no_memory;	  /* for the last line */
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
	r->no_memory = false;
}

bool node_no_memory(const struct node_reader *r)
{
	return r->no_memory;
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

	r->no_memory |= !nodes;
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
	r->no_memory |= r->decoded.failed;
	if (copy) {
		memcpy(copy, json_object_get_string(value), len);
		*ret_text = str_from(copy, len);
	}
	json_object_put(value);
	return copy;
}

static bool guess_text(struct node_reader *r, struct node *n, struct str text)
{
	n->type = NODE_STRING;
	n->text = text;
	return !r->has_escapes || !memchr(text.p, '\\', text.len) ||
	       decode(r, str_from(text.p - 1, text.len + 2), &n->text);
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

static bool guess_value(struct node_reader *r, struct str line, const jsmntok_t *token,
			struct node *n)
{
	struct str text = str_from(line.p + token->start, (size_t)(token->end - token->start));

	switch (token->type) {
	case JSMN_STRING:
		return guess_text(r, n, text);
	case JSMN_PRIMITIVE:
		guess_primitive(n, text);
		return true;
	default:
		n->type = token->type == JSMN_OBJECT ? NODE_OBJECT : NODE_ARRAY;
		n->len = (uint32_t)token->size;
		if (n->type == NODE_OBJECT || n->len || text.len == 2)
			return true;
		n->type = NODE_WORDS;
		n->text = str_from(text.p + 1, text.len - 2);
		return true;
	}
}

/*
 * Tokens are in the order of the line, a key followed by its value, and each says what it
 * belongs to: an object its keys, and a key its value. Returns what the token at i is part
 * of, for which a key is none, or a negative number if that is not its place.
 */
static int find_whole(const jsmntok_t *tokens, int i)
{
	const jsmntok_t *token = &tokens[i], *parent;
	bool is_string = token->type == JSMN_STRING;

	if (token->parent < 0)
		return -1;
	parent = &tokens[token->parent];
	switch (parent->type) {
	case JSMN_OBJECT:
		return is_string && token->size == 1 ? token->parent : -1;
	case JSMN_STRING:
		return token->parent == i - 1 && !(is_string && token->size) ? parent->parent : -1;
	case JSMN_ARRAY:
		return is_string && token->size ? -1 : token->parent;
	default:
		return -1;
	}
}

/* What is between the brackets of a list, to the next closing one. False if there is none. */
static bool find_words(struct str rest, struct str begin, struct str *ret_words)
{
	const char *words = memmem(rest.p, rest.len, begin.p, begin.len);
	const char *end;

	if (!words)
		return false;
	words += begin.len;
	end = memchr(words, ']', rest.len - (size_t)(words - rest.p));
	if (!end)
		return false;
	*ret_words = str_from(words, (size_t)(end - words));
	return true;
}

/*
 * The parser is stopped in front of each list's first name, as if there were no more, and
 * goes on behind its last. Returns how many tokens there are; negative: it is no object.
 */
static int tokenize(struct node_reader *r, struct str line)
{
	jsmn_parser parser;
	int len = JSMN_ERROR_PART;

	jsmn_init(&parser);
	for (size_t i = 0; i <= LISTS && len == JSMN_ERROR_PART; i++) {
		struct str words = str_from(line.p + line.len, 0);
		struct str rest = str_from(line.p + parser.pos, line.len - parser.pos);

		if (i < LISTS && !find_words(rest, lists[i], &words))
			continue;
		/* Called here only: else it is not inlined, and half as fast. */
		len = jsmn_parse(&parser, line.p, (size_t)(words.p - line.p), r->tokens,
				 TOKENS_MAX);
		parser.pos = (unsigned int)(words.p + words.len - line.p);
	}
	return len;
}

const struct node *node_guess(struct node_reader *r, struct str line)
{
	int len;

	reset(r);
	if (line.len == 0)
		return NULL;
	r->has_escapes = memchr(line.p, '\\', line.len);
	len = tokenize(r, line);
	if (len <= 0 || r->tokens[0].type != JSMN_OBJECT || (!r->nodes && !grow(r)))
		return NULL;
	memset(r->nodes, 0, (size_t)len * sizeof(*r->nodes));
	/* From the last one, so that a size is known when it is added to that of the whole. */
	for (int i = len - 1; i >= 0; i--) {
		int whole = i ? find_whole(r->tokens, i) : 0;

		if (whole < 0 || !guess_value(r, line, &r->tokens[i], &r->nodes[i]))
			return NULL;
		r->nodes[i].size++;
		if (i)
			r->nodes[whole].size += r->nodes[i].size;
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
