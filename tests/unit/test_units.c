// SPDX-License-Identifier: Apache-2.0
/*
 * test_units.c - times, sizes and numbers as people write them
 */
#include "base/units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define UNTOUCHED  UINT64_C(0x5555)
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

struct parse_row {
	const char *input;
	int code;
	uint64_t value;
};

static void check_rows(const struct parse_row *rows, size_t len,
		       int (*parse)(const char *s, uint64_t *ret))
{
	for (size_t i = 0; i < len; i++) {
		uint64_t value = UNTOUCHED;
		int code = parse(rows[i].input, &value);

		if (code != rows[i].code || value != (code ? UNTOUCHED : rows[i].value))
			fail_msg("'%s' gives %d and %llu", rows[i].input, code,
				 (unsigned long long)value);
	}
}

static void test_durations(void **state)
{
	static const struct parse_row rows[] = {
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },
		{ "0s", 0, 0 },
		{ "1ms", 0, 1000000 },
		{ "500ms", 0, 500000000 },
		{ "1s", 0, 1000000000 },
		{ "5m", 0, UINT64_C(300000000000) },
		{ "2h", 0, UINT64_C(7200000000000) },
		{ "1d", 0, UINT64_C(86400000000000) },
		{ "007s", 0, UINT64_C(7000000000) },
		{ "1S", -EINVAL, 0 },
		{ "1M", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ " 1s", -EINVAL, 0 },
		{ "1s ", -EINVAL, 0 },
		{ "+1s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "0x1s", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "1h30m", -EINVAL, 0 },
		{ "1\xff", -EINVAL, 0 },
		{ "1\n", -EINVAL, 0 },
		/* The longest that fits, and one more. */
		{ "18446744073709ms", 0, UINT64_C(18446744073709000000) },
		{ "18446744073710ms", -ERANGE, 0 },
		{ "213503d", 0, UINT64_C(18446659200000000000) },
		{ "213504d", -ERANGE, 0 },
		{ "18446744073709551615ms", -ERANGE, 0 },
		{ "18446744073709551616s", -ERANGE, 0 },
		{ "99999999999999999999999999999999s", -ERANGE, 0 },
	};

	(void)state;
	check_rows(rows, ROWS(rows), parse_duration);
}

static void test_bytes(void **state)
{
	static const struct parse_row rows[] = {
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "1K", 0, 1024 },
		{ "8M", 0, 8388608 },
		{ "1G", 0, 1073741824 },
		{ "1T", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
		{ "1KiB", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "17179869183G", 0, UINT64_C(18446744072635809792) },
		{ "17179869184G", -ERANGE, 0 },
	};

	(void)state;
	check_rows(rows, ROWS(rows), parse_bytes);
}

static int parse_up_to_100(const char *s, uint64_t *ret)
{
	return parse_number(s, 100, ret);
}

static void test_numbers(void **state)
{
	static const struct parse_row rows[] = {
		{ "", -EINVAL, 0 },    { "0", 0, 0 },		{ "100", 0, 100 },
		{ "101", -ERANGE, 0 }, { "1x", -EINVAL, 0 },	{ "x1", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },  { "1\xff", -EINVAL, 0 }, { "1.", -EINVAL, 0 },
	};

	(void)state;
	check_rows(rows, ROWS(rows), parse_up_to_100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
