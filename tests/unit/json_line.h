/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_line.h - an event as its line of JSON, parsed by somebody else
 */
#ifndef TESTS_JSON_LINE_H
#define TESTS_JSON_LINE_H

/* After the headers that cmocka.h wants. */
#include <cmocka.h>
#include <json-c/json.h>

#include "sink/json.h"

/* The line of an event, parsed strictly; checks that it is one line of valid JSON. */
static inline json_object *emit(const struct event *e)
{
	json_tokener *tokener = json_tokener_new();
	struct buf b = { 0 };
	json_object *o;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json_emit(e, &b);
	assert_false(b.failed);
	assert_true(b.len > 0 && b.data[b.len - 1] == '\n');
	for (size_t i = 0; i < b.len - 1; i++)
		assert_true((unsigned char)b.data[i] >= 0x20); /* json-c would let it pass */
	o = json_tokener_parse_ex(tokener, b.data, (int)b.len - 1);
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	json_tokener_free(tokener);
	buf_done(&b);
	return o;
}

/* The value at a path like "process/args/2"; NULL if there is none. */
static inline json_object *at(json_object *o, const char *path)
{
	json_object *value = NULL;
	char pointer[128] = "/";

	strncat(pointer, path, sizeof(pointer) - 2);
	return json_pointer_get(o, pointer, &value) == 0 ? value : NULL;
}

static inline void check_text(json_object *o, const char *path, const char *expected)
{
	json_object *value = at(o, path);

	if (!value)
		fail_msg("%s is not there", path);
	assert_string_equal(json_object_to_json_string_ext(
				    value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			    expected);
}

static inline void check_absent(json_object *o, const char *path)
{
	if (at(o, path))
		fail_msg("%s is there", path);
}

#endif /* TESTS_JSON_LINE_H */
