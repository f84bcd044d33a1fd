// SPDX-License-Identifier: Apache-2.0
/*
 * test_str.c - borrowed bytes with a length
 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_of(void **state)
{
	(void)state;
	assert_int_equal(str_of(NULL).len, 0);
	assert_int_equal(str_of("").len, 0);
	assert_int_equal(str_of("a) b (").len, 6);
	assert_int_equal(STR_LITERAL("a\0b").len, 3);
	assert_int_equal(str_from(NULL, 0).len, 0);
}

static void test_of_array(void **state)
{
	/* A comm fills its 16 bytes with or without a NUL, and may be empty. */
	static const char whole[16] = { '0', '1', '2', '3', '4', '5', '6', '7',
					'8', '9', 'a', 'b', 'c', 'd', 'e', 'f' };
	static const char ended[16] = "sh\0 left over";
	static const char empty[16] = "";

	(void)state;
	assert_int_equal(str_of_array(whole, sizeof(whole)).len, 16);
	assert_int_equal(str_of_array(ended, sizeof(ended)).len, 2);
	assert_int_equal(str_of_array(empty, sizeof(empty)).len, 0);
}

static void test_eq(void **state)
{
	static const struct {
		struct str a, b;
		bool equal;
	} rows[] = {
		{ { NULL, 0 }, { NULL, 0 }, true },	{ { NULL, 0 }, { "", 0 }, true },
		{ { NULL, 0 }, { "a", 1 }, false },	{ { "a", 1 }, { "a", 1 }, true },
		{ { "a", 1 }, { "b", 1 }, false },	{ { "ab", 2 }, { "ab", 1 }, false },
		{ { "a\0b", 3 }, { "a\0b", 3 }, true }, { { "a\0b", 3 }, { "a\0c", 3 }, false },
		{ { "\xff", 1 }, { "\xff", 1 }, true }, { { "\n", 1 }, { "", 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(str_eq(rows[i].a, rows[i].b), rows[i].equal);
		assert_int_equal(str_eq(rows[i].b, rows[i].a), rows[i].equal);
	}
}

static void test_has_prefix(void **state)
{
	static const struct {
		struct str s, prefix;
		bool has;
	} rows[] = {
		{ { "", 0 }, { "", 0 }, true },
		{ { "docker-1", 8 }, { "", 0 }, true },
		{ { "docker-1", 8 }, { "docker-", 7 }, true },
		{ { "docker-", 7 }, { "docker-", 7 }, true },
		{ { "docker", 6 }, { "docker-", 7 }, false },
		{ { "Docker-1", 8 }, { "docker-", 7 }, false },
		{ { "a\0b", 3 }, { "a\0", 2 }, true },
		{ { "a\0b", 3 }, { "ab", 2 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(str_has_prefix(rows[i].s, rows[i].prefix), rows[i].has);
}

static void test_no_bytes(void **state)
{
	struct str none = str_of(NULL);

	(void)state;
	assert_true(str_has_prefix(none, none));
	assert_false(str_has_prefix(none, str_of("a")));
	assert_int_equal(str_basename(none).len, 0);
}

static void test_basename(void **state)
{
	static const struct {
		struct str path, name;
	} rows[] = {
		{ { "", 0 }, { "", 0 } },
		{ { "sh", 2 }, { "sh", 2 } },
		{ { "/", 1 }, { "", 0 } },
		{ { "/usr/bin/env", 12 }, { "env", 3 } },
		{ { "a/b/", 4 }, { "", 0 } },
		{ { "/tmp/\xff\n", 7 }, { "\xff\n", 2 } },
		{ { "a\0/b\0c", 6 }, { "b\0c", 3 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(str_eq(str_basename(rows[i].path), rows[i].name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),	 cmocka_unit_test(test_of_array),
		cmocka_unit_test(test_eq),	 cmocka_unit_test(test_has_prefix),
		cmocka_unit_test(test_no_bytes), cmocka_unit_test(test_basename),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
