/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - JSON lines, as json_emit() writes them, back into events
 *
 * An event read from a line is written as the same line again, and as the same
 * text. The lines are hostile: length, depth, types and ranges are checked, and a
 * line that is damaged costs that line only. Fields this version does not know
 * are ignored; so are those that a log puts into a line (chain.h).
 */
#ifndef LOG_READER_H
#define LOG_READER_H

#include <stdint.h>

#include "base/buf.h"
#include "event/event.h"
#include "log/source.h"

struct log_reader;

/* Appends the event as a line: json_emit(). */
typedef void (*log_reader_write)(const struct event *e, struct buf *out);

/* A record of the log about itself. What is not known is empty or zero. */
struct log_own {
	struct str action; /* "log-open", "log-close", "log-seal" */
	int64_t wall_ns;
	struct str version; /* of proctrace */
	struct str hostname, boot_id, kernel;
	struct str reason;
	uint64_t records, lost; /* log-close: since the log-open */
	bool has_previous;	/* log-open: something was recorded before it */
	bool previous_closed;	/* … and ended with a log-close */
	int64_t previous_wall_ns;
	uint64_t unrecorded_ns;	 /* since then */
	uint64_t fragment_bytes; /* of no whole record that stand before it */
};

/*
 * write: makes reading ten times as fast, for an event that it writes as the line that it
 * was read from needs no other proof. NULL is fine. Returns 0 or -ENOMEM.
 */
int log_reader_new(log_reader_write write, struct log_reader **ret_reader);
void log_reader_free(struct log_reader *r); /* NULL is fine */

/*
 * Returns 1 and an event, valid as long as the line and until the next call; 0 if it is a
 * record of the log about itself, for log_reader_own(); -EBADMSG if the line is damaged; -ENOMEM.
 */
int log_reader_parse(struct log_reader *r, struct str line, struct event *ret_event);

const struct log_own *log_reader_own(const struct log_reader *r);

/* The last event as the line that write made of it, with its '\n'; len 0: it was not made. */
struct str log_reader_json(const struct log_reader *r);

/* The number that the log gave the last line; 0: none. */
uint64_t log_reader_seq(const struct log_reader *r);

#endif /* LOG_READER_H */
