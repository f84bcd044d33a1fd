// SPDX-License-Identifier: Apache-2.0
/*
 * writer.c - bytes to a descriptor, by a thread of its own behind a bounded queue
 *
 * Two buffers: the agent appends to the front one under the lock, the thread swaps it
 * for its own and writes without the lock. Waking a thread costs more than writing a
 * line, so it is done when the agent is about to sleep, or when enough is queued.
 */
#include "sink/writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* The thread starts at this much: large enough to be rare, small enough for the CPU's cache. */
#define WAKE_LEN ((size_t)256 << 10)

/* Longest piece for one write(2); it ends with a line. */
#define PIECE_MAX ((size_t)1 << 20)

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	size_t limit;
	size_t wake_len;

	/* Under the lock. */
	struct buf front; /* queued and not taken by the thread */
	size_t in_flight; /* bytes the thread has taken and not written */
	bool asleep;	  /* the thread waits for wake */
	bool closing;
	int error;	    /* negative errno that stopped it; 0: none */
	int first_error;    /* of all descriptors, for writer_close() */
	int next_fd;	    /* -1: none; replaces fd … */
	size_t next_fd_off; /* … after this many bytes of front */

	/* The thread's own. */
	int fd;
	struct buf back;
};

/* Waits until a descriptor that does not block takes more. Returns 0 or a negative errno. */
static int wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (poll(&p, 1, -1) < 0 && errno != EINTR)
		return -errno;
	return 0; /* POLLERR and POLLHUP: the next write says what it is */
}

/* Returns 0 or a negative errno. */
static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		int r = 0;

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			r = wait_writable(fd);
		else if (n < 0 && errno != EINTR)
			r = -errno;
		if (r)
			return r;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* The first lines of data, at most PIECE_MAX bytes unless the first line is longer. */
static size_t piece_len(const char *data, size_t len)
{
	const char *newline;

	if (len <= PIECE_MAX)
		return len;
	newline = memrchr(data, '\n', PIECE_MAX);
	if (!newline)
		newline = memchr(data + PIECE_MAX, '\n', len - PIECE_MAX);
	return newline ? (size_t)(newline + 1 - data) : len;
}

static void set_error(struct writer *w, int error)
{
	pthread_mutex_lock(&w->lock);
	w->error = error;
	if (!w->first_error)
		w->first_error = error;
	pthread_mutex_unlock(&w->lock);
}

/* Writes a part of the back buffer, piece by piece, unless an error stopped the descriptor. */
static void write_part(struct writer *w, size_t from, size_t to, bool *failed)
{
	while (from < to && !*failed) {
		size_t len = piece_len(w->back.data + from, to - from);
		int r = write_all(w->fd, w->back.data + from, len);

		from += len;
		pthread_mutex_lock(&w->lock);
		w->in_flight -= len;
		pthread_mutex_unlock(&w->lock);
		if (r) {
			*failed = true;
			set_error(w, r);
		}
	}
}

static void close_old(struct writer *w, int next_fd)
{
	int r = close(w->fd) < 0 && errno != EINTR ? -errno : 0;

	w->fd = next_fd;
	pthread_mutex_lock(&w->lock);
	if (!w->first_error)
		w->first_error = r;
	w->error = 0;
	pthread_mutex_unlock(&w->lock);
}

/* Called with the lock held; returns with it held. Takes all that is queued and writes it. */
static void drain(struct writer *w)
{
	struct buf empty = w->back;
	int next_fd = w->next_fd;
	size_t split = next_fd >= 0 ? w->next_fd_off : w->front.len;
	bool failed = w->error != 0;

	w->back = w->front;
	w->front = empty;
	w->in_flight = w->back.len;
	w->next_fd = -1;
	pthread_mutex_unlock(&w->lock);

	write_part(w, 0, split, &failed);
	if (next_fd >= 0) {
		failed = false;
		close_old(w, next_fd);
		write_part(w, split, w->back.len, &failed);
	}
	buf_reset(&w->back);

	pthread_mutex_lock(&w->lock);
	w->in_flight = 0;
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		if (w->front.len || w->next_fd >= 0) {
			drain(w);
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

/* Signals are the agent's business; a closed pipe is to be an error, not SIGPIPE. */
static int start_thread(struct writer *w)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

static void writer_free(struct writer *w)
{
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	buf_done(&w->front);
	buf_done(&w->back);
	free(w);
}

int writer_new(int fd, size_t queue_limit, struct writer **ret_writer)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->limit = queue_limit ? queue_limit : WRITER_QUEUE_DEFAULT;
	w->wake_len = w->limit / 2 < WAKE_LEN ? w->limit / 2 : WAKE_LEN;
	w->front.limit = w->back.limit = w->limit;
	w->fd = fd;
	w->next_fd = -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	r = start_thread(w);
	if (r) {
		writer_free(w);
		return r;
	}
	*ret_writer = w;
	return 0;
}

/*
 * Wakes the thread if it sleeps and this much is queued. Without the lock, or it would
 * wake only to sleep on that: two more system calls and two more switches each time.
 */
static void unlock_and_wake(struct writer *w, size_t enough)
{
	bool wake = w->asleep && w->front.len >= enough;

	if (wake)
		w->asleep = false; /* once is enough */
	pthread_mutex_unlock(&w->lock);
	if (wake)
		pthread_cond_signal(&w->wake);
}

bool writer_put(struct writer *w, const char *data, size_t len)
{
	bool taken = false;

	pthread_mutex_lock(&w->lock);
	/* After an error only a new descriptor, which may be on its way, takes lines. */
	if ((!w->error || w->next_fd >= 0) && w->front.len + w->in_flight <= w->limit &&
	    len <= w->limit - w->front.len - w->in_flight && buf_reserve(&w->front, len)) {
		buf_put(&w->front, data, len);
		taken = true;
	}
	w->front.failed = false; /* no memory costs these lines, not the queue */
	unlock_and_wake(w, w->wake_len);
	return taken;
}

void writer_flush(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	unlock_and_wake(w, 1);
}

void writer_reopen(struct writer *w, int fd)
{
	_cleanup_close_ int unused = -1;

	pthread_mutex_lock(&w->lock);
	unused =
		w->next_fd; /* asked twice before the thread came: what is queued is the old one's */
	w->next_fd = fd;
	w->next_fd_off = w->front.len;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

int writer_error(struct writer *w)
{
	int error;

	pthread_mutex_lock(&w->lock);
	error = w->error;
	pthread_mutex_unlock(&w->lock);
	return error;
}

int writer_close(struct writer *w)
{
	int error;

	if (!w)
		return 0;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	/* A full disk may show only now. */
	if (close(w->fd) < 0 && errno != EINTR && !w->first_error)
		w->first_error = -errno;
	error = w->first_error;
	writer_free(w);
	return error;
}
