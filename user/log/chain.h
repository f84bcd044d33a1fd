/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.h - the hash chain that makes one whole of the records of a log
 *
 * A record is the line that json_emit() writes, with the log's own members put in before
 * the two braces that end it:
 *
 *	…,"log":{"seq":N,"chain":"<64 hexadecimal digits>"}}}
 *
 * What stands before that is the record's body. chain is BLAKE2b-256 over the chain of the
 * record before (32 bytes; 32 zero bytes before the first), the body, and the text
 * ,"log":{"seq":N - so it depends on every byte of every record up to this one. seq counts
 * from 1 without gaps, across files and restarts.
 *
 * A chain alone is no secret: anybody can make one. What it is good for is that a seal over
 * its head is a seal over all that was written before; see seal.h.
 */
#ifndef LOG_CHAIN_H
#define LOG_CHAIN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define CHAIN_BYTES	 32
/* What chain_append() puts in at most, the '\n' with it. */
#define CHAIN_SUFFIX_MAX 128

/* Where a log has got to. All zero: before its first record. */
struct chain {
	uint64_t seq;			 /* of the last record */
	unsigned char head[CHAIN_BYTES]; /* its chain */
};

/* What a stored line is made of. */
struct chain_parts {
	struct str body;   /* borrows from the line; without the two braces */
	struct str hashed; /* the body and ,"log":{"seq":N */
	uint64_t seq;
	unsigned char chain[CHAIN_BYTES];
};

enum chain_result {
	CHAIN_OK,
	CHAIN_MALFORMED, /* not a line that chain_append() wrote */
	CHAIN_CHANGED,	 /* it is one, but not the next after this head */
};

/* Once, before anything of this header. Returns 0 or -EIO. */
int chain_ready(void);

/*
 * Appends the line (as json_emit() makes it, with its '\n' or without) to out as the next
 * record, with a '\n', and c becomes that record. If out fails, nothing of it stays there
 * and c is as before. Returns 0, -ENOMEM if out failed, or -EBADMSG if the line does not
 * end as such a line does.
 */
int chain_append(struct chain *c, struct str line, struct buf *out);

/* Takes a stored line apart (without its '\n'), without proving anything. False if it is none. */
bool chain_split(struct str line, struct chain_parts *ret_parts);

/* The record that these parts make after c. */
void chain_next(const struct chain *c, const struct chain_parts *parts, struct chain *ret_next);

/* Whether a stored line (without its '\n') is the record after c; if so c becomes it. */
enum chain_result chain_check(struct chain *c, struct str line);

#endif /* LOG_CHAIN_H */
