// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter.c - the options that choose what is shown, as a predicate on events
 */
#include "filter/filter.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NGINX_ID   "da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"
#define OTHER_ID   "da6cffffc3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"

static const struct container_info kind_node = {
	.id = { "1111173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd", 64 },
	.name = { "kind", 4 },
};
static const struct container_info web = {
	.id = { NGINX_ID, 64 },
	.name = { "web", 3 },
};
static const struct container_info inner = {
	.id = { OTHER_ID, 64 },
	.name = { "inner", 5 },
	.outer = &kind_node,
};
static const struct container_info nameless = { .id = { NGINX_ID, 64 } };
static const struct container_info by_name = { .id = { "debian", 6 } };
static const struct container_info fargate = {
	.id = { "1234567890abcdef1234567890abcdef-1234567890", 43 },
};
static const struct container_info odd = { .id = { OTHER_ID, 64 }, .name = { "a\0b", 3 } };

/* An event about a process with every fact that filters look at. */
static struct event process_event(enum event_kind kind, const struct container_info *container)
{
	struct event e = { .kind = kind, .about_process = true };
	struct event_process *p = &e.proc;

	p->pid = 100;
	p->start_ns = 12345;
	p->executable = STR_LITERAL("/usr/sbin/nginx");
	p->name = STR_LITERAL("worker");
	p->args = STR_LITERAL("nginx\0-g\0\0daemon off;\0");
	p->creds.uid = 1;
	p->creds.euid = 0;
	p->loginuid = 1000;
	p->container = container;
	p->has = 1u << FACT_EXE | 1u << FACT_NAME | 1u << FACT_ARGS | 1u << FACT_CREDS |
		 1u << FACT_LOGIN | 1u << FACT_CONTAINER;
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

static void check(struct filter *f, const struct event *e, bool expected, const char *what)
{
	if (filter_match(f, e) != expected)
		fail_msg("%s: should be %d", what, expected);
	filter_free(f);
}

struct match_row {
	enum filter_key key;
	const char *value;
	const struct container_info *container;
	bool matches;
};

static void test_containers(void **state)
{
	static const struct match_row rows[] = {
		{ FILTER_CONTAINER, "web", &web, true },
		{ FILTER_CONTAINER, "we", &web, false },
		{ FILTER_CONTAINER, "w*", &web, true },
		{ FILTER_CONTAINER, "WEB", &web, false },
		{ FILTER_CONTAINER, "da6c", &web, true },
		{ FILTER_CONTAINER, "da6c", &inner, true },
		{ FILTER_CONTAINER, "da6", &web, false }, /* too short: a name */
		{ FILTER_CONTAINER, "a6c1", &web, false },
		{ FILTER_CONTAINER, "da6c1", &inner, false },
		{ FILTER_CONTAINER, NGINX_ID, &web, true },
		{ FILTER_CONTAINER, NGINX_ID "0", &web, false },
		{ FILTER_CONTAINER, "web,inner", &inner, true },
		{ FILTER_CONTAINER, "db,inner", &web, false },
		{ FILTER_CONTAINER, "!web", &web, false },
		{ FILTER_CONTAINER, "!web", &inner, true },
		{ FILTER_CONTAINER, "!web", NULL, true },
		{ FILTER_CONTAINER, "*,!web", &web, false },
		{ FILTER_CONTAINER, "!web,!inner", &inner, false },
		{ FILTER_CONTAINER, "kind", &inner, true }, /* the one around it */
		{ FILTER_CONTAINER, "!kind", &inner, false },
		{ FILTER_CONTAINER, "inner", &kind_node, false },
		{ FILTER_CONTAINER, "*", NULL, false },
		{ FILTER_CONTAINER, "d*", &nameless, false }, /* a glob is for names */
		{ FILTER_CONTAINER, "da6c", &nameless, true },
		{ FILTER_CONTAINER, "deb*", &by_name, true },
		{ FILTER_CONTAINER, "1234567890abcdef1234567890abcdef-1234567890", &fargate, true },
		{ FILTER_CONTAINER, "12345678", &fargate, true },
		{ FILTER_CONTAINER, "a*", &odd, false }, /* a NUL does not end a name */
		{ FILTER_CONTAINER, "a", &odd, false },
		{ FILTER_IN_CONTAINER, NULL, &web, true },
		{ FILTER_IN_CONTAINER, NULL, NULL, false },
		{ FILTER_HOST, NULL, &web, false },
		{ FILTER_HOST, NULL, NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct event e = process_event(EVENT_EXEC, rows[i].container);

		check(filter_of(rows[i].key, rows[i].value), &e, rows[i].matches,
		      rows[i].value ? rows[i].value : "place");
	}
}

/* An event is also the container's that it enters, leaves, or is about. */
static void test_other_containers(void **state)
{
	struct event e = process_event(EVENT_SETNS, NULL);

	(void)state;
	e.ns_change_len = 2;
	check(filter_of(FILTER_CONTAINER, "web"), &e, false, "setns into nothing known");
	e.ns_change[1].owner = &web;
	check(filter_of(FILTER_CONTAINER, "web"), &e, true, "setns");
	check(filter_of(FILTER_CONTAINER, "!web"), &e, false, "setns");
	check(filter_of(FILTER_HOST, NULL), &e, true, "setns by a host process");

	e = process_event(EVENT_CGROUP, NULL);
	e.old_container = &web;
	check(filter_of(FILTER_CONTAINER, "web"), &e, true, "moved out");
	e = process_event(EVENT_SIGNAL, NULL);
	e.signal.target_container = &web;
	check(filter_of(FILTER_CONTAINER, "web"), &e, true, "signal into");

	e = (struct event){ .kind = EVENT_CONTAINER_START, .container = &web };
	check(filter_of(FILTER_CONTAINER, "da6c"), &e, true, "start");
	check(filter_of(FILTER_CONTAINER, "db"), &e, false, "start");
	check(filter_of(FILTER_IN_CONTAINER, NULL), &e, true, "start");
	check(filter_of(FILTER_HOST, NULL), &e, false, "start");
	check(filter_of(FILTER_NAME, "*"), &e, false, "start has no process");
}

static void test_processes(void **state)
{
	static const struct match_row rows[] = {
		{ FILTER_USER, "0", NULL, true },
		{ FILTER_USER, "1", NULL, false }, /* the real user */
		{ FILTER_USER, "7,0", NULL, true },
		{ FILTER_USER, "!0", NULL, false },
		{ FILTER_USER, "!7", NULL, true },
		{ FILTER_USER, "4294967294", NULL, false },
		{ FILTER_LOGIN, "1000", NULL, true },
		{ FILTER_LOGIN, "0", NULL, false },
		{ FILTER_NAME, "nginx", NULL, true },
		{ FILTER_NAME, "worker", NULL, true },
		{ FILTER_NAME, "/usr/sbin/nginx", NULL, false },
		{ FILTER_NAME, "ngin", NULL, false },
		{ FILTER_NAME, "ng?n[x-z]", NULL, true },
		{ FILTER_NAME, "!worker", NULL, false },
		{ FILTER_NAME, "bash,ng*", NULL, true },
		{ FILTER_NAME, "ng*,!w*", NULL, false },
		{ FILTER_LINE, "^nginx -g  daemon off;$", NULL, true },
		{ FILTER_LINE, "daemon (on|off)", NULL, true },
		{ FILTER_LINE, "a,b", NULL, false },
		{ FILTER_LINE, "f{2},|of{2};", NULL, true }, /* its commas do not split it */
		{ FILTER_LINE, "!nginx", NULL, false },	     /* nor does '!' negate it */
		{ FILTER_LINE, "", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct event e = process_event(EVENT_EXEC, NULL);

		check(filter_of(rows[i].key, rows[i].value), &e, rows[i].matches, rows[i].value);
	}
}

/* What is not known is no value, and no value forbids it. */
static void test_unknown_facts(void **state)
{
	static const struct match_row rows[] = {
		{ FILTER_USER, "0", NULL, false },  { FILTER_USER, "!0", NULL, true },
		{ FILTER_LOGIN, "0", NULL, false }, { FILTER_NAME, "*", NULL, false },
		{ FILTER_NAME, "!*", NULL, true },  { FILTER_LINE, "", NULL, false },
		{ FILTER_PID, "!100", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct event e = process_event(EVENT_EXEC, NULL);

		e.proc.has = 0;
		check(filter_of(rows[i].key, rows[i].value), &e, rows[i].matches, rows[i].value);
	}
}

static void test_lines_of_any_bytes(void **state)
{
	struct event e = process_event(EVENT_EXEC, NULL);

	(void)state;
	e.proc.args = STR_LITERAL("");
	check(filter_of(FILTER_LINE, "^$"), &e, true, "empty");
	e.proc.args = STR_LITERAL("\0");
	check(filter_of(FILTER_LINE, "^$"), &e, true, "one empty argument");
	e.proc.args = STR_LITERAL("a\xff\n\0b");
	check(filter_of(FILTER_LINE, "^a.\n b$"), &e, true, "cut, with odd bytes");
}

static void test_options_together(void **state)
{
	struct event e = process_event(EVENT_EXEC, &web);
	struct filter *f = filter_of(FILTER_CONTAINER, "web");
	char *error = NULL;

	(void)state;
	assert_int_equal(filter_add(f, FILTER_CONTAINER, "db", &error), 0);
	assert_true(filter_match(f, &e)); /* the same option again: or */
	assert_int_equal(filter_add(f, FILTER_USER, "0", &error), 0);
	assert_true(filter_match(f, &e));
	assert_int_equal(filter_add(f, FILTER_NAME, "bash", &error), 0);
	assert_false(filter_match(f, &e)); /* another one: and */
	filter_free(f);
}

/* ---- values that can never match ---- */

static void test_bad_values(void **state)
{
	static const struct {
		enum filter_key key;
		const char *value;
		const char *error;
	} rows[] = {
		{ FILTER_CONTAINER, "", "empty value" },
		{ FILTER_CONTAINER, "!", "empty value" },
		{ FILTER_CONTAINER, "a,,b", "empty value" },
		{ FILTER_CONTAINER, "a,", "empty value" },
		{ FILTER_PID, "0", "no process id" },
		{ FILTER_PID, "1,x", "no process id" },
		{ FILTER_PID, "-1", "no process id" },
		{ FILTER_PID, "4194305", "no process id" },
		{ FILTER_PID, "99999999999999999999", "no process id" },
		{ FILTER_USER, "4294967295", "no user id" },
		{ FILTER_USER, "no-such-user", "no user 'no-such-user'" },
		{ FILTER_LOGIN, "-1", "no user '-1'" },
		{ FILTER_LINE, "a(", "no regular expression" },
		{ FILTER_LINE, "a{2,1}", "no regular expression" },
		{ FILTER_EVENT, "", "empty value" },
		{ FILTER_EVENT, "exec ", "no kind of event" },
		{ FILTER_EVENT, "Exec", "no kind of event" },
		{ FILTER_EVENT, "exec,throttle", "no kind of event" },
		{ FILTER_EVENT, "!lost", "always shown" },
		{ FILTER_ENDED, "zero", "nonzero, signal or oom" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct filter *f = NULL;
		char *error = NULL;

		assert_int_equal(filter_new(&f), 0);
		if (filter_add(f, rows[i].key, rows[i].value, &error) != -EINVAL ||
		    !strstr(error, rows[i].error))
			fail_msg("'%s': %s", rows[i].value, error ? error : "was taken");
		free(error);
		filter_free(f);
	}
}

static void test_contradictions(void **state)
{
	struct filter *f = filter_of(FILTER_HOST, NULL);
	char *error = NULL;

	(void)state;
	assert_int_equal(filter_check(f, &error), 0);
	assert_int_equal(filter_add(f, FILTER_IN_CONTAINER, NULL, &error), 0);
	assert_int_equal(filter_check(f, &error), -EINVAL);
	free(error);
	filter_free(f);
	f = filter_of(FILTER_EVENT, "all,!all");
	assert_int_equal(filter_check(f, &error), -EINVAL);
	free(error);
	filter_free(f);
	f = filter_of(FILTER_EVENT, "lost");
	assert_int_equal(filter_check(f, &error), 0);
	filter_free(f);
}

static void test_user_names(void **state)
{
	char path[] = "/tmp/test_filter.XXXXXX";
	struct event e = process_event(EVENT_EXEC, NULL);
	char *error = NULL;
	struct filter *f;
	FILE *file;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	fputs("root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n", file);
	fclose(file);
	for (int recorded = 0; recorded < 2; recorded++) {
		assert_int_equal(filter_new(&f), 0);
		assert_int_equal(filter_use_names(f, path, recorded), 0);
		assert_int_equal(filter_add(f, FILTER_USER, "alice", &error), 0);
		assert_int_equal(filter_add(f, FILTER_LOGIN, "alice", &error), 0);
		e.proc.creds.user_name = STR_LITERAL("");
		e.proc.creds.euid = 0;
		assert_false(filter_match(f, &e));
		e.proc.creds.euid = 1000;
		assert_true(filter_match(f, &e));
		/* Another host's name for the number: that host's log is right. */
		e.proc.creds.user_name = STR_LITERAL("bob");
		assert_int_equal(filter_match(f, &e), !recorded);
		assert_int_equal(filter_add(f, FILTER_USER, "bob", &error), recorded ? 0 : -EINVAL);
		assert_int_equal(filter_match(f, &e), true);
		free(error);
		error = NULL;
		filter_free(f);
	}
	unlink(path);
}

static void test_asked_for(void **state)
{
	struct filter *f = filter_of(FILTER_CONTAINER, "!x,web,da6c");
	char *error = NULL;
	const uint32_t *pids;
	size_t len;

	(void)state;
	assert_int_equal(filter_containers_len(f), 2);
	assert_string_equal(filter_container_value(f, 0), "web");
	assert_string_equal(filter_container_value(f, 1), "da6c");
	assert_null(filter_container_value(f, 2));
	assert_true(filter_container_known(f, 0, &web));
	assert_false(filter_container_known(f, 0, &inner));
	assert_true(filter_container_known(f, 1, &inner));
	assert_false(filter_container_known(f, 2, &web));
	assert_int_equal(filter_add(f, FILTER_PID, "7,!8,9", &error), 0);
	pids = filter_pids(f, &len);
	assert_int_equal(len, 2);
	assert_int_equal(pids[0], 7);
	assert_int_equal(pids[1], 9);
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_containers),	   cmocka_unit_test(test_other_containers),
		cmocka_unit_test(test_processes),	   cmocka_unit_test(test_unknown_facts),
		cmocka_unit_test(test_lines_of_any_bytes), cmocka_unit_test(test_options_together),
		cmocka_unit_test(test_bad_values),	   cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_user_names),	   cmocka_unit_test(test_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
