// SPDX-License-Identifier: Apache-2.0
/*
 * test_text.c - the timeline: lines, columns, and nothing that acts on a terminal
 */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/escape.h"
#include "samples.h"
#include "sink/text.h"
#include "text_line.h"

static void test_a_line_as_documented(void **state)
{
	struct text_options options = { .time_form = TIME_FORM_UTC };
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.truncated = 0;
	e.proc.file.deleted = false;
	e.proc.host_namespaces = false;
	e.proc.creds.user_name = STR_LITERAL("root");
	options.time_form = TIME_FORM_NONE;
	assert_string_equal(line_of(&options, &e),
			    "web                exec     4185/1    root   nginx -g 'daemon off;'");
	sample_event(EVENT_CONTAINER_START, &e);
	assert_string_equal(
		line_of(&options, &e),
		"web                start              ·      docker da6c173ac3ba image nginx:1.27 com.example/tier='front \"end\"' empty=''");
	sample_event(EVENT_LOST, &e);
	assert_string_equal(line_of(&options, &e),
			    "────────           lost                      "
			    "14 events in 2 ms (8 exec, 6 exit): buffer full");
	sample_event(EVENT_THROTTLED, &e);
	assert_string_equal(line_of(&options, &e), "web                throttled                   "
						   "14 events in 2 ms (8 exec, 6 exit)");
}

static void test_columns(void **state)
{
	static const struct {
		const char *list, *bad; /* bad NULL: it is right */
		unsigned int len;
		enum column last;
	} cases[] = {
		{ "pid", NULL, 1, COLUMN_PID },
		{ "+ppid", NULL, 7, COLUMN_WHAT },
		{ "+ppid,+exe,cwd", NULL, 9, COLUMN_WHAT },
		{ "+pid", NULL, 6, COLUMN_WHAT },
		{ "what,pid,what", NULL, 2, COLUMN_PID },
		{ "", "", 0, 0 },
		{ "pid,", "", 0, 0 },
		{ "nosuch,pid", "nosuch", 0, 0 },
		{ "pid,+ppid", "+ppid", 0, 0 },
		{ "PID", "PID", 0, 0 },
	};
	struct buf help = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct columns c = { .len = 99 };
		struct str bad = { 0 };
		int r = columns_parse(cases[i].list, COLUMNS_TIMELINE, &c, &bad);

		if (cases[i].bad) {
			assert_int_equal(r, -EINVAL);
			assert_true(str_eq(bad, str_of(cases[i].bad)));
			assert_int_equal(c.len, 99);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(c.len, cases[i].len);
		assert_int_equal(c.list[c.len - 1], cases[i].last);
	}
	columns_help(COLUMNS_TIMELINE, &help);
	for (int i = 0; i < COLUMN_COUNT; i++) {
		assert_non_null(column_specs[i].help);
		assert_non_null(memmem(help.data, help.len, column_specs[i].help,
				       strlen(column_specs[i].help)));
	}
	buf_done(&help);
}

static void check_times(enum time_form form, const char *first, const char *second)
{
	struct text_options options = only("time");
	struct text_sink *sink;
	struct buf b = { 0 };
	char expected[128];
	struct event e;

	options.time_form = form;
	sample_event(EVENT_EXEC, &e);
	assert_int_equal(text_new(&options, &sink), 0);
	text_emit(sink, &e, &b);
	e.wall_ns += 1001234567;
	text_emit(sink, &e, &b);
	e.wall_ns -= 1500000000;
	if (form >= TIME_FORM_RELATIVE)
		text_emit(sink, &e, &b);
	buf_putc(&b, '\0');
	snprintf(expected, sizeof(expected), "%s\n%s\n%s", first, second,
		 form == TIME_FORM_RELATIVE ? "   -0.498765\n" :
		 form == TIME_FORM_DELTA    ? "   -1.500000\n" :
					      "");
	assert_string_equal(b.data, expected);
	buf_done(&b);
	text_free(sink);
}

