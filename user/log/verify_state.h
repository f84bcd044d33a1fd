/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_state.h - where the verifying of a log is; for verify*.c alone
 */
#ifndef LOG_VERIFY_STATE_H
#define LOG_VERIFY_STATE_H

#include <sodium.h>

#include "log/chain.h"
#include "log/sealed.h"
#include "log/verify.h"
#include "log/verify_own.h"

/* Lines that are no records, since the last one: what a crash left, or somebody put there. */
struct verify_stray {
	uint64_t lines; /* 0: none */
	const char *file;
	uint64_t line; /* the first */
	bool is_torn;  /* the last one has no newline */
	bool is_too_long;
	uint64_t bytes; /* with the newlines between them */
	crypto_generichash_state hash;
};

/* A record stood where another was expected; what follows tells why. */
struct verify_look {
	bool is_on;
	uint64_t expected, stands; /* seq */
	uint64_t next;		   /* seq of the record after that; 0: not seen */
	bool is_found;		   /* the expected one, whole */
};

struct verify {
	struct verifykey key;
	bool has_key;
	struct sealkey sealkey; /* of the last seal that fit */
	bool sealed;		/* there was one */
	int64_t not_before_ns;	/* nothing written now is of an earlier time */

	struct json_tokener *tokener;
	struct chain chain;    /* with the last record that fit */
	struct verify_own own; /* it, if it is about the log */
	bool own_sealed;       /* it carries a seal */
	struct verify_stray stray;
	struct verify_look look;
	const char *file; /* where we are */
	uint64_t line;
	struct verify_result result;
};

/* Notes the first problem, where we are. Returns 1. */
__attribute__((format(printf, 4, 5))) int verify_found(struct verify *v,
						       enum verify_problem problem, uint64_t seq,
						       const char *fmt, ...);

/*
 * With a key: the seal that the record next carries (NULL: none), and its time. Its chain
 * is right. Returns 0, or 1 if something was found.
 */
int verify_seal(struct verify *v, const struct sealed *s, const struct chain *next,
		struct str line);

/* With a key, at the end of the log: is it sealed, and the sealing key (or NULL) at its end? */
int verify_seal_end(struct verify *v, const struct sealkey *sealing);

#endif /* LOG_VERIFY_STATE_H */
