// SPDX-License-Identifier: Apache-2.0
/*
 * test_journal_fields.c - an event as fields of the journal
 */
#include "sink/journal_fields.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static struct buf records;
static struct str fields[JOURNAL_FIELDS];
static size_t fields_len;

/* The fields of one event. */
static void take(const struct event *e)
{
	struct str data;

	buf_reset(&records);
	journal_fields(e, STR_LITERAL("the line"), &records);
	assert_false(records.failed);
	data = str_from(records.data, records.len);
	fields_len = journal_fields_take(&data, fields);
	assert_in_range(fields_len, 1, JOURNAL_FIELDS);
	assert_int_equal(data.len, 0);
}

/* value NULL: it is not there. */
static void expect(const char *name, const char *value)
{
	size_t len = strlen(name), found = 0;

	for (size_t i = 0; i < fields_len; i++) {
		if (fields[i].len <= len || memcmp(fields[i].p, name, len) != 0 ||
		    fields[i].p[len] != '=')
			continue;
		found++;
		if (!value || !str_eq(str_from(fields[i].p + len + 1, fields[i].len - len - 1),
				      str_of(value)))
			fail_msg("%.*s", (int)fields[i].len, fields[i].p);
	}
	if (found != (value != NULL))
		fail_msg("%s is there %zu times", name, found);
}

static void process(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.entered = ENTERED_EXEC;
	e.proc.executable = STR_LITERAL("/a\nb\xff");
	take(&e);
	expect("MESSAGE", "the line");
	expect("PRIORITY", "6");
	expect("SYSLOG_IDENTIFIER", "proctrace");
	expect("CONTAINER_ID", "da6c173ac3ba");
	expect("CONTAINER_ID_FULL", SAMPLE_ID);
	expect("CONTAINER_NAME", "web");
	expect("IMAGE_NAME", "nginx:1.27");
	expect("PROCTRACE_RUNTIME", "docker");
	expect("PROCTRACE_POD_NAME", NULL);
	expect("PROCTRACE_EVENT", "exec");
	expect("PROCTRACE_SEQUENCE", "17");
	expect("PROCTRACE_TIMESTAMP", "2026-11-22T18:40:01.131204511Z");
	expect("PROCTRACE_PID", "4185");
	expect("PROCTRACE_VPID", "1");
	expect("PROCTRACE_ENTITY_ID", "5f0c9a1e-4185-5424722810753");
	expect("PROCTRACE_PPID", "4160");
	expect("PROCTRACE_PARENT_COMM", "runc");
	expect("PROCTRACE_COMM", "nginx");
	expect("PROCTRACE_EXE", "/a\nb\xff"); /* any byte, as it is */
	expect("PROCTRACE_CMDLINE", "nginx -g 'daemon off;'");
	expect("PROCTRACE_UID", "2");
	expect("PROCTRACE_USER", "daemon");
	expect("PROCTRACE_LOGINUID", "1000");
	expect("PROCTRACE_ENTERED", "exec");
	expect("PROCTRACE_ERROR", NULL);
	expect("PROCTRACE_EXIT_CODE", NULL);
	expect("OBJECT_PID", NULL);
}

static void what_is_not_known(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.has = 0;
	e.proc.container = NULL;
	e.proc.loginuid = UINT32_MAX;
	e.proc.vpid_len = 0;
	e.proc.start_ns = 0;
	take(&e);
	expect("CONTAINER_ID", NULL);
	expect("PROCTRACE_UID", NULL);
	expect("PROCTRACE_CMDLINE", NULL);
	expect("PROCTRACE_LOGINUID", NULL);
	expect("PROCTRACE_VPID", NULL);
	expect("PROCTRACE_ENTITY_ID", NULL);
	expect("PROCTRACE_PID", "4185");
}

static void priorities(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	take(&e);
	expect("PRIORITY", "4"); /* out of memory */
	expect("PROCTRACE_SIGNAL", "9");
	expect("PROCTRACE_SIGNAL_NAME", "SIGKILL");
	expect("PROCTRACE_LIFETIME_NSEC", "7900000000");
	e.exit.oom = false;
	take(&e);
	expect("PRIORITY", "5");
	e.exit.signal = 0;
	take(&e);
	expect("PRIORITY", "6");
	expect("PROCTRACE_EXIT_CODE", "0");
	sample_event(EVENT_SETNS, &e);
	e.error = EPERM;
	take(&e);
	expect("PRIORITY", "5");
	expect("ERRNO", "1");
	expect("PROCTRACE_ERROR", "EPERM");
	sample_event(EVENT_LOST, &e);
	take(&e);
	expect("PRIORITY", "4");
	expect("PROCTRACE_LOST", "14");
	expect("PROCTRACE_PID", NULL);
}

/* Every kind keeps within what one record may have. */
static void every_kind(void **state)
{
	struct container_info pod = sample_pod;
	struct event e;

	(void)state;
	pod.name = STR_LITERAL("n");
	pod.image = STR_LITERAL("i");
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		sample_event((enum event_kind)kind, &e);
		e.error = ENOENT;
		e.entered = ENTERED_EXEC;
		e.proc.container = &pod;
		take(&e);
	}
}

/* One after the other, and nothing of what did not fit. */
static void queue(void **state)
{
	struct buf small = { .limit = 4096 };
	struct event e;
	struct str data;
	size_t count = 0, taken = 0, whole;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	for (;; count++) {
		whole = small.len;
		journal_fields(&e, STR_LITERAL("the line"), &small);
		if (small.failed)
			break;
	}
	assert_true(count > 1);
	assert_int_equal(small.len, whole);
	data = str_from(small.data, small.len);
	while (journal_fields_take(&data, fields))
		taken++;
	assert_int_equal(taken, count);
	buf_done(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(process),    cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(priorities), cmocka_unit_test(every_kind),
		cmocka_unit_test(queue),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_done(&records);
	return failed;
}
