/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - is a log what was written?
 *
 * The files of one log are gone through once, in order, and the first thing that is not
 * as it was written ends it. Memory stays within that of log_source, whatever they hold.
 *
 * Without a key only the chain is looked at, and anybody can make one. With the
 * verification key each seal is: that it was made with the key of its epoch and slot, over
 * what is there; that none is missing; and that nothing after it claims an earlier time.
 */
#ifndef LOG_VERIFY_H
#define LOG_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "log/files.h"
#include "log/sealkey.h"

enum verify_problem {
	VERIFY_FINE,
	VERIFY_CHANGED,	  /* a record, or a line that was one */
	VERIFY_REMOVED,	  /* records that must have been there */
	VERIFY_INSERTED,  /* a line that was not written there */
	VERIFY_REORDERED, /* a record that stands elsewhere */
	VERIFY_CUT,	  /* the end is missing, or not there yet */
	VERIFY_REBUILT,	  /* a seal does not fit */
	VERIFY_UNSEALED,  /* no seal where there must be one */
	VERIFY_BACKDATED, /* older than the seal before it */
	VERIFY_PROBLEMS,
};

/* Where, and what. */
struct verify_finding {
	enum verify_problem problem;
	const char *file; /* of the log_file; NULL: none */
	uint64_t line;	  /* 0: none */
	uint64_t seq;	  /* of the first record concerned; 0: none */
	char text[512];	  /* for people, without the place */
};

struct verify_result {
	struct verify_finding found;
	uint64_t files, records;
	uint64_t first_seq, last_seq; /* 0: no record */
	int64_t first_ns, last_ns;    /* their times; 0: not known */
	uint64_t unchained; /* lines before the first record, of a version without a chain */
	uint64_t crashes;   /* runs that ended without a log-close */
	uint64_t fragments; /* of lines, that such an end left and the log tells of */
	uint64_t seals;	    /* with a key: those that fit */
	uint64_t first_epoch, last_epoch;
	uint64_t sealed_from;	/* the first record that carries a seal; 0: none */
	uint64_t sealed_seq;	/* the last one */
	bool has_foreign_seals; /* without a key: it has seals */
};

struct verify;

/* key NULL: the chain alone; it is copied. Returns 0 or -ENOMEM. */
int verify_new(const struct verifykey *key, struct verify **ret_verify);
void verify_free(struct verify *v); /* NULL is fine */

/*
 * The next file, whose name must outlive v. Returns 0 to go on; 1: something was found,
 * and no more files are needed; or a negative errno if reading failed.
 */
int verify_file(struct verify *v, const struct log_file *file);

/*
 * After the last file. sealing, or NULL: the sealing key that this log is being sealed with
 * (only its numbers and secrets of today), which shows an end that was cut off cleanly.
 */
const struct verify_result *verify_end(struct verify *v, const struct sealkey *sealing);

/* "changed", "removed" ...; "intact" for VERIFY_FINE. */
const char *verify_problem_name(enum verify_problem problem);

#endif /* LOG_VERIFY_H */
