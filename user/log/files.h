/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - the files of logs, found and put in order
 *
 * Files whose names differ only by what rotation adds (".000001", ".1", "-20261129", and
 * ".gz") are of one log, those of the same name in another directory too if their records
 * go on where the others end. The files of one log are read in the order of their first
 * records' proctrace.log.seq; where there is none (older logs) in that of their times, and
 * a file whose beginning says neither stands where its number belongs. Different logs
 * are read in the order in which they were given.
 *
 * All files are open before the first line is read, so that a rotation in between changes
 * nothing. A file that is named twice is read once.
 */
#ifndef LOG_FILES_H
#define LOG_FILES_H

#include <stddef.h>

#include "log/source.h"

struct log_files;

struct log_file {
	const char *path; /* "-": standard input */
	const char *name; /* as messages call it; safe to print */
	struct log_source *source;
	bool has_seq;
	uint64_t seq; /* of its first record */
};

/*
 * Told for each path that cannot be read; error is a negative errno, -EAGAIN if a directory
 * never came to rest: what was found of it last is there.
 */
typedef void (*log_files_refused)(const char *name, int error, void *arg);

/*
 * paths: files, "-" for standard input, directories for the logs in them (no links, no
 * hidden files, no directories below). refused may be NULL. Returns 0 or -ENOMEM.
 */
int log_files_open(const char *const *paths, size_t len, log_files_refused refused, void *arg,
		   struct log_files **ret_files);
void log_files_free(struct log_files *files); /* NULL is fine */

size_t log_files_len(const struct log_files *files);

/* From 0, in the order in which they are read. The files' until log_files_free(). */
const struct log_file *log_files_at(const struct log_files *files, size_t index);

/*
 * The files of the log that path belongs to, and no others: those beside it, too, that
 * rotation made of it. Returns 0, -ENOMEM, -EAGAIN if they are being rotated all the time,
 * or why the directory cannot be read.
 */
int log_files_of(const char *path, struct log_files **ret_files);

/* What an error of log_source_next() or log_files_refused means, to follow a colon. */
const char *log_files_reason(int error);

#endif /* LOG_FILES_H */
