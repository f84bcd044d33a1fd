// SPDX-License-Identifier: Apache-2.0
/*
 * verify.c - is a log what was written?
 */
#include "log/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json_tokener.h>

#include "log/verify_state.h"

static const char *const problem_names[VERIFY_PROBLEMS] = {
	[VERIFY_FINE] = "intact",	  [VERIFY_CHANGED] = "changed",
	[VERIFY_REMOVED] = "removed",	  [VERIFY_INSERTED] = "inserted",
	[VERIFY_REORDERED] = "reordered", [VERIFY_CUT] = "cut",
	[VERIFY_REBUILT] = "rebuilt",	  [VERIFY_UNSEALED] = "unsealed",
	[VERIFY_BACKDATED] = "backdated",
};

const char *verify_problem_name(enum verify_problem problem)
{
	return problem_names[problem];
}

int verify_new(const struct verifykey *key, struct verify **ret_verify)
{
	/* Aligned as libsodium wants the state of a hash. */
	struct verify *v = aligned_alloc(_Alignof(struct verify), sizeof(*v));

	if (!v)
		return -ENOMEM;
	memset(v, 0, sizeof(*v));
	v->tokener = verify_own_tokener();
	if (!v->tokener) {
		free(v);
		return -ENOMEM;
	}
	if (key) {
		v->key = *key;
		v->has_key = true;
		sealkey_first(key, &v->sealkey);
	}
	*ret_verify = v;
	return 0;
}

void verify_free(struct verify *v)
{
	if (!v)
		return;
	json_tokener_free(v->tokener);
	sodium_memzero(v, sizeof(*v));
	free(v);
}

int verify_found(struct verify *v, enum verify_problem problem, uint64_t seq, const char *fmt, ...)
{
	struct verify_finding *found = &v->result.found;
	va_list ap;

	*found = (struct verify_finding){ .problem = problem,
					  .file = v->file,
					  .line = v->line,
					  .seq = seq };
	va_start(ap, fmt);
	vsnprintf(found->text, sizeof(found->text), fmt, ap);
	va_end(ap);
	return 1;
}

/* ---- lines that are no records ---- */

static void keep_stray(struct verify *v, const struct log_line *line)
{
	struct verify_stray *s = &v->stray;

	if (s->lines == 0) {
		*s = (struct verify_stray){ .file = v->file, .line = v->line };
		crypto_generichash_init(&s->hash, NULL, 0, FRAGMENT_HASH_LEN);
	} else {
		crypto_generichash_update(&s->hash, (const unsigned char *)"\n", 1);
		s->bytes++;
	}
	crypto_generichash_update(&s->hash, (const unsigned char *)line->text.p, line->text.len);
	s->bytes += line->text.len;
	s->lines++;
	s->is_torn = line->torn;
	s->is_too_long |= line->too_long;
}

/* Whether they are what the log-open after them says a crash left. Its newline may be among them. */
static bool is_fragment(const struct verify_stray *s, const struct verify_own *own)
{
	crypto_generichash_state hash = s->hash;
	unsigned char sum[FRAGMENT_HASH_LEN];

	if (s->is_too_long || own->fragment_bytes - s->bytes > 1)
		return false;
	if (own->fragment_bytes > s->bytes)
		crypto_generichash_update(&hash, (const unsigned char *)"\n", 1);
	crypto_generichash_final(&hash, sum, sizeof(sum));
	return memcmp(sum, own->fragment_hash, sizeof(sum)) == 0;
}

/* A record comes after lines that are none. */
static int judge_stray(struct verify *v, uint64_t seq, const struct verify_own *own)
{
	struct verify_stray *s = &v->stray;
	const char *lines = s->lines == 1 ? "a line that is no record stands here" :
					    "lines that are no records stand here";
	uint64_t expected = v->chain.seq + 1;

	if (own->fragment_bytes && is_fragment(s, own)) {
		v->result.fragments++;
		s->lines = 0;
		return 0;
	}
	if (!v->result.records && seq == 1 && own->after_unchained) {
		v->result.unchained = s->lines;
		s->lines = 0;
		return 0;
	}
	v->file = s->file;
	v->line = s->line;
	if (own->fragment_bytes)
		return verify_found(v, VERIFY_CHANGED, seq,
				    "%s, and not what record %" PRIu64 " says a crash left", lines,
				    seq);
	if (v->result.records && seq == expected)
		return verify_found(v, VERIFY_INSERTED, seq, "%s, before record %" PRIu64, lines,
				    seq);
	if (v->result.records && seq > expected)
		return verify_found(v, VERIFY_CHANGED, expected, "%s instead of record %" PRIu64,
				    lines, expected);
	return verify_found(v, VERIFY_CHANGED, seq, "%s, and may have been put in", lines);
}

