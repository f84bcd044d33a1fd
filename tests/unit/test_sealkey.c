// SPDX-License-Identifier: Apache-2.0
/*
 * test_sealkey.c - the keys of seals, and records that carry one
 */
#include "log/sealkey.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "log/sealed.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define LINE	   "{\"a\":1,\"proctrace\":{\"schema\":1}}"
#define AB	   "abababababababab"
#define START	   UINT64_C(1795939200)

static int set_up(void **state)
{
	(void)state;
	return chain_ready();
}

/* A key whose secret is known: 0, 1, 2, …; its id is that of the text below. */
static struct verifykey known_key(void)
{
	struct verifykey key;

	assert_true(verifykey_parse(
		STR_LITERAL("proctrace-verify-1:69c5400bbb748a78:1795939200:"
			    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
		&key));
	return key;
}

static void test_text(void **state)
{
	struct verifykey key, again;
	char text[VERIFYKEY_TEXT_MAX], other[VERIFYKEY_TEXT_MAX];

	(void)state;
	verifykey_make(&key, START);
	verifykey_fmt(&key, text);
	assert_true(verifykey_parse(str_of(text), &again));
	assert_memory_equal(key.secret, again.secret, sizeof(key.secret));
	assert_memory_equal(key.id, again.id, sizeof(key.id));
	assert_true(again.start == START);
	verifykey_make(&again, START);
	verifykey_fmt(&again, other);
	assert_string_not_equal(text, other);
}

/* A typing error anywhere, and what only looks like one. */
static void test_text_refused(void **state)
{
	struct verifykey key = known_key(), other = key;
	char text[VERIFYKEY_TEXT_MAX];
	size_t len;

	(void)state;
	verifykey_fmt(&key, text);
	len = strlen(text);
	for (size_t i = 0; i + 1 < len; i++) {
		char saved = text[i];

		text[i] = saved == '1' ? '2' : '1';
		assert_false(verifykey_parse(str_of(text), &other));
		text[i] = saved;
		assert_false(verifykey_parse(str_from(text, i), &other));
		assert_false(verifykey_parse(str_from(text + 1, i), &other));
	}
	assert_memory_equal(&key, &other, sizeof(key));
	text[len - 1] = '\0';
	assert_true(verifykey_parse(str_from(text, len - 1), &other));
	strcpy(text + len - 1, "\r\n \n");
	assert_true(verifykey_parse(str_of(text), &other));
	strcpy(text + len - 1, "\nx");
	assert_false(verifykey_parse(str_of(text), &other));
}

/* What the keys are, by another implementation of the hash: they must never change. */
static void test_known_values(void **state)
{
	struct verifykey key = known_key();
	struct chain c = { .seq = 7 };
	struct buf out = {};
	struct sealkey k;

	(void)state;
	memset(c.head, 0xab, sizeof(c.head));
	sealkey_first(&key, &k);
	assert_true(sealkey_wind(&k, 2, 3));
	assert_int_equal(sealed_append(&k, &c, STR_LITERAL(LINE), &out), 0);
	buf_putc(&out, '\0');
	assert_string_equal(
		out.data,
		"{\"a\":1,\"proctrace\":{\"schema\":1,\"log_seal\":{\"key\":"
		"\"69c5400bbb748a78\",\"epoch\":2,\"slot\":3,\"after\":\"" AB AB AB AB
		"\",\"mac\":\"6318cbf109d90211e6e6743dcb290e5097f07650c6d9a361ee2c0ccda7dd53e8\"}}}\n");
	buf_done(&out);
}

static void test_winds(void **state)
{
	struct verifykey key = known_key();
	struct sealkey a, b, before;

	(void)state;
	sealkey_first(&key, &a);
	b = a;
	assert_true(sealkey_wind(&a, 5, 70));
	for (uint64_t i = 1; i <= 5; i++)
		assert_true(sealkey_wind(&b, i, i * 14));
	assert_memory_equal(&a, &b, sizeof(a));
	before = a;
	assert_false(sealkey_wind(&a, 4, 70));
	assert_false(sealkey_wind(&a, 5, 69));
	assert_false(sealkey_wind(&a, SEALKEY_STEPS_MAX + 1, 70));
	assert_false(sealkey_wind(&a, 5, UINT64_MAX));
	assert_memory_equal(&a, &before, sizeof(a));
	assert_true(sealkey_wind(&a, 5, 70));
}

static void test_slots(void **state)
{
	static const struct {
		int64_t wall_s;
		uint64_t slot;
	} rows[] = { { -1, 0 },		 { 0, 0 },
		     { START - 1, 0 },	 { START, 0 },
		     { START + 59, 0 },	 { START + 60, 1 },
		     { START + 119, 1 }, { START + 86400, 1440 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_true(sealkey_slot_of(START, rows[i].wall_s * 1000000000) == rows[i].slot);
}

/* The record as it comes out of the log again. */
static struct sealed sealed_of(const struct buf *stored)
{
	struct chain_parts parts;
	struct sealed s;

	assert_true(chain_split(str_from(stored->data, stored->len - 1), &parts));
	assert_true(sealed_split(parts.body, &s));
	return s;
}

static void test_seals(void **state)
{
	struct verifykey key = known_key();
	struct chain c = {}, before;
	struct buf line = {}, stored = {};
	struct sealkey k, other;
	struct sealed s;

	(void)state;
	sealkey_first(&key, &k);
	sealkey_wind(&k, 3, 9);
	assert_int_equal(chain_append(&c, STR_LITERAL(LINE), &stored), 0);
	buf_reset(&stored);
	before = c;
	assert_int_equal(sealed_append(&k, &c, STR_LITERAL(LINE "\n"), &line), 0);
	assert_int_equal(chain_append(&c, str_from(line.data, line.len), &stored), 0);
	s = sealed_of(&stored);
	assert_true(s.epoch == 3 && s.slot == 9);
	assert_true(sealed_is_right(&s, &k));
	assert_memory_equal(s.after, before.head, sizeof(s.after));
	/* With another key, or another number: not. */
	other = k;
	sealkey_wind(&other, 4, 9);
	assert_false(sealed_is_right(&s, &other));
	other.epoch = 3; /* he who has only the next epoch's secret */
	assert_false(sealed_is_right(&s, &other));
	other = k;
	sealkey_wind(&other, 3, 10);
	other.slot = 9; /* or only the next slot's */
	assert_false(sealed_is_right(&s, &other));
	other = k;
	other.id[0] ^= 1;
	assert_false(sealed_is_right(&s, &other));
	/* Every byte before the mac counts. */
	for (size_t i = 0; i < s.text.len; i++) {
		stored.data[i] = (char)(stored.data[i] ^ 1);
		assert_false(sealed_is_right(&s, &k));
		stored.data[i] = (char)(stored.data[i] ^ 1);
	}
	buf_done(&line);
	buf_done(&stored);
}

#define ID  "0123456789abcdef"
#define MAC "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"

static void test_no_seal(void **state)
{
	static const char *const bodies[] = {
		"",
		"\"}",
		"{\"proctrace\":{\"schema\":1",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"} ",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}}",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":1,\"slot\":02,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":-1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}",
		",\"log_seal\":{\"key\":\"0" ID "\",\"epoch\":1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}",
		",\"log_seal\":{\"key\":\"" ID "\",\"epoch\":1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"0" MAC "\"}",
		",\"log_seal\":{\"key\":\"" ID
		"\",\"epoch\":18446744073709551616,\"slot\":2,\"after\":\"" MAC "\",\"mac\":\"" MAC
		"\"}",
		",\\\"log_seal\\\":{\"key\":\"" ID "\",\"epoch\":1,\"slot\":2,\"after\":\"" MAC
		"\",\"mac\":\"" MAC "\"}",
	};
	struct sealed s;

