// SPDX-License-Identifier: Apache-2.0
/*
 * test_lost.c - what a log could not hold is counted as what it was
 */
#include "log/lost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_counted(void **state)
{
	struct lost lost = { 0 };
	struct event e = { .kind = EVENT_EXEC, .wall_ns = 1000 };

	(void)state;
	assert_int_equal(lost_note(&lost, &e), 1);
	e.error = 2;
	e.wall_ns = 2000;
	assert_int_equal(lost_note(&lost, &e), 1);
	/* One that tells of others must not make them be forgotten. */
	e = (struct event){ .kind = EVENT_LOST, .wall_ns = 3000 };
	e.lost.total = 40;
	e.lost.by_kind[PTC_EXIT] = 30;
	e.lost.by_kind[PTC_EXEC] = 10;
	assert_int_equal(lost_note(&lost, &e), 40);
	e = (struct event){ .kind = EVENT_CONTAINER_START, .wall_ns = 4000 };
	assert_int_equal(lost_note(&lost, &e), 1);
	e.kind = EVENT_CONTAINER_STOP;
	assert_int_equal(lost_note(&lost, &e), 1);
	/* No record of its own either, but none that is counted by kind. */
	e.kind = EVENT_THROTTLED;
	assert_int_equal(lost_note(&lost, &e), 1);
	e = (struct event){ .kind = EVENT_LOST, .wall_ns = 4000 };
	e.lost.total = e.lost.by_kind[LOST_CONTAINER_STOP] = 2;
	assert_int_equal(lost_note(&lost, &e), 2);
	assert_int_equal(lost.total, 47);
	assert_int_equal(lost.by_kind[LOST_CONTAINER_START], 1);
	assert_int_equal(lost.by_kind[LOST_CONTAINER_STOP], 3);
	assert_int_equal(lost.by_kind[PTC_EXEC], 11);
	assert_int_equal(lost.by_kind[PTC_EXEC_FAILED], 1);
	assert_int_equal(lost.by_kind[PTC_EXIT], 30);
	assert_int_equal(lost.from_wall_ns, 1000);
	assert_int_equal(lost.to_wall_ns, 4000);
}

static void test_emitted(void **state)
{
	const struct event_host host = { .hostname = STR_LITERAL("node7") };
	const struct lost lost = {
		.total = 3,
		.by_kind = { [PTC_EXEC] = 2, [LOST_CONTAINER_STOP] = 1 },
		.from_wall_ns = 1000000000,
		.to_wall_ns = 2000000000,
	};
	struct buf out = { 0 };

	(void)state;
	lost_emit(&lost, &host, LOST_LOG_DISK, &out);
	buf_putc(&out, '\0');
	assert_non_null(strstr(
		out.data, "\"lost\":{\"total\":3,\"by_kind\":{\"exec\":2,\"container-stop\":1},"
			  "\"from\":\"1970-01-01T00:00:01.000000000Z\","
			  "\"to\":\"1970-01-01T00:00:02.000000000Z\","
			  "\"reason\":\"log could not be written\"}}}\n"));
	assert_non_null(strstr(out.data, "\"hostname\":\"node7\""));
	/* It is none of the events that were made. */
	assert_null(strstr(out.data, "\"sequence\""));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_emitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
