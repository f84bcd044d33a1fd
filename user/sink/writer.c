// SPDX-License-Identifier: Apache-2.0
/*
 * writer.c - bytes to a descriptor, by a thread of its own behind a bounded queue
 *
 * The agent makes its lines where the thread will write them from: in a chunk that is its
 * own until it is full, or until the agent is about to sleep. So the lock is taken once for
 * many lines, none is copied, and the chunk that was written last, still in the CPU's
 * cache, is the next one to be filled. Waking a thread costs more than writing a line, so
 * it is done for a whole chunk, or when the agent is about to sleep.
 *
 * Long because both sides of the queue are here, with the lock between them.
 */
#include "sink/writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/thread.h"

/* A chunk is full at this much: large enough to be rare, small enough for the CPU's cache. */
#define CHUNK_LEN ((size_t)256 << 10)

/* Chunks that wait to be filled again; of those past that the memory is given back. */
#define SPARES_MAX 4

struct chunk {
	struct chunk *next;
	struct buf lines;
	int next_fd; /* where everything behind it goes; -1: where it goes itself */
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	size_t limit;
	size_t chunk_len;

	/* The agent's own. */
	struct chunk *filling; /* NULL: none, or it may have been offered */
	size_t line_start;     /* of the line that is made now, in filling */
	size_t queued_then;    /* .queued when the agent looked last: now it is not more */

	/* Under the lock. */
	struct chunk *first, *last; /* full ones */
	struct chunk *offered;	    /* not full; the agent takes it back unless the thread came */
	struct chunk *spare;
	unsigned int spares;
	size_t queued;	  /* bytes handed over and not written */
	unsigned int fds; /* descriptors on their way: .next_fd of chunks */
	bool asleep;	  /* the thread waits for wake */
	bool closing;
	int error;	 /* negative errno that stopped the descriptor; 0: none */
	uint64_t lost;	 /* lines that were not written */
	int first_error; /* of all descriptors, for writer_close() */

	/* The thread's own. */
	int fd;
};

/* Waits until a descriptor that does not block takes more. Returns 0 or a negative errno. */
static int wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (poll(&p, 1, -1) < 0 && errno != EINTR)
		return -errno;
	return 0; /* POLLERR and POLLHUP: the next write says what it is */
}

/* Returns 0 or a negative errno; *rest is left with what was not written. */
static int write_all(int fd, struct str *rest)
{
	while (rest->len) {
		ssize_t n = write(fd, rest->p, rest->len);
		int r = 0;

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			r = wait_writable(fd);
		else if (n < 0 && errno != EINTR)
			r = -errno;
		if (r)
			return r;
		if (n > 0)
			*rest = str_from(rest->p + n, rest->len - (size_t)n);
	}
	return 0;
}

static void free_chunk(struct chunk *c)
{
	if (!c)
		return;
	if (c->next_fd >= 0)
		close(c->next_fd);
	buf_done(&c->lines);
	free(c);
}

static struct chunk *take_queued(struct writer *w)
{
	struct chunk *c = w->first;

	if (!c) {
		c = w->offered;
		w->offered = NULL;
		return c;
	}
	w->first = c->next;
	if (!w->first)
		w->last = NULL;
	return c;
}

/* Called with the lock held; returns with it held. Writes a chunk, and goes on to its next_fd. */
static void write_chunk(struct writer *w, struct chunk *c)
{
	bool failed = w->error != 0;
	int next_fd = c->next_fd;
	int r = 0, closed = 0;
	struct str rest = str_from(c->lines.data, c->lines.len);
	uint64_t lost;

	pthread_mutex_unlock(&w->lock);
	if (!failed)
		r = write_all(w->fd, &rest);
	lost = str_count(rest, '\n');
	if (next_fd >= 0) {
		closed = close(w->fd) < 0 && errno != EINTR ? -errno : 0;
		w->fd = next_fd;
		c->next_fd = -1;
	}
	pthread_mutex_lock(&w->lock);
	w->queued -= c->lines.len;
	w->lost += lost;
	w->error = r ? r : w->error;
	if (!w->first_error)
		w->first_error = r ? r : closed;
	if (next_fd >= 0) {
		w->fds--;
		w->error = 0;
	}
}

