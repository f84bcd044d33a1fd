// SPDX-License-Identifier: Apache-2.0
/*
 * field.c - fields of an event by their dotted names, and checks of them
 */
#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define SHOWN_MAX 4000 /* characters of an event that a failure prints */

struct json_object *field_find(struct json_object *event, const char *path)
{
	struct json_object *at = event;

	while (at && *path) {
		size_t len = strcspn(path, ".[");
		char name[64];

		if (len) {
			if (!json_object_is_type(at, json_type_object))
				return NULL;
			snprintf(name, sizeof(name), "%.*s", (int)len, path);
			at = json_object_object_get(at, name);
		} else if (*path == '[') {
			if (!json_object_is_type(at, json_type_array))
				return NULL;
			at = json_object_array_get_idx(at, strtoul(path + 1, NULL, 10));
			len = strcspn(path, "]") + 1;
		}
		path += len;
		if (*path == '.')
			path++;
	}
	return at;
}

const char *field_str(struct json_object *event, const char *path)
{
	struct json_object *at = field_find(event, path);

	return json_object_is_type(at, json_type_string) ? json_object_get_string(at) : NULL;
}

int64_t field_int(struct json_object *event, const char *path)
{
	struct json_object *at = field_find(event, path);

	return json_object_is_type(at, json_type_int) ? json_object_get_int64(at) : INT64_MIN;
}

bool field_true(struct json_object *event, const char *path)
{
	struct json_object *at = field_find(event, path);

	return json_object_is_type(at, json_type_boolean) && json_object_get_boolean(at);
}

bool field_is_action(struct json_object *event, const char *action)
{
	const char *is = field_str(event, "event.action");

	return is && !strcmp(is, action);
}

static bool is_escaped(struct json_object *event, const char *path)
{
	struct json_object *list = field_find(event, "proctrace.escaped");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		if (!strcmp(json_object_get_string(json_object_array_get_idx(list, i)), path))
			return true;
	}
	return false;
}

/* Undoes \xhh and \\ in place. Returns the new length. */
static size_t unescape(char *s, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && s[i + 1] == 'x') {
			char digits[3] = { s[i + 2], s[i + 3] };

			s[out++] = (char)strtoul(digits, NULL, 16);
			i += 3;
		} else {
			i += s[i] == '\\';
			s[out++] = s[i];
		}
	}
	return out;
}

size_t field_bytes(struct json_object *event, const char *path, char *ret_bytes, size_t size)
{
	struct json_object *at = field_find(event, path);
	size_t len;

	if (!json_object_is_type(at, json_type_string))
		return 0;
	len = (size_t)json_object_get_string_len(at);
	if (len >= size)
		len = size - 1;
	memcpy(ret_bytes, json_object_get_string(at), len);
	ret_bytes[len] = '\0';
	if (is_escaped(event, path))
		len = unescape(ret_bytes, len);
	ret_bytes[len] = '\0';
	return len;
}

void check_failed(struct json_object *event, const char *what, const char *file, int line)
{
	harness_fail_at(file, line, "%s\nin: %.*s", what, SHOWN_MAX,
			event ? json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN) :
				"(no event)");
}

void check_str_at(struct json_object *event, const char *path, const char *want, const char *file,
		  int line)
{
	const char *got = field_str(event, path);
	char what[512];

	if (got && !strcmp(got, want))
		return;
	snprintf(what, sizeof(what), "%s is %s, not %s", path, got ? got : "absent", want);
	check_failed(event, what, file, line);
}

void check_starts_at(struct json_object *event, const char *path, const char *want,
		     const char *file, int line)
{
	const char *got = field_str(event, path);
	char what[512];

	if (got && !strncmp(got, want, strlen(want)))
		return;
	snprintf(what, sizeof(what), "%s is %s, not %s…", path, got ? got : "absent", want);
	check_failed(event, what, file, line);
}

void check_int_at(struct json_object *event, const char *path, int64_t want, const char *file,
		  int line)
{
	check_between_at(event, path, want, want, file, line);
}

void check_between_at(struct json_object *event, const char *path, int64_t low, int64_t high,
		      const char *file, int line)
{
	int64_t got = field_int(event, path);
	char what[512];

	if (got >= low && got <= high)
		return;
	snprintf(what, sizeof(what), "%s is %" PRId64 ", not %" PRId64 " to %" PRId64 "%s", path,
		 got, low, high, got == INT64_MIN ? " (absent)" : "");
	check_failed(event, what, file, line);
}

void check_there_at(struct json_object *event, const char *path, char how, const char *file,
		    int line)
{
	bool there = how == 't' ? field_true(event, path) : field_find(event, path) != NULL;
	char what[512];

	if (there == (how != '-'))
		return;
	snprintf(what, sizeof(what), "%s is %s", path,
		 how == 't' ? "not true" :
		 there	    ? "there" :
			      "absent");
	check_failed(event, what, file, line);
}

static void check_one_arg(struct json_object *event, size_t i, const char *want, const char *file,
			  int line)
{
	size_t size = strlen(want) * 4 + 64;
	char *got = malloc(size);
	char path[48], what[512];
	size_t len;
	bool same;

	if (!got)
		harness_fail("memory");
	snprintf(path, sizeof(path), "process.args[%zu]", i);
	len = field_bytes(event, path, got, size);
	same = field_find(event, path) && len == strlen(want) && !memcmp(got, want, len);
	snprintf(what, sizeof(what), "%s is \"%.200s\", not \"%.200s\"", path, got, want);
	free(got);
	if (!same)
		check_failed(event, what, file, line);
}

void check_args_at(struct json_object *event, const char *const argv[], const char *file, int line)
{
	struct json_object *list = field_find(event, "process.args");
	size_t n = 0;
	char what[128];

	while (argv[n])
		n++;
	check_int_at(event, "process.args_count", (int64_t)n, file, line);
	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) != n) {
		snprintf(what, sizeof(what), "process.args has not %zu elements", n);
		check_failed(event, what, file, line);
	}
	for (size_t i = 0; i < n; i++)
		check_one_arg(event, i, argv[i], file, line);
}
