/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper.h - what becomes of closed files: compressed, and removed when they are too many
 *
 * A thread of its own, for compressing takes long and removing may. It never touches the
 * file that is written. A copy is whole and on the disk before it gets its name, and the
 * file it is of goes only then, so a crash loses nothing; what it leaves is cleared away at
 * the next start.
 */
#ifndef LOG_KEEPER_H
#define LOG_KEEPER_H

#include "log/place.h"

#include <stdint.h>

struct keeper_options {
	const char *path; /* of the log; borrowed */
	bool compress;
	uint64_t keep;	    /* closed files; 0: all */
	uint64_t max_total; /* bytes of all files, the one that is written too; 0: any */
	uint64_t max_bytes; /* that this one may get; 0: as many as it has */
};

struct keeper;

/* Starts the thread, which looks at what there is. Returns 0 or a negative errno. */
int keeper_new(const struct keeper_options *options, struct keeper **ret_keeper);

/* A file was closed. */
void keeper_kick(struct keeper *k);

/* Waits until all that was asked for is done, or has failed: for tests. */
void keeper_wait(struct keeper *k);

/* How often something could not be done, and why the last time. */
uint64_t keeper_failures(struct keeper *k, struct why *ret_why);

/* What is left to be compressed is done if it is not much. NULL is fine. */
void keeper_free(struct keeper *k);

#endif /* LOG_KEEPER_H */
