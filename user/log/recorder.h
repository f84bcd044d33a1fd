/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorder.h - an audit log, written by a thread of its own behind a bounded queue
 *
 * Whatever the disk does, the caller never waits: a line that the queue cannot hold is
 * counted, and told by a "lost" record as soon as there is room. Lines that the disk
 * refuses stay in the queue and are tried again, so that a short trouble loses nothing.
 * Number, chain and rotation are the thread's.
 */
#ifndef LOG_RECORDER_H
#define LOG_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/append.h"

#define RECORDER_QUEUE_DEFAULT ((size_t)16 << 20)

enum recorder_sync {
	RECORDER_SYNC_NONE,
	RECORDER_SYNC_INTERVAL, /* what is a second old is on the disk */
	RECORDER_SYNC_RECORD,	/* recorder_held() tells what is on the disk */
};

enum recorder_full {
	RECORDER_DROP,	/* go on, count what was lost */
	RECORDER_STOP,	/* ask the caller to end */
	RECORDER_ROTATE /* remove the oldest closed files first */
};

struct recorder_options {
	struct append_options append; /* but for .sync, which follows from sync */
	enum recorder_sync sync;
	enum recorder_full on_full;
	uint64_t max_bytes;	  /* of a file; 0: no limit */
	uint64_t rotate_every_ns; /* 0: never */
	uint64_t seal_every_ns;	  /* with append.seal_path: how often */
	bool compress;		  /* closed files */
	uint64_t keep;		  /* closed files; 0: all */
	uint64_t max_total;	  /* bytes of all files; 0: any */
	size_t queue_bytes;	  /* 0: RECORDER_QUEUE_DEFAULT */
	uint64_t retry_ns;	  /* after the disk refused; 0: a second */
};

struct recorder;

/*
 * Opens the log. Returns 0, with a warning in *ret_why or nothing; or a negative errno with
 * *ret_why.
 */
int recorder_new(const struct recorder_options *options, struct recorder **ret_recorder,
		 struct why *ret_why);

/*
 * Starts the thread, which writes the log-open: to be called when what happens is seen, for
 * until then nothing is recorded. Returns 0, or a negative errno with *ret_why.
 */
int recorder_begin(struct recorder *r, struct why *ret_why);

/*
 * Queues the line of an event, as json_emit() made it; len 0: it could not be made. Does
 * not wake the thread before a good deal is queued. *ret_ticket (may be NULL): its number,
 * to be compared with recorder_held(). False: it was counted as lost.
 */
bool recorder_put(struct recorder *r, const char *line, size_t len, const struct event *event,
		  uint64_t *ret_ticket);

/* Hands what is queued to the thread: to be called before the agent sleeps. */
void recorder_flush(struct recorder *r);

/* After what is queued now: closes the file and begins another one (append.h). */
void recorder_rotate(struct recorder *r);
void recorder_reopen(struct recorder *r);

/* Tickets, only with RECORDER_SYNC_RECORD. */
struct recorder_held {
	uint64_t doubtful; /* up to this one nobody can tell any more; or they are on the disk */
	uint64_t durable;  /* behind that, and up to this one: they are */
};

/* What of the lines the log holds. */
struct recorder_held recorder_held(struct recorder *r);

/* Readable when that has grown; to be watched by edges. */
int recorder_fd(const struct recorder *r);

/* How it goes. */
struct recorder_state {
	uint64_t begun, ended; /* troubles; different: one goes on */
	struct why why;	       /* of the last one */
	uint64_t waiting;      /* bytes that are queued */
	uint64_t lost;	       /* events that are not in the log and will not be */
	uint64_t lost_before;  /* of these, before the last trouble began */
	bool stop;	       /* RECORDER_STOP: it is time */
	bool keeps_key;	       /* append_keeps_key() */
	struct why keeps_key_why;
	uint64_t keeping_failed; /* how often closed files were not compressed or removed */
	struct why keeping_why;	 /* the last time */
};

void recorder_state(struct recorder *r, struct recorder_state *ret_state);

/*
 * Writes what is queued and a log-close, if it had begun, and ends the thread: nothing but recorder_held()
 * and recorder_free() may follow. *ret_state is how it ended: what the disk did not take is
 * in .lost, and .begun differs from .ended if it did not take all.
 */
void recorder_close(struct recorder *r, struct recorder_state *ret_state);

/* After recorder_close(); NULL is fine. */
void recorder_free(struct recorder *r);

#endif /* LOG_RECORDER_H */
