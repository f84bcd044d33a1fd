/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealkey.h - the keys of seals: one-way, so that a later one does not give an earlier one
 *
 * Two secrets go forward, each by a keyed BLAKE2b that cannot be undone: one with each seal
 * (its number is the epoch), one with each minute since the key was made (the slot). Both
 * together are the key of a seal. Whoever gets hold of them at some time can make
 * seals of that epoch and slot and later ones, and no others:
 *
 * - without the earlier epochs he cannot take a seal away, for the next one would have to
 *   have the number of the one that is missing;
 * - without the earlier slots he cannot make up a past: what he writes is sealed as of a
 *   time when he had the key already.
 *
 * The verification key is what both secrets were made from. It can make every seal, so it
 * must not stay where the log is written.
 */
#ifndef LOG_SEALKEY_H
#define LOG_SEALKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define SEALKEY_ID_BYTES     8
#define SEALKEY_SECRET_BYTES 32
#define SEALKEY_MAC_BYTES    32
#define SEALKEY_SLOT_S	     60
/* Of each: reaching the last one takes seconds, and it is beyond 190 years of minutes. */
#define SEALKEY_STEPS_MAX    UINT64_C(100000000)

/* What can still be sealed with. */
struct sealkey {
	unsigned char id[SEALKEY_ID_BYTES]; /* of the verification key; no secret */
	uint64_t start;			    /* of slot 0, in seconds since 1970 */
	uint64_t epoch, slot;		    /* of the next seal */
	/* By seals, then by time. */
	unsigned char secret[2 * SEALKEY_SECRET_BYTES];
};

struct verifykey {
	unsigned char id[SEALKEY_ID_BYTES];
	uint64_t start;
	unsigned char secret[SEALKEY_SECRET_BYTES];
};

/* Length of the text of a verification key at most, with its newline and NUL. */
#define VERIFYKEY_TEXT_MAX 128

/* Makes one. Whoever holds a key wipes it with sodium_memzero(). */
void verifykey_make(struct verifykey *ret_key, uint64_t now_s);

/* One line, with its '\n' and a NUL. */
void verifykey_fmt(const struct verifykey *key, char out[VERIFYKEY_TEXT_MAX]);
/* The other way; white space behind it is fine. False: it is none, or has a typing error. */
bool verifykey_parse(struct str text, struct verifykey *ret_key);

/* The first one: epoch 0 and slot 0. */
void sealkey_first(const struct verifykey *key, struct sealkey *ret_key);

/* Goes on to an epoch and a slot; false, with nothing changed, if that is back or too far. */
bool sealkey_wind(struct sealkey *k, uint64_t epoch, uint64_t slot);

/* The slot of a time; 0 for times before the key. */
uint64_t sealkey_slot_of(uint64_t start, int64_t wall_ns);

/* The seal over the text of the record that carries it (sealed.h). */
void sealkey_mac(const struct sealkey *k, struct str text,
		 unsigned char ret_mac[SEALKEY_MAC_BYTES]);

#endif /* LOG_SEALKEY_H */
