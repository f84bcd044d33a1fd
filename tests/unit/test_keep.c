// SPDX-License-Identifier: Apache-2.0
/*
 * test_keep.c - a process that outlives what it was read from
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event/keep.h"

static void test_what_is_kept(void **state)
{
	char name[] = "name", args[] = "a\0b";
	uint32_t vpid[] = { 7, 1 };
	struct event_process p = {
		.pid = 7,
		.name = str_from(name, 4),
		.args = str_from(args, 4),
		.vpid = vpid,
		.vpid_len = 2,
	};
	struct event_process kept;
	struct arena arena = { 0 };

	(void)state;
	assert_int_equal(event_keep_process(&arena, &p, &kept), 0);
	memset(name, 'x', 4);
	memset(args, 'x', 4);
	memset(vpid, 0, sizeof(vpid));
	assert_int_equal(kept.pid, 7);
	assert_int_equal(kept.name.len, 4);
	assert_memory_equal(kept.name.p, "name", 4);
	assert_int_equal(kept.args.len, 4);
	assert_memory_equal(kept.args.p, "a\0b", 4);
	assert_int_equal(kept.vpid[0], 7);
	assert_int_equal(kept.vpid[1], 1);
	assert_int_equal(kept.cwd.len, 0);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
