// SPDX-License-Identifier: Apache-2.0
/*
 * test_json.c - events as JSON lines
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "event/names.h"
#include "samples.h"
#include "sink/json.h"

/* The line of an event, parsed strictly; checks that it is one line of valid JSON. */
static json_object *emit(const struct event *e)
{
	json_tokener *tokener = json_tokener_new();
	struct buf b = { 0 };
	json_object *o;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json_emit(e, &b);
	assert_false(b.failed);
	assert_true(b.len > 0 && memchr(b.data, '\n', b.len) == b.data + b.len - 1);
	o = json_tokener_parse_ex(tokener, b.data, (int)b.len - 1);
	/* Of a few forms only the end shows whether the number before it is whole. */
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	json_tokener_free(tokener);
	buf_done(&b);
	return o;
}

/* The value at a path like "process/args/2"; NULL if there is none. */
static json_object *at(json_object *o, const char *path)
{
	json_object *value = NULL;
	char pointer[128] = "/";

	strncat(pointer, path, sizeof(pointer) - 2);
	return json_pointer_get(o, pointer, &value) == 0 ? value : NULL;
}

static void check_text(json_object *o, const char *path, const char *expected)
{
	json_object *value = at(o, path);

	if (!value)
		fail_msg("%s is not there", path);
	assert_string_equal(json_object_to_json_string_ext(
				    value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			    expected);
}

static void check_absent(json_object *o, const char *path)
{
	if (at(o, path))
		fail_msg("%s is there", path);
}

static void test_every_kind_is_valid(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		struct event e;
		json_object *o;

		sample_event((enum event_kind)kind, &e);
		o = emit(&e);
		assert_string_equal(json_object_get_string(at(o, "event/action")),
				    event_kind_name((enum event_kind)kind));
		check_text(o, "@timestamp", "\"2026-11-22T18:40:01.131204511Z\"");
		check_text(o, "event/sequence", "17");
		check_text(o, "host/hostname", "\"node7\"");
		check_text(o, "proctrace/schema", "1");
		json_object_put(o);
	}
}

static void test_process_fields(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	o = emit(&e);
	check_text(o, "event/type", "[\"start\"]");
	check_text(o, "event/outcome", "\"success\"");
	check_text(o, "process/entity_id", "\"5f0c9a1e-4185-5424722810753\"");
	check_text(o, "process/pid", "4185");
	check_text(o, "process/vpid", "1");
	check_text(o, "process/args", "[\"nginx\",\"-g\",\"daemon off;\"]");
	check_text(o, "process/args_count", "3");
	check_text(o, "process/command_line", "\"nginx -g 'daemon off;'\"");
	check_text(o, "process/start", "\"2026-11-22T18:40:01.120000001Z\"");
	check_text(o, "process/user", "{\"id\":\"2\",\"name\":\"daemon\"}");
	check_text(o, "process/real_user/id", "\"1\"");
	check_text(o, "process/saved_group/id", "\"7\"");
	check_text(o, "proctrace/fs_user/id", "\"4\"");
	check_text(o, "process/supplemental_groups/2/id", "\"4294967294\"");
	check_text(o, "process/tty/char_device", "{\"major\":136,\"minor\":3}");
	check_text(o, "process/thread/id", "4186");
	check_text(o, "process/thread/capabilities/effective", "[\"CAP_CHOWN\"]");
	check_text(
		o, "process/parent",
		"{\"entity_id\":\"5f0c9a1e-4160-5424719004312\",\"pid\":4160,\"name\":\"runc\"}");
	check_text(o, "process/env_vars", "[\"HOME=/root\",\"A=\"]");
	check_text(o, "proctrace/capabilities/ambient", "[\"CAP_63\"]");
	check_text(
		o, "proctrace/ns",
		"{\"pid\":11,\"mnt\":12,\"net\":13,\"uts\":14,\"ipc\":15,\"user\":16,\"cgroup\":17,"
		"\"time\":18,\"pid_for_children\":21,\"isolated\":[\"pid\",\"net\"]}");
	check_text(o, "proctrace/pids", "[4185,1]");
	check_text(o, "proctrace/file/mode", "\"4755\"");
	check_text(o, "proctrace/login", "{\"user\":{\"id\":\"1000\"},\"session\":{\"id\":\"7\"}}");
	check_text(o, "proctrace/oom_score_adj", "-999");
	check_text(o, "proctrace/truncated", "[\"args\",\"groups\"]");
	check_text(o, "proctrace/source/args", "\"kernel\"");
	check_text(o, "proctrace/missing", "{}");
	check_text(o, "container/image",
		   "{\"name\":\"nginx\",\"tag\":[\"1.27\"],\"hash\":{\"all\":[\"sha256:0123\"]}}");
	check_absent(o, "error");
	check_absent(o, "proctrace/escaped");
	json_object_put(o);
}

