/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - one file of a log, plain or compressed, line by line
 *
 * Knows nothing of what a line means. Whatever the file holds, memory stays within two
 * lines of LOG_LINE_MAX bytes: a longer line costs itself, and what gzip promises is
 * never believed but inflated piece by piece.
 */
#ifndef LOG_SOURCE_H
#define LOG_SOURCE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define LOG_LINE_MAX ((size_t)4 << 20) /* bytes, without the newline */

struct log_source;

struct log_line {
	struct str text; /* without its newline, may hold any byte; until the next call */
	uint64_t number; /* from 1 */
	bool too_long;	 /* more than LOG_LINE_MAX: text is empty */
	bool torn;	 /* the file ends in it, without a newline */
};

/*
 * Takes fd, which stays the caller's on an error. A regular file is read from where fd
 * stands, with an offset of the source's own. Returns 0 or -ENOMEM.
 */
int log_source_new(int fd, struct log_source **ret_source);
void log_source_free(struct log_source *s); /* NULL is fine */

/*
 * The next line. Returns 1; 0 at the end, also if more may come (call again); -EBADMSG if
 * what is compressed is damaged and -ENODATA if it ends early, after the lines before
 * that; another negative errno if reading failed. An error stays.
 */
int log_source_next(struct log_source *s, struct log_line *ret_line);

/* Is it what is compressed that is damaged? Else reading failed, and may not another time. */
static inline bool log_source_is_damaged(int r)
{
	return r == -EBADMSG || r == -ENODATA;
}

/*
 * The same for a file that grows: the beginning of a line is kept until its newline is
 * there. What is compressed does not grow.
 */
int log_source_follow(struct log_source *s, struct log_line *ret_line);

/* A whole line is there already: the next call does not wait. */
bool log_source_has_line(const struct log_source *s);

/*
 * Makes it readable twice: a stream is read to its end into a spool (spool.h). Before
 * anything is read. Returns 0, or a negative errno with *ret_reading telling whether
 * reading failed, and not keeping.
 */
int log_source_keep(struct log_source *s, bool *ret_reading);

/* To the beginning again, without memory for lines. Not for streams. */
void log_source_rewind(struct log_source *s);

/* Lines come when they come, and once: a pipe, a terminal, a socket. */
bool log_source_is_stream(const struct log_source *s);

/* As far as is known: not before the first line was asked for. */
bool log_source_is_compressed(const struct log_source *s);

int log_source_fd(const struct log_source *s); /* stays the source's */

/* How far a plain regular file has been read, in bytes. */
uint64_t log_source_offset(const struct log_source *s);

#endif /* LOG_SOURCE_H */
