// SPDX-License-Identifier: Apache-2.0
/*
 * fields.c - typed values out of a parsed line
 */
#include "log/fields.h"

#include <stdio.h>
#include <string.h>

#include "base/timefmt.h"

void fields_place(struct fields *f, const char *object, int index, const char *sub)
{
	f->object = object;
	f->index = index;
	f->sub = sub;
	f->outer = -1;
}

void fields_place_outer(struct fields *f, int outer)
{
	f->outer = outer;
}

static const struct node *get(struct fields *f, const struct node *o, const char *key,
			      enum node_type type)
{
	const struct node *value = o ? node_get(o, key) : NULL;

	if (!value)
		return NULL;
	if (value->type != type) {
		f->damaged = true;
		return NULL;
	}
	return value;
}

const struct node *fields_object(struct fields *f, const struct node *o, const char *key)
{
	return get(f, o, key, NODE_OBJECT);
}

const struct node *fields_array(struct fields *f, const struct node *o, const char *key)
{
	return get(f, o, key, NODE_ARRAY);
}

bool fields_u64(struct fields *f, const struct node *o, const char *key, uint64_t max,
		uint64_t *ret)
{
	const struct node *value = get(f, o, key, NODE_INT);

	if (!value)
		return false;
	if (value->sign || value->number > max) {
		f->damaged = true;
		return false;
	}
	*ret = value->number;
	return true;
}

