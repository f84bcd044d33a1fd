// SPDX-License-Identifier: Apache-2.0
/*
 * sealed.c - a record that carries a seal
 */
#include "log/sealed.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "log/ends.h"

#define BEFORE_ID    STR_LITERAL(",\"log_seal\":{\"key\":\"")
#define BEFORE_EPOCH STR_LITERAL("\",\"epoch\":")
#define BEFORE_SLOT  STR_LITERAL(",\"slot\":")
#define BEFORE_AFTER STR_LITERAL(",\"after\":\"")
#define BEFORE_MAC   STR_LITERAL("\",\"mac\":\"")
#define AFTER_MAC    STR_LITERAL("\"}")
#define END	     STR_LITERAL("}}")

static void put_hex(struct buf *out, const unsigned char *bytes, size_t len)
{
	char hex[2 * SEALKEY_MAC_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), bytes, len);
	buf_put(out, hex, 2 * len);
}

int sealed_append(const struct sealkey *k, const struct chain *c, struct str line, struct buf *out)
{
	unsigned char mac[SEALKEY_MAC_BYTES];
	size_t start = out->len;

	ends_cut(&line, STR_LITERAL("\n"));
	if (!ends_cut(&line, END))
		return -EBADMSG;
	if (!buf_reserve(out, line.len + SEALED_MAX))
		return -ENOMEM;
	buf_str(out, line);
	buf_str(out, BEFORE_ID);
	put_hex(out, k->id, sizeof(k->id));
	buf_str(out, BEFORE_EPOCH);
	buf_u64(out, k->epoch);
	buf_str(out, BEFORE_SLOT);
	buf_u64(out, k->slot);
	buf_str(out, BEFORE_AFTER);
	put_hex(out, c->head, sizeof(c->head));
	sealkey_mac(k, str_from(out->data + start, out->len - start), mac);
	buf_str(out, BEFORE_MAC);
	put_hex(out, mac, sizeof(mac));
	buf_str(out, AFTER_MAC);
	buf_str(out, END);
	buf_putc(out, '\n');
	return 0;
}

bool sealed_split(struct str body, struct sealed *ret_sealed)
{
	struct sealed s;

	if (!ends_cut(&body, AFTER_MAC) || !ends_cut_hex(&body, s.mac, sizeof(s.mac)) ||
	    !ends_cut(&body, BEFORE_MAC))
		return false;
	s.text = body;
	if (!ends_cut_hex(&body, s.after, sizeof(s.after)) || !ends_cut(&body, BEFORE_AFTER) ||
	    !ends_cut_number(&body, &s.slot) || !ends_cut(&body, BEFORE_SLOT) ||
	    !ends_cut_number(&body, &s.epoch) || !ends_cut(&body, BEFORE_EPOCH) ||
	    !ends_cut_hex(&body, s.id, sizeof(s.id)) || !ends_cut(&body, BEFORE_ID))
		return false;
	*ret_sealed = s;
	return true;
}

bool sealed_is_right(const struct sealed *s, const struct sealkey *k)
{
	unsigned char mac[SEALKEY_MAC_BYTES];

	if (s->epoch != k->epoch || s->slot != k->slot || memcmp(s->id, k->id, sizeof(s->id)) != 0)
		return false;
	sealkey_mac(k, s->text, mac);
	return sodium_memcmp(mac, s->mac, sizeof(mac)) == 0;
}
