// SPDX-License-Identifier: Apache-2.0
/*
 * test_timefmt.c - times and lengths of time as text
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/timefmt.h"

static void check_utc(int64_t ns, const char *expected)
{
	char out[TIMEFMT_UTC_LEN + 1] = { 0 };
	int64_t back = 0;

	timefmt_utc(out, ns);
	assert_string_equal(out, expected);
	assert_true(timefmt_parse_utc(str_of(out), &back));
	assert_true(back == ns);
}

static void test_utc(void **state)
{
	(void)state;
	check_utc(0, "1970-01-01T00:00:00.000000000Z");
	check_utc(1795372801131204511ll, "2026-11-22T18:40:01.131204511Z");
	check_utc(951782400000000000ll, "2000-02-29T00:00:00.000000000Z");
	check_utc(-1, "1969-12-31T23:59:59.999999999Z");
	check_utc(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
	check_utc(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

/* The C library as the judge, at every 40 hours of 400 years. */
static void test_utc_against_libc(void **state)
{
	(void)state;
	for (int64_t s = -6000000000ll; s < 9000000000ll; s += 144001) {
		char out[TIMEFMT_UTC_LEN + 1] = { 0 }, expected[32];
		time_t t = (time_t)s;
		struct tm tm;

		timefmt_utc(out, s * 1000000000ll);
		gmtime_r(&t, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000000Z", &tm);
		assert_string_equal(out, expected);
	}
}

/* The second before makes no difference. */
static void test_kept(void **state)
{
	static const int64_t times[] = { 0,	     -1,	  1,	     999999999, 1000000000,
					 1000000001, -1000000000, INT64_MAX, INT64_MIN, 0 };
	struct timefmt_kept kept = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char out[TIMEFMT_UTC_LEN + 1] = { 0 }, expected[TIMEFMT_UTC_LEN + 1] = { 0 };

		for (int again = 0; again < 2; again++) {
			timefmt_utc_kept(out, times[i], &kept);
			timefmt_utc(expected, times[i]);
			assert_string_equal(out, expected);
		}
	}
}

static void test_parse(void **state)
{
	static const char *const bad[] = {
		"",
		"Z",
		"2026-11-22T18:40:01",
		"2026-11-22 18:40:01Z",
		"2026-11-22T18:40:01.Z",
		"2026-11-22T18:40:01.1234567890Z",
		"2026-13-22T18:40:01Z",
		"2026-02-29T18:40:01Z",
		"2026-11-00T18:40:01Z",
		"2026-11-22T24:40:01Z",
		"2026-11-22T18:60:01Z",
		"2026-11-22T18:40:01+01:00",
		"2026-11-22T18:40:01.12x4Z",
		"9999-01-01T00:00:00Z",
		"1677-09-21T00:12:43.145224191Z",
		"2262-04-11T23:47:16.854775808Z",
	};
	int64_t ns = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(timefmt_parse_utc(str_of(bad[i]), &ns));
	assert_true(ns == 7); /* untouched */
	assert_true(timefmt_parse_utc(str_of("1970-01-01T00:00:01Z"), &ns));
	assert_true(ns == 1000000000);
	assert_true(timefmt_parse_utc(str_of("1970-01-01T00:00:01.12Z"), &ns));
	assert_true(ns == 1120000000);
}

static void check(void (*put)(struct buf *, uint64_t), uint64_t value, const char *expected)
{
	struct buf b = { 0 };

	put(&b, value);
	buf_putc(&b, '\0');
	assert_string_equal(b.data, expected);
	buf_done(&b);
}

static void test_duration(void **state)
{
	(void)state;
	check(timefmt_duration, 0, "0 ns");
	check(timefmt_duration, 999, "999 ns");
	check(timefmt_duration, 1000, "1 us");
	check(timefmt_duration, 9000000, "9 ms");
	check(timefmt_duration, 9990000, "9.9 ms");
	check(timefmt_duration, 10990000, "10 ms");
	check(timefmt_duration, 7900000000, "7.9 s");
	check(timefmt_duration, 59999999999, "59 s");
	check(timefmt_duration, 60000000000, "1 min");
	check(timefmt_duration, 125000000000, "2 min 5 s");
	check(timefmt_duration, 3600000000000, "1 h");
	check(timefmt_duration, 90000000000000, "1 d 1 h");
	check(timefmt_duration, UINT64_MAX, "213503 d 23 h");
}

static void test_bytes(void **state)
{
	(void)state;
	check(timefmt_bytes, 0, "0 B");
	check(timefmt_bytes, 1023, "1023 B");
	check(timefmt_bytes, 1024, "1 KiB");
	check(timefmt_bytes, 1536, "1.5 KiB");
	check(timefmt_bytes, 12 << 20, "12 MiB");
	check(timefmt_bytes, 2047, "1.9 KiB");
	check(timefmt_bytes, UINT64_MAX, "15 EiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc),	 cmocka_unit_test(test_utc_against_libc),
		cmocka_unit_test(test_kept),	 cmocka_unit_test(test_parse),
		cmocka_unit_test(test_duration), cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