/* ---- records ---- */

/* The chain breaks at this record. Sometimes what follows tells more. */
static int begin_look(struct verify *v, uint64_t stands, const struct verify_own *own)
{
	uint64_t expected = v->chain.seq + 1;

	v->look = (struct verify_look){ .expected = expected, .stands = stands };
	v->look.is_on = stands >= expected;
	if (stands == 1 && expected > 1)
		return verify_found(v, VERIFY_INSERTED, 1,
				    "a log begins here, after record %" PRIu64
				    ": if it is another one, verify one at a time",
				    v->chain.seq);
	if (stands < expected)
		return verify_found(v, VERIFY_INSERTED, stands,
				    "record %" PRIu64 " stands after record %" PRIu64, stands,
				    v->chain.seq);
	/* What it is if nothing more is heard of it. */
	if (stands > expected && own->missing == stands - expected)
		verify_found(v, VERIFY_REMOVED, expected,
			     "records %" PRIu64 " to %" PRIu64
			     " are missing: a disk that failed did "
			     "not keep them, as record %" PRIu64 " says, or somebody did not",
			     expected, stands - 1, stands);
	else if (stands > expected + 1)
		verify_found(v, VERIFY_REMOVED, expected,
			     "records %" PRIu64 " to %" PRIu64 " are missing", expected,
			     stands - 1);
	else if (stands > expected)
		verify_found(v, VERIFY_REMOVED, expected, "record %" PRIu64 " is missing",
			     expected);
	else if (expected == 1)
		verify_found(v, VERIFY_CHANGED, 1, "record 1 is not what was written");
	else
		verify_found(v, VERIFY_CHANGED, expected,
			     "record %" PRIu64 " is not what was written after record %" PRIu64
			     ", or that one is not and its chain was made anew",
			     expected, expected - 1);
	return 0;
}

static bool follows(const struct verify *v, const struct chain_parts *parts)
{
	struct chain next;

	chain_next(&v->chain, parts, &next);
	return next.seq == v->chain.seq + 1 && !memcmp(next.head, parts->chain, CHAIN_BYTES);
}

static void end_look(struct verify *v)
{
	struct verify_look *look = &v->look;
	struct verify_finding *found = &v->result.found;

	look->is_on = false;
	if (look->is_found && look->stands == look->expected) {
		found->problem = VERIFY_INSERTED;
		snprintf(found->text, sizeof(found->text),
			 "what stands here was not written before record %" PRIu64, look->expected);
	} else if (look->is_found) {
		found->problem = VERIFY_REORDERED;
		snprintf(found->text, sizeof(found->text),
			 "record %" PRIu64 " stands where record %" PRIu64
			 " belongs, which stands further on",
			 look->stands, look->expected);
	} else if (look->stands > look->expected && look->next == look->expected + 1) {
		found->problem = VERIFY_CHANGED;
		snprintf(found->text, sizeof(found->text),
			 "record %" PRIu64 " says it is record %" PRIu64, look->expected,
			 look->stands);
	}
}

/* Returns 1 if no more needs to be looked at. */
static int look_further(struct verify *v, const struct log_line *line)
{
	struct verify_look *look = &v->look;
	struct chain_parts parts;

	if (line->torn || !chain_split(line->text, &parts))
		return 0;
	if (!look->next)
		look->next = parts.seq;
	look->is_found = parts.seq == look->expected && follows(v, &parts);
	if (!look->is_found && look->stands > look->expected)
		return 0;
	end_look(v);
	return 1;
}

/*
 * The chain before the first record that is there: of none, or what its seal says. False:
 * not known.
 */
static bool begin_chain(struct verify *v, const struct chain_parts *parts, const struct sealed *s)
{
	v->result.first_seq = parts->seq;
	v->chain = (struct chain){ .seq = parts->seq - 1 };
	if (parts->seq == 1)
		return true;
	if (s)
		memcpy(v->chain.head, s->after, CHAIN_BYTES);
	return s != NULL;
}

static void note_record(struct verify *v, const struct verify_own *own, const struct sealed *s,
			struct str line)
{
	struct verify_result *r = &v->result;
	int64_t wall_ns;

