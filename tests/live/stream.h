/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - the pipes that a live test reads, all in one poll loop
 *
 * Every tracer and every command of a test registers its output here, so that
 * whoever waits for one of them also drains the others and nothing blocks on a
 * full pipe. One thread; waits have deadlines and never sleep.
 */
#ifndef LIVE_STREAM_H
#define LIVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
	int fd;	    /* owned; -1: at its end, or never opened */
	char *data; /* owned; what was read and not consumed, NUL-terminated */
	size_t len;
	size_t cap;
	struct stream *next;
};

/* Milliseconds, and nanoseconds, of CLOCK_MONOTONIC. */
int64_t clock_ms(void);
uint64_t clock_mono_ns(void);

/* Takes the fd and registers the stream, which must stay where it is until stream_close(). */
void stream_open(struct stream *s, int fd);
void stream_close(struct stream *s); /* NULL and a closed one are fine */

/* Drops the first n bytes. */
void stream_consume(struct stream *s, size_t n);

/* Reads what is there now. */
void stream_drain(struct stream *s);

/*
 * Waits until some stream has something or wake_fd (-1: none) is readable, and reads
 * everything there is. False if the deadline passed and nothing came.
 */
bool stream_pump(int wake_fd, int64_t deadline_ms);

#endif /* LIVE_STREAM_H */
