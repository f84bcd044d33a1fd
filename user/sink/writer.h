/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h - bytes to a descriptor, by a thread of its own behind a bounded queue
 *
 * A slow terminal, a full pipe or a slow disk never holds the event's way up: the
 * agent makes whole lines in a buffer in memory, the thread writes it when it is handed
 * over. What does not fit is refused, and the caller counts it. All calls are one
 * thread's, the agent's.
 */
#ifndef SINK_WRITER_H
#define SINK_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define WRITER_QUEUE_DEFAULT ((size_t)8 << 20)

struct writer;

/*
 * Takes the descriptor (regular file, pipe, terminal or socket, blocking or not);
 * on an error it is still the caller's. queue_limit is in bytes, 0: the default.
 * Returns 0, -ENOMEM or -EAGAIN (no thread).
 */
int writer_new(int fd, size_t queue_limit, struct writer **ret_writer);

/*
 * Lends the buffer that whole lines are to be appended to; what is in it already is of
 * no concern to the caller. writer_end() follows, with no other call in between. NULL: there
 * is no memory, or the writer has an error.
 */
struct buf *writer_begin(struct writer *w);

/*
 * Queues what was appended since writer_begin(). Returns false if it does not fit, or if the
 * buffer failed; nothing was taken then. Does not wake the thread before a good deal is queued.
 */
bool writer_end(struct writer *w);

/* Both of them, for lines that exist already. */
bool writer_put(struct writer *w, const char *data, size_t len);

/* Hands what is queued to the thread: to be called before the agent sleeps. */
void writer_flush(struct writer *w);

/*
 * Takes another descriptor: what is queued still goes to the old one, which is then
 * closed, everything later to the new one. An error of the old one is forgotten.
 * Without memory for that it goes on with the old one.
 */
void writer_reopen(struct writer *w, int fd);

/* 0, or the negative errno of the write that failed: -EPIPE, -ENOSPC, … */
int writer_error(struct writer *w);

/*
 * Writes what is queued, ends the thread, closes the descriptor and frees w. Returns
 * 0 or the negative errno of the first write, or of the close, that failed. *ret_lost (may be
 * NULL): lines that were taken and not written. NULL is fine.
 */
int writer_close(struct writer *w, uint64_t *ret_lost);

#endif /* SINK_WRITER_H */
