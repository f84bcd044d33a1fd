/* SPDX-License-Identifier: Apache-2.0 */
/*
 * append_state.h - what the parts of append share
 *
 * append.c has how records get into a file, append_files.c how one file follows another.
 * Nobody else includes this.
 */
#ifndef LOG_APPEND_STATE_H
#define LOG_APPEND_STATE_H

#include "base/clock.h"
#include "log/append.h"
#include "log/seal.h"

struct append {
	struct append_options options;
	struct place place;
	int dir_fd; /* -1: not open */
	int fd;	    /* -1: there is no file now */

	/* Of the file. */
	uint64_t size;	      /* of what we know to be there; its end is that of a record */
	uint64_t records;     /* since the log-open, this too */
	uint64_t lost;	      /* since then */
	uint64_t missing;     /* see append_take_missing() */
	bool begun;	      /* something stands in it besides the log-open */
	int64_t begun_ns;     /* since the epoch; 0: not known */
	uint64_t closed;      /* the highest number of a closed file there was */
	bool dirty;	      /* written since the last append_sync() */
	bool doubt;	      /* see append_take_doubt() */
	struct own_open open; /* to be written first; reason OWN_NONE: nothing is */

	struct chain chain;
	struct seal *seal; /* NULL: it is not sealed */
	struct buf sealed; /* the line of a->line, with its seal */
	bool keeps_key;
	struct why keeps_key_why;
	struct buf out, line; /* what is written now */
};

static inline int64_t append_wall_ns(void)
{
	return (int64_t)clock_boot_ns() + clock_wall_offset_ns();
}

/* --- append.c */

/* A file, and the log-open that is due in it. Returns 0, or a negative errno with *ret_why. */
int append_ready(struct append *a, struct why *ret_why);

int append_put_close(struct append *a, enum own_reason reason, struct why *ret_why);

/* --- append_files.c */

/* Opens the file by its name. is_first: how far the log got is found there, or before it. */
int append_open(struct append *a, bool is_first, struct why *ret_why);

/* Forgets the file. What is in it may not be on the disk. */
void append_drop(struct append *a);

#endif /* LOG_APPEND_STATE_H */
