// SPDX-License-Identifier: Apache-2.0
/*
 * test_units.c - times and sizes as people write and read them
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

struct fmt_row {
	uint64_t value;
	const char *text;
};

static void check_text(const struct fmt_row *rows, size_t len,
		       void (*fmt)(struct buf *b, uint64_t value))
{
	struct buf b = {};

	for (size_t i = 0; i < len; i++) {
		buf_reset(&b);
		fmt(&b, rows[i].value);
		buf_putc(&b, '\0');
		assert_false(b.failed);
		assert_string_equal(b.data, rows[i].text);
	}
	buf_done(&b);
}

static void test_durations_for_people(void **state)
{
	static const struct fmt_row rows[] = {
		{ 0, "0 ns" },
		{ 999, "999 ns" },
		{ 1000, "1 µs" },
		{ 999999, "999 µs" },
		{ 1000000, "1 ms" },
		{ 9400000, "9 ms" },
		{ 999999999, "999 ms" },
		{ 1000000000, "1.0 s" },
		{ UINT64_C(7949999999), "7.9 s" },
		{ UINT64_C(59999999999), "59.9 s" },
		{ UINT64_C(60000000000), "1 min" },
		{ UINT64_C(125000000000), "2 min 5 s" },
		{ UINT64_C(3599999999999), "59 min 59 s" },
		{ UINT64_C(3600000000000), "1 h" },
		{ UINT64_C(12000000000000), "3 h 20 min" },
		{ UINT64_C(86400000000000), "1 d" },
		{ UINT64_C(1051200000000000), "12 d 4 h" },
		{ UINT64_MAX, "213503 d 23 h" },
	};

	(void)state;
	check_text(rows, ROWS(rows), fmt_duration);
}

static void test_bytes_for_people(void **state)
{
	static const struct fmt_row rows[] = {
		{ 0, "0 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1536, "1.5 KiB" },
		{ 10239, "9.9 KiB" },
		{ 10240, "10 KiB" },
		{ 11000, "10 KiB" },
		{ 1048575, "1023 KiB" },
		{ 12582912, "12 MiB" },
		{ UINT64_C(2147483648), "2 GiB" },
		{ UINT64_C(1) << 40, "1 TiB" },
		{ UINT64_MAX, "16777215 TiB" },
	};

	(void)state;
	check_text(rows, ROWS(rows), fmt_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_durations_for_people),
		cmocka_unit_test(test_bytes_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