/* Called with the lock held; returns with it held. */
static void spare_chunk(struct writer *w, struct chunk *c)
{
	if (w->spares == SPARES_MAX) {
		pthread_mutex_unlock(&w->lock);
		free_chunk(c);
		pthread_mutex_lock(&w->lock);
		return;
	}
	buf_reset(&c->lines);
	c->next = w->spare;
	w->spare = c;
	w->spares++;
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct chunk *c = take_queued(w);

		if (c) {
			write_chunk(w, c);
			spare_chunk(w, c);
		} else if (w->closing) {
			break;
		} else {
			w->asleep = true;
			pthread_cond_wait(&w->wake, &w->lock);
			w->asleep = false;
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void writer_free(struct writer *w)
{
	struct chunk *c;

	while ((c = take_queued(w)))
		free_chunk(c);
	while ((c = w->spare)) {
		w->spare = c->next;
		free_chunk(c);
	}
	free_chunk(w->filling);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int writer_new(int fd, size_t queue_limit, struct writer **ret_writer)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->limit = queue_limit ? queue_limit : WRITER_QUEUE_DEFAULT;
	w->chunk_len = w->limit / 2 < CHUNK_LEN ? w->limit / 2 : CHUNK_LEN;
	w->fd = fd;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	r = thread_start(&w->thread, writer_main, w);
	if (r) {
		writer_free(w);
		return r;
	}
	*ret_writer = w;
	return 0;
}

/*
 * Wakes the thread if it sleeps. Without the lock, or it would wake only to sleep on
 * that: two more system calls and two more switches each time.
 */
static void unlock_and_wake(struct writer *w)
{
	bool wake = w->asleep;

	w->asleep = false; /* once is enough */
	pthread_mutex_unlock(&w->lock);
	if (wake)
		pthread_cond_signal(&w->wake);
}

/* Room for what makes a chunk full and the rest of that line. */
static struct chunk *new_chunk(const struct writer *w)
{
	struct chunk *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->next_fd = -1;
	c->lines.limit = w->limit + 2 * CHUNK_LEN;
	if (buf_reserve(&c->lines, w->chunk_len + w->chunk_len / 4))
		return c;
	free_chunk(c);
	return NULL;
}

/*
 * The agent gets a chunk to fill, the one it offered if the thread did not come for it.
 * False: there is no memory, or (unless anyway) nobody takes lines: after an error only a new
 * descriptor, which may be on its way, does.
 */
static bool begin_chunk(struct writer *w, bool anyway)
{
	struct chunk *c;
	bool refused;

	pthread_mutex_lock(&w->lock);
	refused = !anyway && w->error && !w->fds;
	c = refused ? NULL : w->offered;
	if (c) {
		w->offered = NULL;
		w->queued -= c->lines.len;
	} else if (!refused && w->spare) {
		c = w->spare;
		w->spare = c->next;
		w->spares--;
	}
	w->queued_then = w->queued;
	pthread_mutex_unlock(&w->lock);
	if (!c && !refused)
		c = new_chunk(w);
	w->filling = c;
	return c;
}

/* Gives the agent's chunk to the thread: for good, or until the agent has more for it. */
static void hand_over(struct writer *w, bool full)
{
	struct chunk *c = w->filling;

	w->filling = NULL;
	c->next = NULL;
	pthread_mutex_lock(&w->lock);
	w->queued += c->lines.len;
	w->fds += c->next_fd >= 0;
	if (!full) {
		w->offered = c;
	} else {
		if (w->last)
			w->last->next = c;
		else
			w->first = c;
		w->last = c;
	}
	unlock_and_wake(w);
}

struct buf *writer_begin(struct writer *w)
{
	if (!w->filling && !begin_chunk(w, false))
		return NULL;
	w->line_start = w->filling->lines.len;
	return &w->filling->lines;
}

/* Is there room for the line that was made? What the thread wrote meanwhile is room. */
static bool fits(struct writer *w, size_t len)
{
	if (len <= w->limit && w->queued_then <= w->limit - len)
		return true;
	pthread_mutex_lock(&w->lock);
	w->queued_then = w->queued;
	pthread_mutex_unlock(&w->lock);
	return len <= w->limit && w->queued_then <= w->limit - len;
}

bool writer_end(struct writer *w)
{
	struct buf *lines = &w->filling->lines;

	if (lines->failed || !fits(w, lines->len)) {
		lines->len = w->line_start;
		lines->failed = false; /* no memory costs this line, not the queue */
		return false;
	}
	if (lines->len >= w->chunk_len)
		hand_over(w, true);
	return true;
}

bool writer_put(struct writer *w, const char *data, size_t len)
{
	struct buf *lines = len <= w->limit ? writer_begin(w) : NULL;

	if (!lines)
		return false;
	buf_put(lines, data, len);
	return writer_end(w);
}

void writer_flush(struct writer *w)
{
	if (w->filling && w->filling->lines.len)
		hand_over(w, false);
}

void writer_reopen(struct writer *w, int fd)
{
	if (!w->filling && !begin_chunk(w, true)) {
		close(fd);
		return;
	}
	w->filling->next_fd = fd;
	hand_over(w, true);
}

int writer_error(struct writer *w)
{
	int error;

	pthread_mutex_lock(&w->lock);
	error = w->error;
	pthread_mutex_unlock(&w->lock);
	return error;
}

int writer_close(struct writer *w, uint64_t *ret_lost)
{
	int error;

	if (ret_lost)
		*ret_lost = 0;
	if (!w)
		return 0;
	writer_flush(w);
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	/* A full disk may show only now. */
	if (close(w->fd) < 0 && errno != EINTR && !w->first_error)
		w->first_error = -errno;
	error = w->first_error;
	if (ret_lost)
		*ret_lost = w->lost;
	writer_free(w);
	return error;
}
