// SPDX-License-Identifier: Apache-2.0
/*
 * test_buf.c - a byte buffer that grows to a limit
 */
#include "base/buf.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_holds(const struct buf *b, const char *expected, size_t len)
{
	assert_false(b->failed);
	assert_int_equal(b->len, len);
	if (len)
		assert_memory_equal(b->data, expected, len);
}

static void test_empty(void **state)
{
	struct buf b = {};

	(void)state;
	assert_holds(&b, "", 0);
	buf_put(&b, NULL, 0);
	buf_puts(&b, "");
	buf_str(&b, str_of(NULL));
	assert_holds(&b, "", 0);
	assert_null(b.data);
	buf_done(&b);
	buf_done(&b);
}

static void test_bytes(void **state)
{
	struct buf b = {};

	(void)state;
	buf_putc(&b, 'a');
	buf_put(&b, "\0\xff", 2);
	buf_puts(&b, "b");
	buf_str(&b, STR_LITERAL("\n\0"));
	BUF_LITERAL(&b, "c\0d");
	assert_holds(&b,
		     "a\0\xff"
		     "b\n\0c\0d",
		     9);
	buf_done(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
}

static void test_numbers(void **state)
{
	static const uint64_t unsigneds[] = { 0, 1, 9, 10, 4294967295u, UINT64_MAX };
	static const int64_t signeds[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
	struct buf b = {};
	char expected[32];
	int n;

	(void)state;
	for (size_t i = 0; i < sizeof(unsigneds) / sizeof(*unsigneds); i++) {
		buf_reset(&b);
		buf_u64(&b, unsigneds[i]);
		n = snprintf(expected, sizeof(expected), "%" PRIu64, unsigneds[i]);
		assert_holds(&b, expected, (size_t)n);
		buf_reset(&b);
		buf_hex(&b, unsigneds[i]);
		n = snprintf(expected, sizeof(expected), "%" PRIx64, unsigneds[i]);
		assert_holds(&b, expected, (size_t)n);
	}
	for (size_t i = 0; i < sizeof(signeds) / sizeof(*signeds); i++) {
		buf_reset(&b);
		buf_i64(&b, signeds[i]);
		n = snprintf(expected, sizeof(expected), "%" PRId64, signeds[i]);
		assert_holds(&b, expected, (size_t)n);
	}
	buf_done(&b);
}

static void test_padded(void **state)
{
	static const struct {
		uint64_t v;
		unsigned int width;
		const char *text;
	} rows[] = {
		{ 0, 0, "0" },
		{ 0, 3, "000" },
		{ 7, 1, "7" },
		{ 7, 2, "07" },
		{ 123, 2, "123" },
		{ UINT64_MAX, 20, "18446744073709551615" },
		{ 1, 20, "00000000000000000001" },
		/* Wider than any number: as wide as one gets. */
		{ 1, 4000000000u, "00000000000000000001" },
	};
	struct buf b = {};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_reset(&b);
		buf_u64_padded(&b, rows[i].v, rows[i].width);
		assert_holds(&b, rows[i].text, strlen(rows[i].text));
	}
	buf_done(&b);
}

static void test_grows(void **state)
{
	struct buf b = {};

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		buf_putc(&b, (char)(i % 251));
	assert_false(b.failed);
	assert_int_equal(b.len, 100000);
	for (unsigned int i = 0; i < 100000; i++)
		assert_int_equal((unsigned char)b.data[i], i % 251);
	buf_done(&b);
}

static void test_limit(void **state)
{
	struct buf b = { .limit = 8 };

	(void)state;
	buf_puts(&b, "12345678");
	assert_holds(&b, "12345678", 8);
	assert_int_equal(b.cap, 8);
	buf_putc(&b, '9');
	assert_true(b.failed);
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "12345678", 8);
	/* Stays failed, so that the caller asks once. */
	b.len = 0;
	buf_putc(&b, 'x');
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	/* A reset makes it usable again, with the same memory and limit. */
	buf_reset(&b);
	buf_puts(&b, "87654321");
	assert_holds(&b, "87654321", 8);
	buf_done(&b);
	assert_int_equal(b.limit, 8);
}

static void test_one_over(void **state)
{
	struct buf b = { .limit = 8 };

	(void)state;
	buf_put(&b, "123456789", 9);
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	buf_reset(&b);
	buf_putc(&b, '1');
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_true(b.failed);
	assert_int_equal(b.len, 1);
	buf_done(&b);
}

static void test_default_limit(void **state)
{
	struct buf b = {};

	(void)state;
	assert_false(buf_reserve(&b, BUF_LIMIT_DEFAULT + 1));
	assert_true(b.failed);
	buf_reset(&b);
	assert_true(buf_reserve(&b, 1));
	buf_done(&b);
}

static void test_printf(void **state)
{
	struct buf b = { .limit = 8 };

	(void)state;
	buf_printf(&b, "%s", "");
	assert_holds(&b, "", 0);
	buf_printf(&b, "%s-%u", "ab", 12u);
	assert_holds(&b, "ab-12", 5);
	buf_printf(&b, "%s", "too much");
	assert_true(b.failed);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "ab-12", 5);
	buf_done(&b);
}

static void test_reset_keeps_memory(void **state)
{
	struct buf b = {};
	const char *data;

	(void)state;
	buf_puts(&b, "first");
	data = b.data;
	buf_reset(&b);
	buf_puts(&b, "second");
	assert_ptr_equal(b.data, data);
	assert_holds(&b, "second", 6);
	buf_done(&b);
}

static void test_read(void **state)
{
	struct buf b = {}, small = { .limit = BUF_READ_STEP / 2 };
	char piece[3000];
	int ends[2];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(write(ends[1], piece, sizeof(piece)), sizeof(piece));
	close(ends[1]);
	buf_puts(&b, "before");
	/* Not a byte is taken once there are that many. */
	assert_int_equal(buf_read(&b, ends[0], 6), 0);
	assert_holds(&b, "before", 6);
	assert_int_equal(buf_read(&small, ends[0], SIZE_MAX), -ENOMEM);
	assert_int_equal(small.len, 0);
	assert_int_equal(buf_read(&b, ends[0], SIZE_MAX), 0);
	assert_int_equal(b.len, 6 + 5 * sizeof(piece));
	assert_memory_equal(b.data, "beforex", 7);
	close(ends[0]);
	assert_int_equal(buf_read(&b, ends[0], SIZE_MAX), -EBADF);
	buf_done(&b);
	buf_done(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),	 cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_numbers),	 cmocka_unit_test(test_padded),
		cmocka_unit_test(test_grows),	 cmocka_unit_test(test_limit),
		cmocka_unit_test(test_one_over), cmocka_unit_test(test_default_limit),
		cmocka_unit_test(test_printf),	 cmocka_unit_test(test_reset_keeps_memory),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
