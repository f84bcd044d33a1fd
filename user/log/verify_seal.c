// SPDX-License-Identifier: Apache-2.0
/*
 * verify_seal.c - the seals of a log, with the verification key
 *
 * Whoever takes the machine over has the key of the next seal, and of the minute of the
 * last one. What he can do with it must not look like what proctrace does:
 *
 * - to take seals away and go on, he would have to make the ones that are missing: the
 *   epochs of a log follow each other without a gap, whatever crashed. A seal is on the
 *   disk before the key goes on (seal.h), so that honest logs have none either;
 * - to begin anew, he would have to make the seal of epoch 0;
 * - to say that retention took the beginning, and make up a past after it, he would
 *   have to have the keys of that time: nothing that stands after a seal is older than it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/timefmt.h"
#include "log/verify_state.h"

/* Events wait for a moment before they are written, and clocks are corrected. */
#define TOLERANCE_NS (INT64_C(600) * (int64_t)NSEC_PER_SEC)

static int64_t slot_time_ns(const struct sealkey *k)
{
	return (int64_t)((k->start + k->slot * SEALKEY_SLOT_S) * NSEC_PER_SEC);
}

/* The number of the first seal that is there. */
static int check_first(struct verify *v, const struct sealed *s, uint64_t seq)
{
	if (s->epoch == 0)
		return 0;
	if (v->result.first_seq == 1)
		return verify_found(v, VERIFY_REBUILT, seq,
				    "the log is whole, but its first seal is number %" PRIu64
				    " of its key: made anew, or of another log of this key",
				    s->epoch);
	/* The seal itself tells what was before it; nothing tells who wrote what is in between. */
	if (v->result.records)
		return verify_found(v, VERIFY_UNSEALED, v->result.first_seq,
				    "records %" PRIu64 " to %" PRIu64
				    ", where the log begins, stand before its first seal, which is "
				    "number %" PRIu64
				    " of its key: anybody could have written them",
				    v->result.first_seq, seq - 1, s->epoch);
	return 0;
}

static int check_next(struct verify *v, const struct sealed *s, uint64_t seq)
{
	uint64_t expected = v->sealkey.epoch + 1;

	if (s->epoch > expected)
		return verify_found(v, VERIFY_REMOVED, v->chain.seq,
				    "seals %" PRIu64 " to %" PRIu64 " are missing between records "
				    "%" PRIu64 " and %" PRIu64
				    ": what they sealed was cut off, and the log gone on with",
				    expected, s->epoch - 1, v->result.sealed_seq, seq);
	if (s->epoch < expected)
		return verify_found(v, VERIFY_REBUILT, seq,
				    "record %" PRIu64 " carries seal %" PRIu64
				    " again: it is no seal of this place",
				    seq, s->epoch);
	return 0;
}

static int check_seal(struct verify *v, const struct sealed *s, uint64_t seq)
{
	struct verify_result *result = &v->result;
	int r;

	if (memcmp(s->id, v->key.id, sizeof(s->id)) != 0)
		return verify_found(v, VERIFY_REBUILT, seq,
				    "record %" PRIu64 " is sealed with another key than this one",
				    seq);
	r = v->sealed ? check_next(v, s, seq) : check_first(v, s, seq);
	if (r)
		return r;
	/* The seal is over the chain that it names, and that must be the one that is here. */
	if (!sealkey_wind(&v->sealkey, s->epoch, s->slot) || !sealed_is_right(s, &v->sealkey) ||
	    memcmp(s->after, v->chain.head, CHAIN_BYTES) != 0)
		return verify_found(v, VERIFY_REBUILT, v->sealed ? result->sealed_seq + 1 : seq,
				    "the seal of record %" PRIu64
				    " does not fit: something from record %" PRIu64
				    " on was changed, and the chain made anew",
				    seq, v->sealed ? result->sealed_seq + 1 : result->first_seq);
	if (!v->sealed) {
		result->first_epoch = s->epoch;
		result->sealed_from = seq;
	}
	result->last_epoch = s->epoch;
	result->sealed_seq = seq;
	result->seals++;
	v->sealed = true;
	v->not_before_ns = slot_time_ns(&v->sealkey) - TOLERANCE_NS;
	return 0;
}

int verify_seal(struct verify *v, const struct sealed *s, const struct chain *next, struct str line)
{
	int64_t wall_ns;
	int r = s ? check_seal(v, s, next->seq) : 0;

	if (r || !v->sealed)
		return r;
	if (!verify_time_read(v->tokener, line, &wall_ns))
		return verify_found(v, VERIFY_CHANGED, next->seq,
				    "record %" PRIu64 " does not begin with its time", next->seq);
	if (wall_ns < v->not_before_ns) {
		char said[TIMEFMT_UTC_LEN], sealed[TIMEFMT_UTC_LEN];

		timefmt_utc(said, wall_ns);
		timefmt_utc(sealed, slot_time_ns(&v->sealkey));
		return verify_found(v, VERIFY_BACKDATED, next->seq,
				    "record %" PRIu64 " says it is of %.19sZ, but was written "
				    "after %.19sZ: made up, or the clock was wrong",
				    next->seq, said, sealed);
	}
	return 0;
}

static int check_sealing_key(struct verify *v, const struct sealkey *sealing)
{
	uint64_t last = v->result.last_epoch;
	struct sealkey k = v->sealkey;
	int r = 0;

	if (memcmp(sealing->id, v->key.id, sizeof(sealing->id)) != 0)
		r = verify_found(v, VERIFY_REBUILT, 0, "the sealing key is not one of this log");
	else if (sealing->epoch > last + 1)
		r = verify_found(v, VERIFY_CUT, v->chain.seq + 1,
				 "the sealing key has made %" PRIu64
				 " more seals after record %" PRIu64 ", where the log ends",
				 sealing->epoch - last - 1, v->chain.seq);
	else if (sealing->epoch < last)
		r = verify_found(v, VERIFY_REBUILT, 0,
				 "the sealing key is older than the end of the log: a copy of it "
				 "was kept, with which seals can be made anew");
	else if (!sealkey_wind(&k, sealing->epoch, sealing->slot) ||
		 sodium_memcmp(k.secret, sealing->secret, sizeof(k.secret)) != 0)
		r = verify_found(v, VERIFY_REBUILT, 0,
				 "the sealing key is not the one that comes after the last seal: "
				 "it was replaced");
	sodium_memzero(&k, sizeof(k));
	return r;
}

int verify_seal_end(struct verify *v, const struct sealkey *sealing)
{
	uint64_t last = v->chain.seq;

	if (!v->sealed)
		return verify_found(
			v, VERIFY_UNSEALED, v->result.first_seq,
			"no record carries a seal: anybody could have written this log");
	if (!v->own_sealed)
		return verify_found(
			v, VERIFY_UNSEALED, v->result.sealed_seq + 1,
			"records %" PRIu64 " to %" PRIu64
			", where the log ends, stand after its last seal: anybody could "
			"have written them instead of others",
			v->result.sealed_seq + 1, last);
	return sealing ? check_sealing_key(v, sealing) : 0;
}
