/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held.h - lines that are shown only when the log has them
 */
#ifndef CLI_HELD_H
#define CLI_HELD_H

#include "base/buf.h"
#include "log/recorder.h"
#include "sink/writer.h"

#define HELD_MAX ((size_t)8 << 20) /* bytes */

/* All zero: none. */
struct held {
	struct buf lines; /* a ticket and a length before each */
	size_t begin;	  /* what is before it has been shown */
	uint64_t count;
};

/* Keeps a line until its record is on the disk. False: there is no room for it. */
bool held_add(struct held *h, uint64_t ticket, struct str line);

/* Lets the lines go that are in doubt, and hands the durable ones out (recorder_held()).
 * Returns how many are not shown: those in doubt, and what the writer did not take. */
uint64_t held_show(struct held *h, struct recorder_held log, struct writer *writer);

void held_done(struct held *h);

#endif /* CLI_HELD_H */
