/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail.h - how far a log got that is gone on with
 *
 * Whoever wrote it may have been killed, or the power may have failed: behind the last
 * whole record there may be anything, which is called a fragment. Only the end is looked
 * at; whether what is before it is what was written, "verify" tells.
 */
#ifndef LOG_TAIL_H
#define LOG_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "log/chain.h"

#define FRAGMENT_HASH_BYTES 32

/* What stands behind the last whole record. */
struct fragment {
	uint64_t bytes;				 /* 0: nothing */
	unsigned char hash[FRAGMENT_HASH_BYTES]; /* BLAKE2b-256 of them */
};

struct tail {
	struct chain chain;    /* with the last whole record; seq 0: there is none */
	int64_t wall_ns;       /* when that was, since the epoch; 0: not known */
	int64_t first_wall_ns; /* of the first line; 0: not known */
	bool closed;	       /* it is a log-close */
	/* Lines of a version that made no chain, and no record of one that does. */
	bool unchained;
	struct fragment fragment;
};

/*
 * Reads the end of a file. Returns 0; -EBADMSG: it holds something, but that is no log of
 * ours; another negative errno if reading failed.
 */
int tail_read(int fd, struct tail *ret_tail);

/* The same of a closed file, compressed or not. */
int tail_read_closed(int dir_fd, const char *name, struct tail *ret_tail);

#endif /* LOG_TAIL_H */
