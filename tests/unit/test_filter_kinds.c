// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter_kinds.c - what the output shows of the events that filters let through
 */
#include "filter/filter.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "event/names.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct event event_of(enum event_kind kind)
{
	struct event e = { .kind = kind, .about_process = true };

	e.proc.pid = 100;
	e.proc.start_ns = 12345;
	return e;
}

static struct filter *filter_of(enum filter_key key, const char *value)
{
	struct filter *f = NULL;
	char *error = NULL;

	assert_int_equal(filter_new(&f), 0);
	if (filter_add(f, key, value, &error) != 0)
		fail_msg("'%s': %s", value, error);
	return f;
}

static void test_kinds(void **state)
{
	/* The kinds shown, a letter each in the order of enum event_kind. */
	static const char letters[] = "fxeuncSTgplt";
	static const struct {
		const char *value;
		const char *shown;
	} rows[] = {
		{ NULL, "xeunSTlt" },	     { "exec", "xl" },
		{ "exec,exit", "xel" },	     { "!exit", "xunSTlt" },
		{ "container", "STl" },	     { "container-stop", "Tl" },
		{ "all", letters },	     { "all,!fork,!container", "xeuncgplt" },
		{ "fork,!exec", "fl" },	     { "lost", "l" },
		{ "process", "pl" },	     { "throttled", "tl" },
		{ "!throttled", "xeunSTl" },
	};

	(void)state;
	assert_int_equal(sizeof(letters) - 1, EVENT_KINDS);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct filter *f =
			filter_of(rows[i].value ? FILTER_EVENT : FILTER_FAILED, rows[i].value);

		for (int kind = 0; kind < EVENT_KINDS; kind++) {
			struct event e = event_of((enum event_kind)kind);
			bool expected = strchr(rows[i].shown, letters[kind]) != NULL;

			if (filter_shows(f, &e) != expected ||
			    filter_wants(f, (enum event_kind)kind) != expected)
				fail_msg("-e %s: %s", rows[i].value,
					 event_kind_name((enum event_kind)kind));
			assert_true(filter_match(f, &e)); /* a log gets every kind */
		}
		filter_free(f);
	}
}

static void test_existing(void **state)
{
	struct filter *f = filter_of(FILTER_EXISTING, NULL);
	char *error = NULL;

	(void)state;
	assert_true(filter_wants(f, EVENT_PROCESS));
	assert_int_equal(filter_add(f, FILTER_EVENT, "exec", &error), 0);
	assert_true(filter_wants(f, EVENT_PROCESS));
	assert_false(filter_wants(f, EVENT_EXIT));
	filter_free(f);
}

static void test_failed(void **state)
{
	struct event e = event_of(EVENT_EXEC);
	struct filter *f = filter_of(FILTER_EVENT, "all");

	(void)state;
	e.error = ENOENT;
	assert_false(filter_wants_failed(f));
	assert_false(filter_shows(f, &e));
	assert_true(filter_match(f, &e));
	filter_free(f);
	f = filter_of(FILTER_FAILED, NULL);
	assert_true(filter_wants_failed(f));
	assert_true(filter_shows(f, &e));
	filter_free(f);
}

static void test_ended(void **state)
{
	enum { ZERO, THREE, KILLED, OOM, ENDS };
	static const struct event_exit exits[ENDS] = {
		[ZERO] = {},
		[THREE] = { .code = 3 },
		[KILLED] = { .signal = 9 },
		[OOM] = { .signal = 9, .oom = true },
	};
	static const struct {
		const char *value;
		const char *shown; /* one digit for each of the ends above */
	} rows[] = {
		{ "nonzero", "0100" },	   { "signal", "0011" },  { "oom", "0001" },
		{ "!oom", "1110" },	   { "!signal", "1100" }, { "nonzero,signal", "0111" },
		{ "signal,!oom", "0010" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct filter *f = filter_of(FILTER_ENDED, rows[i].value);
		struct event exec = event_of(EVENT_EXEC);

		for (int end = 0; end < ENDS; end++) {
			struct event e = event_of(EVENT_EXIT);

			e.exit = exits[end];
			if (filter_shows(f, &e) != (rows[i].shown[end] == '1'))
				fail_msg("--ended %s: end %d", rows[i].value, end);
			assert_true(filter_match(f, &e));
		}
		assert_true(filter_shows(f, &exec)); /* only exits are chosen */
		filter_free(f);
	}
}

static void test_lost_always_passes(void **state)
{
	static const struct {
		enum filter_key key;
		const char *value;
	} rows[] = {
		{ FILTER_CONTAINER, "web" },   { FILTER_PID, "1" },
		{ FILTER_NAME, "x" },	       { FILTER_LINE, "x" },
		{ FILTER_IN_CONTAINER, NULL }, { FILTER_EVENT, "exec" },
		{ FILTER_EVENT, "!all,lost" },
	};
	const struct event e = { .kind = EVENT_LOST };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct filter *f = filter_of(rows[i].key, rows[i].value);

		assert_true(filter_match(f, &e));
		assert_true(filter_shows(f, &e));
		filter_free(f);
	}
}

/* Whatever process it was of, but not of which container. */
static void test_throttled(void **state)
{
	static const struct container_info web = { .name = STR_LITERAL("web"), .settled = true };
	static const struct {
		enum filter_key key;
		const char *value;
		bool shown;
	} rows[] = {
		{ FILTER_CONTAINER, "web", true },   { FILTER_CONTAINER, "other", false },
		{ FILTER_CONTAINER, "!web", false }, { FILTER_IN_CONTAINER, NULL, true },
		{ FILTER_HOST, NULL, false },	     { FILTER_ISOLATED, NULL, false },
		{ FILTER_PID, "1", true },	     { FILTER_NAME, "x", true },
		{ FILTER_LINE, "x", true },	     { FILTER_USER, "0", true },
		{ FILTER_NO_SETUP, NULL, true },     { FILTER_EVENT, "exec", false },
		{ FILTER_EVENT, "throttled", true },
	};
	const struct event e = { .kind = EVENT_THROTTLED, .container = &web };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct filter *f = filter_of(rows[i].key, rows[i].value);

		if (filter_shows(f, &e) != rows[i].shown)
			fail_msg("row %zu", i);
		assert_int_equal(filter_match(f, &e), rows[i].shown || rows[i].key == FILTER_EVENT);
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	 cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_existing), cmocka_unit_test(test_failed),
		cmocka_unit_test(test_ended),	 cmocka_unit_test(test_lost_always_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