	(void)state;
	assert_true(sealed_split(STR_LITERAL(",\"log_seal\":{\"key\":\"" ID
					     "\",\"epoch\":0,\"slot\":0,\"after\":\"" MAC
					     "\",\"mac\":\"" MAC "\"}"),
				 &s));
	for (size_t i = 0; i < ROWS(bodies); i++) {
		if (sealed_split(str_of(bodies[i]), &s))
			fail_msg("'%s' is taken for a seal", bodies[i]);
	}
}

static void test_append_refuses(void **state)
{
	struct verifykey key = known_key();
	struct chain c = {};
	struct buf out = { .limit = 100 };
	struct sealkey k;

	(void)state;
	sealkey_first(&key, &k);
	assert_int_equal(sealed_append(&k, &c, STR_LITERAL("{}"), &out), -EBADMSG);
	assert_int_equal(sealed_append(&k, &c, STR_LITERAL(""), &out), -EBADMSG);
	assert_false(out.failed);
	assert_int_equal(sealed_append(&k, &c, STR_LITERAL(LINE), &out), -ENOMEM);
	assert_int_equal(out.len, 0);
	assert_true(out.failed);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	     cmocka_unit_test(test_text_refused),
		cmocka_unit_test(test_known_values), cmocka_unit_test(test_winds),
		cmocka_unit_test(test_slots),	     cmocka_unit_test(test_seals),
		cmocka_unit_test(test_no_seal),	     cmocka_unit_test(test_append_refuses),
	};

	return cmocka_run_group_tests_name("sealkey", tests, set_up, NULL);
}
