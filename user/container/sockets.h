/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets.h - what runtimes say over their sockets, asked by a thread of its own
 *
 * The second source behind the files: whoever asks here never waits. Questions go into
 * a bounded queue; a thread, started by the first one, asks the sockets with time-outs
 * and limits; answers come back through a queue whose descriptor can be watched. A
 * server that hangs, lies or sends too much costs names, never an event.
 *
 * libcurl is loaded by the first question: without it nobody answers. Built without it
 * (sockets_none.c) there are no sockets.
 */
#ifndef CONTAINER_SOCKETS_H
#define CONTAINER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/meta.h"
#include "container/question.h"

#define SOCKETS_QUEUE_MAX 128 /* questions that are not answered yet */

struct sockets;

struct sockets_options {
	const char *host_root;	 /* "" is "/" */
	unsigned int timeout_ms; /* for one socket's answer; 0: a default of 3 s */
	/* The thread has no capability: a user's own socket then cannot be asked by root. */
	bool unprivileged;
};

struct sockets_stats {
	uint64_t asked;	  /* questions taken */
	uint64_t refused; /* the queue was full */
	uint64_t failed;  /* sockets that gave no answer that could be used */
};

enum sockets_outcome {
	SOCKETS_TOLD,	 /* meta has it */
	SOCKETS_UNKNOWN, /* nobody knows it */
	SOCKETS_SILENT,	 /* nobody knows it, and somebody did not answer */
};

struct sockets_answer {
	uint32_t serial;
	enum sockets_outcome outcome;
	struct meta meta; /* the caller's to meta_done() */
};

/* The libraries that are there, "libcurl 7.88.1, …"; NULL: no sockets, or no libcurl. Loads it. */
const char *sockets_version(void);

/* Returns 0, -EOPNOTSUPP if it is built without, or another negative errno. */
int sockets_new(const struct sockets_options *options, struct sockets **ret_sockets);
/* Ends the thread, whatever it waits for. NULL is fine. */
void sockets_free(struct sockets *s);

/* Readable when there is an answer, until sockets_take(). */
int sockets_fd(const struct sockets *s);

/*
 * Takes the question, also on failure. Returns 0, -EAGAIN if the queue is full, or
 * another negative errno if there is no thread to be had.
 */
int sockets_ask(struct sockets *s, struct question *q);

/* Takes one answer. False: there is none. Cheap. */
bool sockets_take(struct sockets *s, struct sockets_answer *ret_answer);

void sockets_stats(struct sockets *s, struct sockets_stats *ret_stats);

#endif /* CONTAINER_SOCKETS_H */
