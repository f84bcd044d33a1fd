// SPDX-License-Identifier: Apache-2.0
/*
 * chain.c - the hash chain that makes one whole of the records of a log
 */
#include "log/chain.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

_Static_assert(CHAIN_BYTES == crypto_generichash_BYTES, "the chain is BLAKE2b-256");

#define HEX_LEN	   ((size_t)2 * CHAIN_BYTES)
#define BEFORE_SEQ STR_LITERAL(",\"log\":{\"seq\":")
#define BEFORE_HEX STR_LITERAL(",\"chain\":\"")
#define AFTER_HEX  STR_LITERAL("\"}}}")
#define SEQ_DIGITS 20 /* of the greatest */

int chain_ready(void)
{
	/* Not 0 or 1 only if the system gives no random numbers. */
	return sodium_init() < 0 ? -EIO : 0;
}

static void hash_record(const unsigned char *before, struct str hashed, unsigned char *ret_chain)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
	crypto_generichash_update(&state, before, CHAIN_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)hashed.p, hashed.len);
	crypto_generichash_final(&state, ret_chain, CHAIN_BYTES);
}

int chain_append(struct chain *c, struct str line, struct buf *out)
{
	struct chain next = { .seq = c->seq + 1 };
	char hex[HEX_LEN + 1];
	size_t start = out->len;

	if (line.len && line.p[line.len - 1] == '\n')
		line.len--;
	/* Something stands before the braces, so that a comma may. */
	if (line.len < 3 || memcmp(line.p + line.len - 2, "}}", 2) != 0 ||
	    line.p[line.len - 3] == '{')
		return -EBADMSG;
	if (!buf_reserve(out, line.len + CHAIN_SUFFIX_MAX))
		return -ENOMEM;
	buf_put(out, line.p, line.len - 2);
	buf_str(out, BEFORE_SEQ);
	buf_u64(out, next.seq);
	hash_record(c->head, str_from(out->data + start, out->len - start), next.head);
	buf_str(out, BEFORE_HEX);
	sodium_bin2hex(hex, sizeof(hex), next.head, CHAIN_BYTES);
	buf_put(out, hex, HEX_LEN);
	buf_str(out, AFTER_HEX);
	buf_putc(out, '\n');
	*c = next;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1; /* upper case too: a record is written in one way only */
}

static bool parse_hex(const char *p, unsigned char *ret)
{
	for (size_t i = 0; i < CHAIN_BYTES; i++) {
		int high = hex_digit(p[2 * i]), low = hex_digit(p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* Digits that chain_append() would write: no zero before them, and no more than fit. */
static bool parse_seq(struct str digits, uint64_t *ret)
{
	uint64_t v = 0;

	if (digits.len == 0 || digits.len > SEQ_DIGITS || digits.p[0] == '0')
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(digits.p[i] - '0'), &v))
			return false;
	}
	*ret = v;
	return true;
}

/* Takes the suffix off the line. False if it does not end so. */
static bool cut_suffix(struct str *line, struct str suffix)
{
	if (line->len < suffix.len ||
	    memcmp(line->p + line->len - suffix.len, suffix.p, suffix.len) != 0)
		return false;
	line->len -= suffix.len;
	return true;
}

bool chain_split(struct str line, struct chain_parts *ret_parts)
{
	struct chain_parts parts;
	size_t digits = 0;

	/* From the end: what a process can bring into a record stands in the body. */
	if (!cut_suffix(&line, AFTER_HEX) || line.len < HEX_LEN)
		return false;
	line.len -= HEX_LEN;
	if (!parse_hex(line.p + line.len, parts.chain) || !cut_suffix(&line, BEFORE_HEX))
		return false;
	parts.hashed = line;
	while (digits < line.len && digits <= SEQ_DIGITS && line.p[line.len - digits - 1] >= '0' &&
	       line.p[line.len - digits - 1] <= '9')
		digits++;
	line.len -= digits;
	if (!parse_seq(str_from(line.p + line.len, digits), &parts.seq) ||
	    !cut_suffix(&line, BEFORE_SEQ))
		return false;
	parts.body = line;
	*ret_parts = parts;
	return true;
}

void chain_next(const struct chain *c, const struct chain_parts *parts, struct chain *ret_next)
{
	struct chain next = { .seq = parts->seq };

	hash_record(c->head, parts->hashed, next.head);
	*ret_next = next;
}

enum chain_result chain_check(struct chain *c, struct str line)
{
	struct chain_parts parts;
	struct chain next;

	if (!chain_split(line, &parts))
		return CHAIN_MALFORMED;
	chain_next(c, &parts, &next);
	if (next.seq != c->seq + 1 || memcmp(next.head, parts.chain, CHAIN_BYTES) != 0)
		return CHAIN_CHANGED;
	*c = next;
	return CHAIN_OK;
}
