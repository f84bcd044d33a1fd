// SPDX-License-Identifier: Apache-2.0
/*
 * chain.c - the hash chain that makes one whole of the records of a log
 */
#include "log/chain.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "log/ends.h"

_Static_assert(CHAIN_BYTES == crypto_generichash_BYTES, "the chain is BLAKE2b-256");

#define HEX_LEN	   ((size_t)2 * CHAIN_BYTES)
#define BEFORE_SEQ STR_LITERAL(",\"log\":{\"seq\":")
#define BEFORE_HEX STR_LITERAL(",\"chain\":\"")
#define AFTER_HEX  STR_LITERAL("\"}}}")

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

	ends_cut(&line, STR_LITERAL("\n"));
	/* Something stands before the braces, so that a comma may. */
	if (!ends_cut(&line, STR_LITERAL("}}")) || !line.len || line.p[line.len - 1] == '{')
		return -EBADMSG;
	if (!buf_reserve(out, line.len + CHAIN_SUFFIX_MAX))
		return -ENOMEM;
	buf_str(out, line);
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

bool chain_split(struct str line, struct chain_parts *ret_parts)
{
	struct chain_parts parts;

	if (!ends_cut(&line, AFTER_HEX) || !ends_cut_hex(&line, parts.chain, CHAIN_BYTES) ||
	    !ends_cut(&line, BEFORE_HEX))
		return false;
	parts.hashed = line;
	if (!ends_cut_number(&line, &parts.seq) || parts.seq == 0 || !ends_cut(&line, BEFORE_SEQ))
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