	if (own->action == VERIFY_LOG_OPEN && r->records && v->own.action != VERIFY_LOG_CLOSE)
		r->crashes++;
	/* Times are parsed where they are needed: of these there are few. */
	if (own->action != VERIFY_EVENT && verify_time_read(v->tokener, line, &wall_ns)) {
		r->first_ns = r->first_ns ? r->first_ns : wall_ns;
		r->last_ns = wall_ns;
	}
	v->own = *own;
	v->own_sealed = s != NULL;
	r->records++;
	r->last_seq = v->chain.seq;
	if (s && !v->has_key)
		r->has_foreign_seals = true;
}

static int take_record(struct verify *v, struct str line, const struct chain_parts *parts)
{
	struct chain next = { .seq = parts->seq };
	bool is_known = true, is_own;
	struct sealed sealed, *s = sealed_split(parts->body, &sealed) ? &sealed : NULL;
	struct verify_own own = { 0 };
	int r = 0;

	is_own = verify_own_read(v->tokener, line, &own);
	if (v->stray.lines)
		r = judge_stray(v, parts->seq, &own);
	else if (own.fragment_bytes)
		r = verify_found(v, VERIFY_REMOVED, parts->seq,
				 "record %" PRIu64 " tells of %" PRIu64
				 " bytes that a crash left before it, and they are not there",
				 parts->seq, own.fragment_bytes);
	if (r)
		return r;
	if (!v->result.records) {
		is_known = begin_chain(v, parts, s);
		if (is_own && parts->seq > 1 && own.action != VERIFY_LOG_OPEN)
			return verify_found(v, VERIFY_REMOVED, parts->seq,
					    "the log begins with record %" PRIu64
					    ", in the midst of a file: what was before it in this "
					    "file is missing",
					    parts->seq);
	}
	if (is_known && !follows(v, parts))
		return begin_look(v, parts->seq, &own);
	if (!is_own)
		return verify_found(v, VERIFY_CHANGED, parts->seq,
				    "record %" PRIu64 " fits, but is not as proctrace writes it",
				    parts->seq);
	memcpy(next.head, parts->chain, CHAIN_BYTES);
	if (v->has_key) {
		r = verify_seal(v, s, &next, line);
		if (r)
			return r;
	}
	v->chain = next;
	note_record(v, &own, s, line);
	return 0;
}

static int take_line(struct verify *v, const struct log_line *line)
{
	struct chain_parts parts;

	if (v->look.is_on)
		return look_further(v, line);
	v->line = line->number;
	if (!line->torn && !line->too_long && chain_split(line->text, &parts))
		return take_record(v, line->text, &parts);
	keep_stray(v, line);
	return 0;
}

int verify_file(struct verify *v, const struct log_file *file)
{
	struct log_line line;
	int r;

	if (v->result.found.problem && !v->look.is_on)
		return 1;
	v->file = file->name;
	v->result.files++;
	while ((r = log_source_next(file->source, &line)) == 1) {
		if (take_line(v, &line))
			return 1;
	}
	if (!log_source_is_damaged(r) || v->look.is_on)
		return r;
	if (v->stray.lines) {
		v->file = v->stray.file;
		v->line = v->stray.line;
	}
	return verify_found(v, VERIFY_CHANGED, v->chain.seq + 1, "after record %" PRIu64 " %s",
			    v->chain.seq, log_files_reason(r));
}

/* ---- the end ---- */

static int judge_end(struct verify *v)
{
	const struct verify_stray *s = &v->stray;
	uint64_t last = v->chain.seq;

	if (s->lines) {
		v->file = s->file;
		v->line = s->line;
	}
	if (!v->result.records)
		return verify_found(v, s->lines ? VERIFY_CHANGED : VERIFY_CUT, 0,
				    "there is no record of a log that can be verified");
	if (s->lines && s->is_torn)
		return verify_found(v, VERIFY_CUT, last + 1,
				    "ends in the midst of a line after record %" PRIu64
				    ", as after a crash or while it is open",
				    last);
	if (s->lines)
		return verify_found(v, VERIFY_INSERTED, last + 1,
				    "what stands after record %" PRIu64 " is no record", last);
	if (v->own.action != VERIFY_LOG_CLOSE)
		return verify_found(v, VERIFY_CUT, last + 1,
				    "ends after record %" PRIu64
				    ", as after a crash or while it is open",
				    last);
	if (!v->own.is_end)
		return verify_found(v, VERIFY_CUT, last + 1,
				    "ends after record %" PRIu64
				    ", which says that the log goes on in another file: that one "
				    "is missing",
				    last);
	return 0;
}

const struct verify_result *verify_end(struct verify *v, const struct sealkey *sealing)
{
	if (v->look.is_on)
		end_look(v);
	if (!v->result.found.problem && judge_end(v) == 0 && v->has_key)
		verify_seal_end(v, sealing);
	return &v->result;
}
