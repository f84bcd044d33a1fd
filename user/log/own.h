/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own.h - the records of a log about itself
 *
 * They are lines like those of events, under event.action "log-open" and "log-close", but
 * no events: the live output has none of them, and they have no event.sequence.
 *
 * log-open is the first record of every file, and of every run that goes on in one;
 * log-close the last of every file, and of every run that was not killed. Of a gap between
 * two runs the log-open tells: when the last record before it was, whether that was a
 * log-close, how long nothing was recorded, and how many bytes of no whole record stand
 * before it, with their hash. A newline was put behind these, so that they are lines by
 * themselves (tail.h).
 */
#ifndef LOG_OWN_H
#define LOG_OWN_H

#include "base/buf.h"
#include "event/event.h"
#include "log/tail.h"
#include "sink/json_put.h"

enum own_reason {
	OWN_NONE,
	OWN_OPEN,      /* a log that begins, or goes on after a log-close */
	OWN_RESTART,   /* goes on where another run was killed */
	OWN_ROTATE,    /* the file before it is full, or old, or SIGUSR1 came */
	OWN_REOPEN,    /* SIGHUP came, or the file was removed */
	OWN_TRUNCATED, /* somebody made the file shorter */
	OWN_END,       /* tracing has ended */
};

/* What does not change while we run. */
struct own_facts {
	const struct event_host *host; /* borrowed */
	const char *file;	       /* the path of the log, as it was given; borrowed */
	char *const *options;	       /* of the command line; borrowed */
	size_t options_len;
	bool keep_secrets;
};

struct own_open {
	enum own_reason reason;
	bool has_previous;
	bool previous_closed;
	bool previous_unchained;  /* it is of a version that made no chain: this one begins */
	int64_t previous_wall_ns; /* 0: not known */
	/* Records that were written, and that the file does not have: a disk that failed. */
	uint64_t missing;
	struct fragment fragment;
};

struct own_close {
	enum own_reason reason;
	uint64_t records; /* since the log-open, both of them too */
	uint64_t lost;	  /* what could not be recorded since then */
};

/* Each appends one line, with its '\n', or sets out->failed and appends nothing. */
void own_put_open(struct buf *out, const struct own_facts *facts, const struct own_open *open,
		  int64_t wall_ns);
void own_put_close(struct buf *out, const struct own_facts *facts, const struct own_close *close,
		   int64_t wall_ns);
/* A record that is there to carry a seal (sealed.h). */
void own_put_seal(struct buf *out, const struct own_facts *facts, int64_t wall_ns);

/* Room that a log-close takes at most, with its seal and its place in the chain. */
#define OWN_CLOSE_MAX ((size_t)1 << 10)

#endif /* LOG_OWN_H */