bool fields_u32(struct fields *f, const struct node *o, const char *key, uint32_t *ret)
{
	uint64_t value;

	if (!fields_u64(f, o, key, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

bool fields_i32(struct fields *f, const struct node *o, const char *key, int32_t *ret)
{
	const struct node *value = get(f, o, key, NODE_INT);

	if (!value)
		return false;
	if (value->number > (uint64_t)INT32_MAX + value->sign) {
		f->damaged = true;
		return false;
	}
	*ret = (int32_t)(value->sign ? -(int64_t)value->number : (int64_t)value->number);
	return true;
}

bool fields_bool(struct fields *f, const struct node *o, const char *key, bool *ret)
{
	const struct node *value = get(f, o, key, NODE_BOOL);

	if (!value)
		return false;
	*ret = value->sign;
	return true;
}

bool fields_flag(struct fields *f, const struct node *o, const char *key)
{
	bool value = false;

	return fields_bool(f, o, key, &value) && value;
}

struct str fields_string(const struct node *value)
{
	return value->type == NODE_STRING ? value->text : str_from("", 0);
}

bool fields_word(struct fields *f, const struct node *o, const char *key, struct str *ret)
{
	const struct node *value = get(f, o, key, NODE_STRING);

	if (!value)
		return false;
	*ret = value->text;
	return true;
}

bool fields_time(struct fields *f, const struct node *o, const char *key, int64_t *ret_wall_ns)
{
	struct str s;

	if (!fields_word(f, o, key, &s))
		return false;
	if (!timefmt_parse_utc(s, ret_wall_ns)) {
		f->damaged = true;
		return false;
	}
	return true;
}

static bool parse_u32(struct str s, uint32_t *ret)
{
	uint64_t v = 0;

	/* Leading zeros would not be written again. */
	if (s.len == 0 || s.len > 10 || (s.len > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool fields_id(struct fields *f, const struct node *o, const char *key, uint32_t *ret)
{
	struct str s;

	if (!fields_word(f, o, key, &s))
		return false;
	if (!parse_u32(s, ret)) {
		f->damaged = true;
		return false;
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool fields_hex(struct fields *f, const struct node *o, const char *key, uint64_t *ret)
{
	struct str s;
	uint64_t v = 0;

	if (!fields_word(f, o, key, &s))
		return false;
	f->damaged |= s.len != 16;
	for (size_t i = 0; i < s.len && !f->damaged; i++) {
		f->damaged |= hex_digit(s.p[i]) < 0;
		v = v << 4 | (unsigned int)(hex_digit(s.p[i]) & 15);
	}
	if (f->damaged)
		return false;
	*ret = v;
	return true;
}

bool fields_owner(struct fields *f, const struct node *o, const char *key, uint32_t *ret)
{
	return fields_id(f, fields_object(f, o, key), "id", ret);
}

/* True if proctrace.escaped lists the place. */
static bool is_escaped(const struct fields *f, const char *leaf)
{
	char place[160], number[16] = "", outer[32] = "";
	size_t len = f->escaped ? f->escaped->len : 0;
	int n;

	if (len == 0)
		return false;
	if (f->index >= 0)
		snprintf(number, sizeof(number), "[%d]", f->index);
	if (f->outer >= 0)
		snprintf(outer, sizeof(outer), "outer[%d].", f->outer);
	n = snprintf(place, sizeof(place), "%s%s.%s%s%s", f->object, number, f->sub, outer, leaf);
	node_foreach(entry, f->escaped)
	{
		if (str_eq(fields_string(entry), str_from(place, (size_t)n)))
			return true;
	}
	return false;
}

/* Undoes \xhh and doubled backslashes. out has room for s; returns the length, -1: damaged. */
static ssize_t unescape(char *out, struct str s)
{
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '\\') {
			out[len++] = s.p[i];
		} else if (i + 1 < s.len && s.p[i + 1] == '\\') {
			out[len++] = '\\';
			i++;
		} else if (i + 3 < s.len && s.p[i + 1] == 'x' && hex_digit(s.p[i + 2]) >= 0 &&
			   hex_digit(s.p[i + 3]) >= 0) {
			out[len++] = (char)(hex_digit(s.p[i + 2]) << 4 | hex_digit(s.p[i + 3]));
			i += 3;
		} else {
			return -1;
		}
	}
	return (ssize_t)len;
}

static bool text_of(struct fields *f, const struct node *value, const char *leaf, struct str *ret)
{
	struct str s = value->text;
	ssize_t len;
	char *out;

	if (is_escaped(f, leaf)) {
		out = arena_alloc(f->arena, s.len);
		len = out ? unescape(out, s) : -1;
		if (len < 0) {
			f->damaged = true;
			return false;
		}
		s = str_from(out, (size_t)len);
	}
	*ret = s;
	return true;
}

bool fields_text(struct fields *f, const struct node *o, const char *key, const char *leaf,
		 struct str *ret)
{
	const struct node *value = get(f, o, key, NODE_STRING);

	return value && text_of(f, value, leaf, ret);
}

bool fields_text_in(struct fields *f, const struct node *o, const char *key, const char *leaf,
		    struct str *ret)
{
	const struct node *array = fields_array(f, o, key);
	const struct node *value;

	if (!array || array->len == 0)
		return false;
	value = array + 1;
	if (value->type != NODE_STRING) {
		f->damaged = true;
		return false;
	}
	return text_of(f, value, leaf, ret);
}

/* One bit for each of len elements: is name[i] listed in proctrace.escaped? NULL: none. */
static uint8_t *escaped_elements(struct fields *f, const char *name, size_t len)
{
	size_t entries = f->escaped ? f->escaped->len : 0;
	size_t name_len = strlen(name);
	uint8_t *bits = NULL;

	if (entries == 0)
		return NULL;
	bits = arena_alloc(f->arena, len / 8 + 1);
	if (!bits)
		return NULL;
	node_foreach(entry, f->escaped)
	{
		struct str s = fields_string(entry);
		uint32_t n;

		if (s.len < name_len + 3 || memcmp(s.p, name, name_len) != 0 ||
		    s.p[name_len] != '[' || s.p[s.len - 1] != ']')
			continue;
		if (parse_u32(str_from(s.p + name_len + 1, s.len - name_len - 2), &n) && n < len)
			bits[n / 8] |= (uint8_t)(1u << n % 8);
	}
	return bits;
}

/* Appends one element and its NUL. Returns false if it is no text of this kind. */
static bool append_word(char *out, size_t *used, const struct node *value, bool escaped)
{
	struct str s;
	ssize_t len;

	if (value->type != NODE_STRING)
		return false;
	s = value->text;
	if (escaped) {
		len = unescape(out + *used, s);
	} else {
		memcpy(out + *used, s.p, s.len);
		len = (ssize_t)s.len;
	}
	/* No argument holds a NUL: it would be two. */
	if (len < 0 || memchr(out + *used, '\0', (size_t)len))
		return false;
	*used += (size_t)len + 1;
	return true;
}

bool fields_words(struct fields *f, const struct node *o, const char *key, const char *name,
		  struct str *ret)
{
	const struct node *array = fields_array(f, o, key);
	size_t len = array ? array->len : 0;
	size_t size = 0, used = 0, i = 0;
	uint8_t *escaped;
	char *out;

	if (!array)
		return false;
	node_foreach(value, array)
	{
		size += fields_string(value).len + 1;
	}
	escaped = escaped_elements(f, name, len);
	out = arena_alloc(f->arena, size);
	if (!out) {
		f->damaged = true;
		return false;
	}
	node_foreach(value, array)
	{
		bool is = escaped && escaped[i / 8] & 1u << i % 8;

		i++;
		if (!append_word(out, &used, value, is)) {
			f->damaged = true;
			return false;
		}
	}
	*ret = str_from(out, used);
	return true;
}
