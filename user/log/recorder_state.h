/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorder_state.h - what the parts of a recorder share
 *
 * recorder.c has the queue and the thread, recorder_work.c what the thread does with what
 * it took. Nobody else includes this.
 */
#ifndef LOG_RECORDER_STATE_H
#define LOG_RECORDER_STATE_H

#include <pthread.h>

#include "log/keeper.h"
#include "log/lost.h"
#include "log/recorder.h"

struct recorder {
	struct recorder_options options;
	pthread_t thread;
	bool runs; /* there is a thread */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	size_t limit, wake_len;
	int event_fd;

	/* Under the lock. */
	struct buf front;		   /* queued and not taken by the thread */
	size_t in_flight;		   /* bytes that the thread has taken and not written */
	uint64_t queued;		   /* lines that were taken into the queue, ever */
	struct recorder_held held;	   /* of these */
	struct lost queue_lost, disk_lost; /* since the thread last took the queue */
	bool asleep;			   /* the thread waits for lines */
	bool closing, rotate, reopen;	   /* asked for */
	struct recorder_state state;

	/* The thread's own. */
	struct append *append;
	struct keeper *keeper; /* NULL: closed files stay as they are */
	struct buf back;
	size_t back_off;	   /* written up to here */
	uint64_t back_ticket;	   /* of its last line */
	uint64_t back_own;	   /* lines at its end that are ours */
	bool do_rotate, do_reopen; /* when it is written */
	uint64_t retry_at_ns;	   /* boot time, as all of these; 0: the disk takes what comes */
	uint64_t sync_at_ns;	   /* 0: all is on the disk, or need not be */
	uint64_t rotate_at_ns;	   /* 0: never */
	uint64_t seal_at_ns;	   /* 0: never */
	uint64_t hold_until_ns;	   /* 0: no; files may be longer until then */
};

/* --- recorder_work.c: the thread's */

/* Writes what it took, and whatever else is due; retry_at_ns tells whether it could. */
void recorder_work(struct recorder *r);

/* The log-close, if the disk takes it. */
void recorder_finish(struct recorder *r);

/* When a file is to be rotated for its age. */
void recorder_set_rotation(struct recorder *r);

/* When it is to be sealed next. */
void recorder_set_seal(struct recorder *r);

#endif /* LOG_RECORDER_STATE_H */