static void test_times(void **state)
{
	(void)state;
	setenv("TZ", "XYZ-5:30", 1); /* east of Greenwich */
	tzset();
	check_times(TIME_FORM_CLOCK, "00:10:01.131", "00:10:02.132");
	check_times(TIME_FORM_ISO, "2026-11-23T00:10:01.131204+05:30",
		    "2026-11-23T00:10:02.132439+05:30");
	check_times(TIME_FORM_UTC, "2026-11-22T18:40:01.131204Z", "2026-11-22T18:40:02.132439Z");
	check_times(TIME_FORM_RELATIVE, "    0.000000", "    1.001234");
	check_times(TIME_FORM_DELTA, "    0.000000", "    1.001234");
	assert_int_equal(time_form_parse("clock"), TIME_FORM_CLOCK);
	assert_int_equal(time_form_parse("none"), TIME_FORM_NONE);
	assert_int_equal(time_form_parse("noon"), -1);
}

static void test_header_once(void **state)
{
	struct text_options options = { .time_form = TIME_FORM_CLOCK, .header = true };
	struct text_sink *sink;
	struct buf b = { 0 };
	struct event e;

	(void)state;
	sample_event(EVENT_LOST, &e);
	assert_int_equal(text_new(&options, &sink), 0);
	text_header(sink, &b);
	buf_putc(&b, '\0');
	assert_string_equal(b.data,
			    "TIME          CONTAINER          EVENT    PID       USER   WHAT\n");
	buf_reset(&b);
	text_emit(sink, &e, &b);
	assert_null(memmem(b.data, b.len, "TIME", 4));
	buf_done(&b);
	text_free(sink);
}

static void test_ascii(void **state)
{
	static const char args[] = "caf\xc3\xa9\0plain\0\xff'\0";
	struct text_options options = { .time_form = TIME_FORM_NONE, .ascii = true };
	struct container_info c = { .name = STR_LITERAL("\xc3\x9b\xc2\x9b") };
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.container = &c;
	e.proc.args = str_from(args, sizeof(args) - 1);
	e.proc.host_namespaces = e.proc.file.deleted = false;
	assert_string_equal(line_of(&options, &e),
			    "\\u{db}\\u{9b}       exec     4185/1    daemon  "
			    "$'caf\\303\\251' plain $'\\377\\'' (...)");
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		sample_event((enum event_kind)kind, &e);
		for (const char *p = line_of(&options, &e); *p; p++)
			assert_true(*p >= ' ' && *p < 0x7f);
	}
}

static void test_trim(void **state)
{
	struct text_options options = only("event,what");
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.truncated = 0;
	e.proc.host_namespaces = e.proc.file.deleted = false;
	options.trim_width = 31; /* it fits exactly */
	assert_string_equal(line_of(&options, &e), "exec     nginx -g 'daemon off;'");
	options.trim_width = 30;
	assert_string_equal(line_of(&options, &e), "exec     nginx -g 'daemon off…");
	options.trim_width = 10;
	assert_string_equal(line_of(&options, &e), "exec");
	options.trim_width = 3;
	assert_string_equal(line_of(&options, &e), "ex…");
	options.trim_width = 14;
	e.proc.args = STR_LITERAL("日本語\0"); /* two columns each, and the quotes */
	assert_string_equal(line_of(&options, &e), "exec     '日…");
	options.trim_width = 12;
	options.color = true;
	e.error = EPERM;
	assert_string_equal(line_of(&options, &e), "\033[31mexec\033[0m     \033[31m./…\033[0m");
}

