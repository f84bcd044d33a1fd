/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - JSON lines, as json_emit() writes them, back into events
 *
 * An event read from a line is written as the same line again, and as the same
 * text. The lines are hostile: length, depth, types and ranges are checked, and a
 * line that is damaged costs that line only. Fields this version does not know
 * are ignored.
 */
#ifndef LOG_READER_H
#define LOG_READER_H

#include <stdint.h>
#include <stdio.h>

#include "event/event.h"

#define LOG_LINE_MAX ((size_t)4 << 20) /* bytes; longer lines are damaged */

struct log_reader;

/* Borrows the file, which must outlive the reader. Returns 0 or -ENOMEM. */
int log_reader_new(FILE *file, struct log_reader **ret_reader);
void log_reader_free(struct log_reader *r); /* NULL is fine */

/*
 * Returns 1 and an event, valid until the next call; 0 at the end; -EBADMSG if this
 * line is damaged (go on calling); another negative errno if reading failed. Empty
 * lines are skipped.
 */
int log_reader_next(struct log_reader *r, struct event *ret_event);

/* Number of the line that the last call looked at, from 1. */
uint64_t log_reader_line(const struct log_reader *r);

#endif /* LOG_READER_H */
