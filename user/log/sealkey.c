// SPDX-License-Identifier: Apache-2.0
/*
 * sealkey.c - the keys of seals
 *
 * libsodium's documentation of crypto_generichash: BLAKE2b with a key is a MAC and a
 * pseudorandom function; crypto_kdf makes independent keys from one.
 */
#include "log/sealkey.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "log/ends.h"

_Static_assert(SEALKEY_SECRET_BYTES == crypto_kdf_KEYBYTES, "secrets come from crypto_kdf");
_Static_assert(2 * SEALKEY_SECRET_BYTES <= crypto_generichash_KEYBYTES_MAX,
	       "both secrets are the key of one MAC");

#define CONTEXT	   "ptlogkey" /* eight characters, as crypto_kdf wants them */
#define BY_SEALS   1
#define BY_TIME	   2
#define NEXT_SEAL  "proctrace 1 next seal"
#define NEXT_SLOT  "proctrace 1 next slot"
#define KEY_ID	   "proctrace 1 key id"
#define TEXT_BEGIN "proctrace-verify-1:"

/* Depends on all of the key, so that a typing error is found before it looks like a forgery. */
static void make_id(struct verifykey *key)
{
	unsigned char hash[crypto_generichash_BYTES];
	crypto_generichash_state state;
	uint64_t start = htobe64(key->start);

	crypto_generichash_init(&state, key->secret, sizeof(key->secret), sizeof(hash));
	crypto_generichash_update(&state, (const unsigned char *)KEY_ID, sizeof(KEY_ID) - 1);
	crypto_generichash_update(&state, (const unsigned char *)&start, sizeof(start));
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(key->id, hash, sizeof(key->id));
}

void verifykey_make(struct verifykey *ret_key, uint64_t now_s)
{
	ret_key->start = now_s;
	crypto_kdf_keygen(ret_key->secret);
	make_id(ret_key);
}

void verifykey_fmt(const struct verifykey *key, char out[VERIFYKEY_TEXT_MAX])
{
	char id[2 * SEALKEY_ID_BYTES + 1], secret[2 * SEALKEY_SECRET_BYTES + 1];

	sodium_bin2hex(id, sizeof(id), key->id, sizeof(key->id));
	sodium_bin2hex(secret, sizeof(secret), key->secret, sizeof(key->secret));
	snprintf(out, VERIFYKEY_TEXT_MAX, TEXT_BEGIN "%s:%" PRIu64 ":%s\n", id, key->start, secret);
	sodium_memzero(secret, sizeof(secret));
}

static bool parse_text(struct str text, struct verifykey *key)
{
	unsigned char id[SEALKEY_ID_BYTES];

	while (text.len && memchr(" \t\r\n", text.p[text.len - 1], 4))
		text.len--;
	if (!ends_cut_hex(&text, key->secret, sizeof(key->secret)) ||
	    !ends_cut(&text, STR_LITERAL(":")) || !ends_cut_number(&text, &key->start) ||
	    !ends_cut(&text, STR_LITERAL(":")) || !ends_cut_hex(&text, id, sizeof(id)) ||
	    !str_eq(text, STR_LITERAL(TEXT_BEGIN)))
		return false;
	make_id(key);
	return memcmp(id, key->id, sizeof(id)) == 0;
}

bool verifykey_parse(struct str text, struct verifykey *ret_key)
{
	struct verifykey key;
	bool is_key = parse_text(text, &key);

	if (is_key)
		*ret_key = key;
	sodium_memzero(&key, sizeof(key));
	return is_key;
}

void sealkey_first(const struct verifykey *key, struct sealkey *ret_key)
{
	*ret_key = (struct sealkey){ .start = key->start };
	memcpy(ret_key->id, key->id, sizeof(key->id));
	crypto_kdf_derive_from_key(ret_key->secret, SEALKEY_SECRET_BYTES, BY_SEALS, CONTEXT,
				   key->secret);
	crypto_kdf_derive_from_key(ret_key->secret + SEALKEY_SECRET_BYTES, SEALKEY_SECRET_BYTES,
				   BY_TIME, CONTEXT, key->secret);
}

static void step(unsigned char secret[SEALKEY_SECRET_BYTES], const char *text, size_t len)
{
	unsigned char next[SEALKEY_SECRET_BYTES];

	crypto_generichash(next, sizeof(next), (const unsigned char *)text, len, secret,
			   SEALKEY_SECRET_BYTES);
	memcpy(secret, next, sizeof(next));
	sodium_memzero(next, sizeof(next));
}

bool sealkey_wind(struct sealkey *k, uint64_t epoch, uint64_t slot)
{
	if (epoch < k->epoch || epoch > SEALKEY_STEPS_MAX || slot < k->slot ||
	    slot > SEALKEY_STEPS_MAX)
		return false;
	for (; k->epoch < epoch; k->epoch++)
		step(k->secret, NEXT_SEAL, sizeof(NEXT_SEAL) - 1);
	for (; k->slot < slot; k->slot++)
		step(k->secret + SEALKEY_SECRET_BYTES, NEXT_SLOT, sizeof(NEXT_SLOT) - 1);
	return true;
}

uint64_t sealkey_slot_of(uint64_t start, int64_t wall_ns)
{
	uint64_t now_s = wall_ns < 0 ? 0 : (uint64_t)wall_ns / NSEC_PER_SEC;

	return now_s < start ? 0 : (now_s - start) / SEALKEY_SLOT_S;
}

void sealkey_mac(const struct sealkey *k, struct str text, unsigned char ret_mac[SEALKEY_MAC_BYTES])
{
	crypto_generichash(ret_mac, SEALKEY_MAC_BYTES, (const unsigned char *)text.p, text.len,
			   k->secret, sizeof(k->secret));
}
