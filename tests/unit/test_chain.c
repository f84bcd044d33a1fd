// SPDX-License-Identifier: Apache-2.0
/*
 * test_chain.c - the hash chain of a log
 */
#include "log/chain.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

#define FIRST	     "{\"a\":1,\"proctrace\":{\"schema\":1}}"
/*
 * By Python's hashlib:
 * blake2b(bytes(32) + b'{"a":1,"proctrace":{"schema":1,"log":{"seq":1', digest_size=32)
 */
#define FIRST_CHAIN  "9014a9f0895e8ecb33c679f515412d1e2759d9c779bb1570f4afd6f574b1a4ad"
/* The same of seq 2, after that. */
#define SECOND_CHAIN "f3a4a45ec74f35c846722984219cda00ef940c6f0a65f9c9b34752e4ed6c5b43"
#define STORED(seq, chain) \
	"{\"a\":1,\"proctrace\":{\"schema\":1,\"log\":{\"seq\":" seq ",\"chain\":\"" chain "\"}}}"

static int set_up(void **state)
{
	(void)state;
	return chain_ready();
}

/* Another implementation of the hash agrees about what the chain is. */
static void test_known_values(void **state)
{
	struct chain c = {};
	struct buf out = {};

	(void)state;
	assert_int_equal(chain_append(&c, STR_LITERAL(FIRST), &out), 0);
	assert_int_equal(chain_append(&c, STR_LITERAL(FIRST "\n"), &out), 0);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, STORED("1", FIRST_CHAIN) "\n" STORED("2", SECOND_CHAIN) "\n");
	assert_int_equal(c.seq, 2);
	buf_done(&out);
}

static void test_appends_after(void **state)
{
	struct chain c = {};
	struct buf out = {};

	(void)state;
	buf_puts(&out, "before\n");
	assert_int_equal(chain_append(&c, STR_LITERAL(FIRST), &out), 0);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, "before\n" STORED("1", FIRST_CHAIN) "\n");
	buf_done(&out);
}

static void test_refuses_what_is_no_event(void **state)
{
	static const char *const lines[] = { "",
					     "\n",
					     "}",
					     "}}",
					     "{}",
					     "{}}",
					     "{{}}",
					     "{\"a\":{}}",
					     "{\"a\":{\"b\":1}} ",
					     "{\"a\":{\"b\":1}}\n\n" };
	struct chain c = {};
	struct buf out = {};

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++)
		assert_int_equal(chain_append(&c, str_of(lines[i]), &out), -EBADMSG);
	assert_int_equal(out.len, 0);
	assert_int_equal(c.seq, 0);
	buf_done(&out);
}

static void test_out_of_room(void **state)
{
	struct chain c = {}, before;
	struct buf out = { .limit = 200 };

	(void)state;
	assert_int_equal(chain_append(&c, STR_LITERAL(FIRST), &out), 0);
	before = c;
	assert_int_equal(chain_append(&c, STR_LITERAL(FIRST), &out), -ENOMEM);
	assert_true(out.failed);
	assert_int_equal(out.len, sizeof(STORED("1", FIRST_CHAIN) "\n") - 1);
	assert_memory_equal(&c, &before, sizeof(c));
	buf_done(&out);
}

static void test_splits(void **state)
{
	/* A process may bring the same text into the body. */
	const char *line = "{\"x\":\",\\\"log\\\":{\",\"log\":{\"seq\":1,\"proctrace\":{\"a\":1"
			   ",\"log\":{\"seq\":18446744073709551615,\"chain\":\"" FIRST_CHAIN
			   "\"}}}";
	struct chain_parts parts;
	size_t body_len = (size_t)(strstr(line, ",\"log\":{\"seq\":18") - line);

	(void)state;
	assert_true(chain_split(str_of(line), &parts));
	assert_ptr_equal(parts.body.p, line);
	assert_int_equal(parts.body.len, body_len);
	assert_true(parts.seq == UINT64_MAX);
	assert_int_equal(parts.chain[0], 0x90);
	assert_int_equal(parts.chain[31], 0xad);
}