static void test_what_is_not_known_is_absent(void **state)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	json_object *o;

	(void)state;
	e.proc.pid = 7;
	event_miss(&e.proc, FACT_CWD, MISSING_GONE);
	o = emit(&e);
	check_text(o, "process", "{\"pid\":7}");
	check_text(o, "proctrace",
		   "{\"schema\":1,\"source\":{},\"missing\":{\"cwd\":\"gone\"},\"truncated\":[]}");
	check_absent(o, "host");
	check_absent(o, "container");
	json_object_put(o);
}

static void test_known_to_be_nothing(void **state)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	json_object *o;

	(void)state;
	e.proc.pid = 7;
	e.proc.loginuid = e.proc.session_id = UINT32_MAX;
	event_set(&e.proc, FACT_CONTAINER, SOURCE_KERNEL);
	event_set(&e.proc, FACT_LOGIN, SOURCE_KERNEL);
	event_set(&e.proc, FACT_ARGS, SOURCE_KERNEL);
	o = emit(&e);
	check_absent(o, "container");
	check_text(o, "proctrace/login", "{}");
	check_text(o, "process/args", "[]");
	check_text(o, "proctrace/source/container", "\"kernel\"");
	json_object_put(o);
}

static void test_failed_exec(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.error = ENOENT;
	e.proc.args_count = 0;
	o = emit(&e);
	check_text(o, "event/outcome", "\"failure\"");
	check_text(o, "event/type", "[\"info\"]");
	check_text(o, "error", "{\"code\":\"ENOENT\",\"message\":\"No such file or directory\"}");
	check_text(o, "process/args_count", "3");
	json_object_put(o);
	e.error = 524;
	o = emit(&e);
	check_text(o, "error", "{\"code\":\"524\"}");
	json_object_put(o);
}

static void test_exit_is_code_or_signal(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	o = emit(&e);
	check_absent(o, "process/exit_code");
	check_text(
		o, "proctrace/signal",
		"{\"number\":9,\"name\":\"SIGKILL\",\"core\":true,\"sender\":{\"entity_id\":"
		"\"5f0c9a1e-512-99\",\"pid\":512,\"name\":\"dockerd\",\"user\":{\"id\":\"0\"}}}");
	check_text(o, "proctrace/oom_kill", "true");
	check_text(o, "event/duration", "7900000000");
	check_text(o, "proctrace/usage/read_chars", "18446744073709551615");
	json_object_put(o);

	e.exit = (struct event_exit){ .code = 0 };
	o = emit(&e);
	check_text(o, "process/exit_code", "0");
	check_absent(o, "proctrace/signal");
	check_absent(o, "proctrace/usage");
	check_absent(o, "event/duration");
	json_object_put(o);
}

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
	e.ns_change[2].owner = &outer;
	e.proc.args = str_from(args, sizeof(args) - 1);
	e.proc.env = STR_LITERAL("A=\xff\0");
	e.proc.parent.name = STR_LITERAL("\xff");
	o = emit(&e);
	check_text(
		o, "proctrace/escaped",
		"[\"process.parent.name\",\"container.image.tag[0]\",\"orchestrator.resource.id\","
		"\"proctrace.container.outer[0].name\",\"proctrace.ns_change[2].owner.name\","
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
		e.proc.creds.cap[PTC_CAP_BOUNDING] = i == 0 ? UINT64_MAX : i == 1 ? 0 : mask;
		event_set(&e.proc, FACT_CREDS, SOURCE_KERNEL);
		o = emit(&e);
		list = at(o, "proctrace/capabilities/bounding");
		for (size_t k = 0; k < json_object_array_length(list); k++) {
			int cap = cap_parse(
				str_of(json_object_get_string(json_object_array_get_idx(list, k))));

			assert_true(cap >= 0);
			seen |= 1ull << cap;
		}
		assert_true(seen == e.proc.creds.cap[PTC_CAP_BOUNDING]);
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
		cmocka_unit_test(test_every_kind_is_valid),
		cmocka_unit_test(test_process_fields),
		cmocka_unit_test(test_what_is_not_known_is_absent),
		cmocka_unit_test(test_known_to_be_nothing),
		cmocka_unit_test(test_failed_exec),
		cmocka_unit_test(test_exit_is_code_or_signal),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_places_of_escaped_strings),
		cmocka_unit_test(test_huge_arguments),
		cmocka_unit_test(test_every_capability_set),
		cmocka_unit_test(test_a_line_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