static void test_color(void **state)
{
	struct text_options options = only("container,event,what");
	struct event e;
	char first[256];

	(void)state;
	options.color = true;
	sample_event(EVENT_EXIT, &e);
	e.exit = (struct event_exit){ .code = 0 };
	strncpy(first, line_of(&options, &e), sizeof(first) - 1);
	first[sizeof(first) - 1] = '\0';
	assert_int_equal(first[0], '\033');
	assert_string_equal(strstr(first, "exit"), "exit     0");
	assert_string_equal(line_of(&options, &e), first); /* stable */
	e.exit.code = 3;
	assert_non_null(strstr(line_of(&options, &e), "\033[33m3\033[0m"));
	e.exit.signal = SIGKILL;
	assert_non_null(strstr(line_of(&options, &e), "\033[31mkilled by SIGKILL\033[0m"));
	options.color = false;
	assert_null(strchr(line_of(&options, &e), '\033'));
}

static void emit_child(struct text_sink *sink, uint32_t pid, uint32_t parent, struct buf *b)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };

	e.proc.pid = pid;
	e.proc.start_ns = pid;
	e.proc.parent = (struct event_ref){ .pid = parent, .start_ns = parent };
	event_set(&e.proc, FACT_PARENT, SOURCE_KERNEL);
	text_emit(sink, &e, b);
}

static void test_tree(void **state)
{
	struct text_options options = only("what");
	struct text_sink *sink;
	struct buf b = { 0 };

	(void)state;
	options.tree = true;
	assert_int_equal(text_new(&options, &sink), 0);
	emit_child(sink, 10, 1, &b);
	emit_child(sink, 11, 10, &b);
	emit_child(sink, 12, 11, &b);
	emit_child(sink, 13, 10, &b);
	emit_child(sink, 11, 10, &b);
	buf_putc(&b, '\0');
	assert_string_equal(b.data, "[?]\n  [?]\n    [?]\n  [?]\n  [?]\n");
	buf_reset(&b);
	for (uint32_t pid = 20; pid < 200000; pid++) { /* deep, and more than are kept */
		emit_child(sink, pid, pid - 1, &b);
		assert_true(b.len < 64);
		buf_reset(&b);
	}
	emit_child(sink, 11, 10, &b); /* long forgotten */
	buf_putc(&b, '\0');
	assert_string_equal(b.data, "[?]\n");
	buf_done(&b);
	text_free(sink);
}

/* Whatever is in an event: one line, no control character, valid UTF-8, no blank at its end. */
static void test_hostile_text(void **state)
{
	static const char hostile[] = "\033]0;x\a\x9b\xc2\x9b\n\r\t\0\xe2\x80\xae\xff\x7f'\"";
	struct text_options options = { .time_form = TIME_FORM_NONE };
	struct str s = { hostile, sizeof(hostile) - 1 };
	struct container_info c = { .id = s,
				    .name = s,
				    .runtime = s,
				    .image = s,
				    .image_tag = s,
				    .pod_uid = s,
				    .outer = &sample_kind_node };
	struct event_host host = { .hostname = s, .boot_id = s };

	(void)state;
	for (int i = 0; i < COLUMN_COUNT; i++)
		options.columns.list[options.columns.len++] = (uint8_t)i;
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		struct event e;
		const char *line;
		size_t len;

		sample_event((enum event_kind)kind, &e);
		e.host = &host;
		e.container = e.proc.container = e.old_container = e.signal.target_container = &c;
		e.ns_change[0].owner = &c;
		e.proc.name = e.proc.executable = e.proc.args = e.proc.cwd = e.proc.lsm =
			e.proc.env = s;
		e.proc.creds.user_name = e.proc.parent.name = e.proc.creator.name = s;
		e.proc.cgroup.path = e.old_cgroup.path = e.proc.file.filename = s;
		e.exit.sender.name = e.signal.target.name = s;
		e.error = kind % 2 ? EPERM : 0;
		line = line_of(&options, &e);
		len = strlen(line);
		assert_int_not_equal(line[len - 1], ' ');
		for (size_t i = 0; i < len;) {
			unsigned int code_point = 0;
			size_t n = utf8_decode(line + i, len - i, &code_point);

			assert_true(n > 0);
			assert_false(escape_is_control(code_point));
			i += n;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_as_documented),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_header_once),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_hostile_text),
	};

	setlocale(LC_CTYPE, "C.UTF-8"); /* for the width of characters */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