static void test_malformed(void **state)
{
	static const char *const lines[] = {
		"",
		"}",
		"\"}}}",
		FIRST,
		STORED("1", FIRST_CHAIN) "\n",
		STORED("1", FIRST_CHAIN) "\r",
		STORED("1", FIRST_CHAIN) " ",
		STORED("1", FIRST_CHAIN) "}",
		STORED("", FIRST_CHAIN),
		STORED("0", FIRST_CHAIN),
		STORED("01", FIRST_CHAIN),
		STORED("-1", FIRST_CHAIN),
		STORED("+1", FIRST_CHAIN),
		STORED(" 1", FIRST_CHAIN),
		STORED("1.0", FIRST_CHAIN),
		STORED("1e0", FIRST_CHAIN),
		STORED("18446744073709551616", FIRST_CHAIN),
		STORED("99999999999999999999", FIRST_CHAIN),
		STORED("100000000000000000000", FIRST_CHAIN),
		STORED("1", "" FIRST_CHAIN "0"),
		STORED("1", ""),
		STORED("1", "0123"),
		"{\"a\":1,\"proctrace\":{\"log\": {\"seq\":1,\"chain\":\"" FIRST_CHAIN "\"}}}",
		"{\"a\":1,\"proctrace\":{\"schema\":1,\"log\":{\"chain\":\"" FIRST_CHAIN "\"}}}",
		",\"chain\":\"" FIRST_CHAIN "\"}}}",
		"1,\"chain\":\"" FIRST_CHAIN "\"}}}",
		"\"seq\":1,\"chain\":\"" FIRST_CHAIN "\"}}}",
		FIRST_CHAIN "\"}}}",
	};
	struct chain c = {};
	char upper[] = STORED("1", FIRST_CHAIN);

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		if (chain_check(&c, str_of(lines[i])) != CHAIN_MALFORMED)
			fail_msg("'%s' is taken for a record", lines[i]);
	}
	for (char *p = strstr(upper, "chain\":\"") + 8; *p != '"'; p++)
		*p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	assert_int_equal(chain_check(&c, str_of(upper)), CHAIN_MALFORMED);
	assert_int_equal(c.seq, 0);
}

/* Every byte of a record counts. */
static void test_one_byte(void **state)
{
	char line[] = STORED("1", FIRST_CHAIN);
	struct chain c = {};

	(void)state;
	for (size_t i = 0; line[i]; i++) {
		for (int bit = 0; bit < 8; bit++) {
			line[i] = (char)(line[i] ^ 1 << bit);
			assert_int_not_equal(chain_check(&c, str_from(line, sizeof(line) - 1)),
					     CHAIN_OK);
			line[i] = (char)(line[i] ^ 1 << bit);
		}
	}
	assert_int_equal(c.seq, 0);
	assert_int_equal(chain_check(&c, str_of(line)), CHAIN_OK);
	assert_int_equal(c.seq, 1);
}

static void test_order(void **state)
{
	struct str first = STR_LITERAL(STORED("1", FIRST_CHAIN));
	struct str second = STR_LITERAL(STORED("2", SECOND_CHAIN));
	struct chain c = {};

	(void)state;
	assert_int_equal(chain_check(&c, second), CHAIN_CHANGED);
	assert_int_equal(chain_check(&c, first), CHAIN_OK);
	assert_int_equal(chain_check(&c, first), CHAIN_CHANGED);
	assert_int_equal(chain_check(&c, second), CHAIN_OK);
	assert_int_equal(c.seq, 2);
}

/* Long lines, and lines with NULs and any other byte, are as good as others. */
static void test_any_bytes(void **state)
{
	struct chain c = {}, check = {};
	struct buf line = {}, out = {};

	(void)state;
	for (int i = 0; i < 1 << 20; i++)
		buf_putc(&line, (char)i);
	buf_puts(&line, "}}");
	assert_int_equal(chain_append(&c, str_from(line.data, line.len), &out), 0);
	assert_int_equal(chain_check(&check, str_from(out.data, out.len - 1)), CHAIN_OK);
	assert_memory_equal(&c, &check, sizeof(c));
	buf_done(&line);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_appends_after),
		cmocka_unit_test(test_refuses_what_is_no_event),
		cmocka_unit_test(test_out_of_room),
		cmocka_unit_test(test_splits),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_one_byte),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests_name("chain", tests, set_up, NULL);
}
