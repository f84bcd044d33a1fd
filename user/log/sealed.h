/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed.h - a record that carries a seal
 *
 * The last member of "proctrace" before the log's own (chain.h):
 *
 *	…,"log_seal":{"key":"<16 digits>","epoch":E,"slot":S,"after":"<64>","mac":"<64>"}
 *
 * after is the chain of the record before; mac is over everything up to it. So it
 * seals all that was written before, and what this record says itself, and can be
 * checked also where the records before are not there any more.
 */
#ifndef LOG_SEALED_H
#define LOG_SEALED_H

#include "log/chain.h"
#include "log/sealkey.h"

/* What sealed_append() puts in at most. */
#define SEALED_MAX 320

struct sealed {
	struct str text; /* what the mac is over; borrows from the record */
	unsigned char after[CHAIN_BYTES];
	unsigned char id[SEALKEY_ID_BYTES];
	uint64_t epoch, slot;
	unsigned char mac[SEALKEY_MAC_BYTES];
};

/*
 * Appends the line (with its '\n' or without, ending in two braces) as the record after c,
 * sealed with k, and a '\n': what chain_append() then takes. Returns 0; -ENOMEM, with
 * nothing appended and out->failed; or -EBADMSG if the line does not end so.
 */
int sealed_append(const struct sealkey *k, const struct chain *c, struct str line, struct buf *out);

/* Takes the body of a record (struct chain_parts) apart. False: it carries no seal. */
bool sealed_split(struct str body, struct sealed *ret_sealed);

/* Whether k, which is at the seal's epoch and slot, made this seal. */
bool sealed_is_right(const struct sealed *s, const struct sealkey *k);

#endif /* LOG_SEALED_H */
