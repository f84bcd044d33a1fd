// SPDX-License-Identifier: Apache-2.0
/*
 * test_json_put.c - strings of any bytes and any length, sets, and a buffer that is full
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/names.h"
#include "json_line.h"
#include "samples.h"

struct string_case {
	struct str in;
	const char *json; /* inside the quotes */
	bool escaped;
};

/* Valid UTF-8 is kept as it is; anything else is escaped as events.md says. */
static const struct string_case string_cases[] = {
	{ { "a) b (", 6 }, "a) b (", false },
	{ { "\"\\/", 3 }, "\\\"\\\\/", false },
	{ { "\x1b[31m\n\t\r\b\f\x7f", 11 }, "\\u001b[31m\\n\\t\\r\\b\\f\x7f", false },
	{ { "a\0b", 3 }, "a\\u0000b", false },
	{ { "caf\xc3\xa9 \xf0\x9f\x92\xa9", 10 }, "caf\xc3\xa9 \xf0\x9f\x92\xa9", false },
	{ { "\xff", 1 }, "\\\\xff", true },
	{ { "\xc3", 1 }, "\\\\xc3", true },
	{ { "a\\b\x80\"", 5 }, "a\\\\\\\\b\\\\x80\\\"", true },
	{ { "\xed\xa0\x80", 3 }, "\\\\xed\\\\xa0\\\\x80", true }, /* a surrogate */
	{ { "\xc0\xaf\n", 3 }, "\\\\xc0\\\\xaf\\n", true },	  /* overlong */
	{ { "0123456\"89abcdef\x01", 17 }, "0123456\\\"89abcdef\\u0001", false },
	{ { "0123456789abcde\xff", 16 }, "0123456789abcde\\\\xff", true },
};

static void test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(string_cases) / sizeof(string_cases[0]); i++) {
		const struct string_case *c = &string_cases[i];
		struct event e = { .kind = EVENT_FORK, .about_process = true };
		struct buf b = { 0 };
		char expected[128];

		e.proc.pid = 7;
		e.proc.name = c->in;
		event_set(&e.proc, FACT_NAME, SOURCE_KERNEL);
		json_emit(&e, &b);
		buf_putc(&b, '\0');
		snprintf(expected, sizeof(expected), "\"name\":\"%s\"}", c->json);
		assert_non_null(strstr(b.data, expected));
		assert_true(!!strstr(b.data, "\"escaped\":[\"process.name\"]") == c->escaped);
		buf_done(&b);
		json_object_put(emit(&e));
	}
}

/* Each byte at each place of a word of eight and of the rest behind it. */
static void test_every_byte_at_every_place(void **state)
{
	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		for (size_t i = 0; i < 19; i++) {
			struct event e = { .kind = EVENT_FORK, .about_process = true };
			char name[] = "0123456789abcdefghi", expected[64];
			json_object *o, *value;

			name[i] = (char)byte;
			e.proc.pid = 7;
			e.proc.name = str_from(name, 19);
			event_set(&e.proc, FACT_NAME, SOURCE_KERNEL);
			o = emit(&e);
			value = at(o, "process/name");
			if (byte < 0x80) {
				assert_int_equal(json_object_get_string_len(value), 19);
				assert_memory_equal(json_object_get_string(value), name, 19);
			} else {
				snprintf(expected, sizeof(expected), "%.*s\\x%02x%s", (int)i, name,
					 byte, name + i + 1);
				assert_string_equal(json_object_get_string(value), expected);
			}
			json_object_put(o);
		}
	}
}

static void test_places_of_escaped_strings(void **state)
{
	static const char args[] = "ok\0\xff\0\0\xfe z\0";
	struct container_info inner = sample_pod, outer = sample_kind_node;
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_SETNS, &e);
	outer.name = STR_LITERAL("\xff");
	inner.outer = &outer;
	inner.image_tag = STR_LITERAL("\xff");
	inner.pod_uid = STR_LITERAL("\xff");
	e.proc.container = &inner;
	e.ns_change[2].owner = &inner;
	e.proc.args = str_from(args, sizeof(args) - 1);
	e.proc.env = STR_LITERAL("A=\xff\0");
	e.proc.parent.name = STR_LITERAL("\xff");
	o = emit(&e);
	check_text(
		o, "proctrace/escaped",
		"[\"process.parent.name\",\"container.image.tag[0]\",\"orchestrator.resource.id\","
		"\"proctrace.container.outer[0].name\","
		"\"proctrace.ns_change[2].owner.image.tag[0]\","
		"\"proctrace.ns_change[2].owner.pod_uid\","
		"\"proctrace.ns_change[2].owner.outer[0].name\","
		"\"process.args[1]\",\"process.args[3]\",\"process.env_vars[0]\"]");
	check_text(o, "process/args", "[\"ok\",\"\\\\xff\",\"\",\"\\\\xfe z\"]");
	check_text(o, "process/command_line", "\"ok $'\\\\377' '' $'\\\\376 z'\"");
	json_object_put(o);
}

static void test_huge_arguments(void **state)
{
	enum { LEN = 100000 };
	char *args = malloc(LEN + 1);
	struct event e;
	json_object *o;

	(void)state;
	assert_non_null(args);
	for (int fill = 0; fill < 3; fill++) {
		memset(args, fill == 0 ? 'x' : fill == 1 ? '\\' : 0xff, LEN);
		args[LEN] = '\0';
		sample_event(EVENT_EXEC, &e);
		e.proc.args = str_from(args, LEN + 1);
		o = emit(&e);
		assert_int_equal(json_object_get_string_len(at(o, "process/args/0")),
				 fill == 2 ? 4 * LEN : LEN);
		json_object_put(o);
	}
	free(args);
}

static void test_every_capability_set(void **state)
{
	uint64_t mask = 0x9e3779b97f4a7c15ull;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct event e = { .kind = EVENT_EXEC, .about_process = true };
		uint64_t seen = 0;
		json_object *o, *list;

		mask = mask * 6364136223846793005ull + 1442695040888963407ull;
		e.proc.pid = 7;
		e.proc.creds.cap[PTC_CAP_PERMITTED] = i == 0 ? UINT64_MAX : i == 1 ? 0 : mask;
		event_set(&e.proc, FACT_CREDS, SOURCE_KERNEL);
		o = emit(&e);
		list = at(o, "process/thread/capabilities/permitted");
		for (size_t k = 0; k < json_object_array_length(list); k++) {
			int cap = cap_parse(
				str_of(json_object_get_string(json_object_array_get_idx(list, k))));

			assert_true(cap >= 0);
			seen |= 1ull << cap;
		}
		assert_true(seen == e.proc.creds.cap[PTC_CAP_PERMITTED]);
		json_object_put(o);
	}
}

static void test_a_line_is_whole_or_not_there(void **state)
{
	struct event e;
	size_t one;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.args = STR_LITERAL("\xff\0");
	for (size_t limit = 1; limit < 12000; limit += 97) {
		struct buf b = { .limit = limit };

		json_emit(&e, &b);
		if (b.failed) {
			assert_int_equal(b.len, 0);
		} else {
			one = b.len;
			json_emit(&e, &b);
			assert_int_equal(b.len, b.failed ? one : 2 * one);
		}
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_every_byte_at_every_place),
		cmocka_unit_test(test_places_of_escaped_strings),
		cmocka_unit_test(test_huge_arguments),
		cmocka_unit_test(test_every_capability_set),
		cmocka_unit_test(test_a_line_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
