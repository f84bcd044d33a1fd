// SPDX-License-Identifier: Apache-2.0
/*
 * test_idmap.c - what the id maps of a user namespace mean
 */
#include "inspect/idmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_explain(void **state)
{
	static const struct {
		struct proc_idmap_range range;
		const char *text;
	} rows[] = {
		{ { 0, 100000, 1 }, "0 in here is 100000 outside" },
		{ { 0, 100000, 65536 }, "0-65535 in here are 100000-165535 outside" },
		{ { 1000, 1000, 1 }, "1000 is the same in here and outside" },
		{ { 0, 0, UINT32_MAX }, "0-4294967294 are the same in here and outside" },
		{ { 5, UINT32_MAX, 1 }, "5 in here is nobody outside" },
		{ { UINT32_MAX, 0, UINT32_MAX },
		  "4294967295-8589934589 in here are 0-4294967294 outside" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = {};

		idmap_explain(&b, &rows[i].range);
		buf_putc(&b, '\0');
		assert_string_equal(b.data, rows[i].text);
		buf_done(&b);
	}
}

static void test_inside(void **state)
{
	static const struct proc_idmap map = {
		.len = 2,
		.range = { { 0, 1000, 1 }, { 1, 100000, 65535 } },
	};
	static const struct {
		uint32_t outside;
		bool found;
		uint32_t inside;
	} rows[] = {
		{ 1000, true, 0 },	  { 100000, true, 1 }, { 165534, true, 65535 },
		{ 165535, false, 0 },	  { 999, false, 0 },   { 1001, false, 0 },
		{ UINT32_MAX, false, 0 }, { 0, false, 0 },
	};
	static const struct proc_idmap none = { 0 };
	uint32_t inside;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		inside = 12345;
		assert_int_equal(idmap_inside(&map, rows[i].outside, &inside), rows[i].found);
		assert_int_equal(inside, rows[i].found ? rows[i].inside : 12345);
	}
	assert_false(idmap_inside(&none, 0, &inside));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
