// SPDX-License-Identifier: Apache-2.0
/*
 * recorder.c - an audit log, written by a thread of its own behind a bounded queue
 *
 * Two buffers, as in sink/writer.c: the agent appends to the front one under the lock, the
 * thread swaps it for its own, which it writes, and writes again, until all of it is in the
 * log. Once something was refused, nothing is taken until the thread swaps: so a loss is
 * one gap, and the record that tells it stands in that place.
 */
#include "log/recorder.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "log/lost.h"
#include "sink/json.h"

#define WAKE_LEN	 ((size_t)256 << 10) /* the thread starts at this much */
#define SYNC_INTERVAL_NS NSEC_PER_SEC
#define HOLD_NS		 (60 * NSEC_PER_SEC) /* after a rotation that failed */

struct recorder {
	struct recorder_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	size_t limit, wake_len;
	int event_fd;

	/* Under the lock. */
	struct buf front;		   /* queued and not taken by the thread */
	size_t in_flight;		   /* bytes that the thread has taken and not written */
	uint64_t queued;		   /* lines that were taken into the queue, ever */
	uint64_t durable;		   /* of these, on the disk */
	struct lost queue_lost, disk_lost; /* since the thread last took the queue */
	bool asleep;			   /* the thread waits for lines */
	bool closing, rotate, reopen;	   /* asked for */
	struct recorder_state state;

	/* The thread's own. */
	struct append *append;
	struct buf back;
	size_t back_off;	   /* written up to here */
	uint64_t back_ticket;	   /* of its last line */
	uint64_t back_own;	   /* lines at its end that are ours */
	bool do_rotate, do_reopen; /* when it is written */
	uint64_t retry_at_ns;	   /* boot time, as all of these; 0: the disk takes what comes */
	uint64_t sync_at_ns;	   /* 0: all is on the disk, or need not be */
	uint64_t rotate_at_ns;	   /* 0: never */
	uint64_t hold_until_ns;	   /* 0: no; files may be longer until then */
};

static void tell(const struct recorder *r)
{
	const uint64_t one = 1;

	/* Full only if nobody has looked 2^64 times. */
	if (write(r->event_fd, &one, sizeof(one)) < 0)
		return;
}

/* --- trouble ----------------------------------------------------------------------- */

static bool in_trouble(const struct recorder *r)
{
	return r->state.begun != r->state.ended;
}

static void begin_trouble(struct recorder *r, const struct why *why)
{
	pthread_mutex_lock(&r->lock);
	if (!in_trouble(r)) {
		r->state.begun++;
		r->state.why = *why;
		r->state.lost_before = r->state.lost;
		r->state.stop |= r->options.on_full == RECORDER_STOP;
	}
	pthread_mutex_unlock(&r->lock);
	tell(r);
}

static void end_trouble(struct recorder *r)
{
	bool ended;

	pthread_mutex_lock(&r->lock);
	ended = in_trouble(r);
	r->state.ended = r->state.begun;
	pthread_mutex_unlock(&r->lock);
	if (ended)
		tell(r);
}

/* --- the thread's work ------------------------------------------------------------- */

static bool is_full_disk(int error)
{
	return error == -ENOSPC || error == -EDQUOT;
}

/* With RECORDER_ROTATE an old file gives way. True if the write may be tried again. */
static bool make_room(struct recorder *r, int error)
{
	return r->options.on_full == RECORDER_ROTATE && is_full_disk(error) &&
	       append_make_room(r->append) == 0;
}

static void set_rotation(struct recorder *r)
{
	uint64_t every = r->options.rotate_every_ns, age = 0;
	int64_t wall_ns = (int64_t)clock_boot_ns() + clock_wall_offset_ns();
	int64_t begun_ns = append_begun_ns(r->append);

	if (!every)
		return;
	if (begun_ns && wall_ns > begun_ns)
		age = (uint64_t)(wall_ns - begun_ns);
	r->rotate_at_ns = clock_boot_ns() + (age < every ? every - age : 0);
}

/* A rotation that fails is a trouble, but none of the records': they go on in the file. */
static void rotate(struct recorder *r)
{
	struct why why;
	int error;

	do {
		error = append_rotate(r->append, &why);
	} while (error < 0 && make_room(r, error));
	r->hold_until_ns = 0;
	set_rotation(r);
	if (error < 0) {
		r->hold_until_ns = clock_boot_ns() + HOLD_NS;
		r->rotate_at_ns =
			0; /* what failed is tried again then, for whatever reason it was due */
		begin_trouble(r, &why);
	}
}

static void rotate_if_due(struct recorder *r)
{
	if (r->do_rotate || (r->hold_until_ns && clock_boot_ns() >= r->hold_until_ns)) {
		r->do_rotate = false;
		rotate(r);
		return;
	}
	if (!r->rotate_at_ns || clock_boot_ns() < r->rotate_at_ns)
		return;
	/* A file in which nothing happened need not be kept. */
	if (append_is_begun(r->append))
		rotate(r);
	else
		r->rotate_at_ns = clock_boot_ns() + r->options.rotate_every_ns;
}

static void count_written(struct recorder *r, size_t bytes)
{
	r->back_off += bytes;
	pthread_mutex_lock(&r->lock);
	r->in_flight -= bytes;
	pthread_mutex_unlock(&r->lock);
	if (bytes && !r->sync_at_ns && r->options.sync == RECORDER_SYNC_INTERVAL)
		r->sync_at_ns = clock_boot_ns() + SYNC_INTERVAL_NS;
}

/* Returns 0 when all of the back buffer is in the log, and a log-open in any case. */
static int write_back(struct recorder *r, struct why *why)
{
	for (;;) {
		struct str rest = str_from(r->back.data + r->back_off, r->back.len - r->back_off);
		uint64_t max_bytes = r->hold_until_ns > clock_boot_ns() ? 0 : r->options.max_bytes;
		struct appended appended;
		int error = append_lines(r->append, rest, max_bytes, &appended, why);

		count_written(r, appended.bytes);
		if (error < 0 && !make_room(r, error))
			return error;
		if (error == 0 && r->back_off == r->back.len)
			return 0;
		if (error == 0 && appended.bytes == 0)
			rotate(r);
	}
}

static int sync_now(struct recorder *r, struct why *why)
{
	int error = append_sync(r->append, why);

	if (error < 0)
		return error;
	r->sync_at_ns = 0;
	if (r->options.sync != RECORDER_SYNC_RECORD)
		return 0;
	pthread_mutex_lock(&r->lock);
	r->durable = r->back_ticket;
	pthread_mutex_unlock(&r->lock);
	tell(r);
	return 0;
}

static int reopen_if_asked(struct recorder *r, struct why *why)
{
	int error = r->do_reopen ? append_reopen(r->append, why) : 0;

	if (error == 0)
		r->do_reopen = false;
	return error;
}

/* Everything that is due. Returns 0 or a negative errno with *why. */
static int work(struct recorder *r, struct why *why)
{
	int error = 0;

	/* What the old file does not take, the new one may. */
	if (r->retry_at_ns)
		error = reopen_if_asked(r, why);
	if (error == 0)
		error = write_back(r, why);
	if (error == 0)
		error = reopen_if_asked(r, why);
	if (error < 0)
		return error;
	rotate_if_due(r);
	/* With RECORDER_SYNC_RECORD somebody waits for it. */
	if (r->options.sync == RECORDER_SYNC_RECORD ||
	    (r->sync_at_ns && clock_boot_ns() >= r->sync_at_ns))
		error = sync_now(r, why);
	return error;
}

static void do_work(struct recorder *r)
{
	struct why why;
	int error = work(r, &why);

	if (error < 0) {
		r->retry_at_ns = clock_boot_ns() + r->options.retry_ns;
		begin_trouble(r, &why);
		return;
	}
	r->retry_at_ns = 0;
	if (!r->hold_until_ns)
		end_trouble(r);
}

/* --- the thread -------------------------------------------------------------------- */

/* Under the lock. A record that tells of a loss, after what was queued before it. */
static void put_lost(struct recorder *r, struct lost *lost, enum lost_reason reason)
{
	size_t before = r->back.len;

	if (!lost->total)
		return;
	lost_emit(lost, r->options.append.facts.host, reason, &r->back);
	if (r->back.len == before)
		return; /* no memory: it is told next time */
	append_note_lost(r->append, lost->total);
	r->back_own++;
	*lost = (struct lost){ 0 };
}

/* Under the lock. Takes what is queued, if the last of it is written. */
static void take(struct recorder *r)
{
	struct buf empty = r->back;

	if (r->back_off < r->back.len)
		return;
	buf_reset(&empty);
	r->back = r->front;
	r->front = empty;
	r->back_off = 0;
	r->back_own = 0;
	r->back_ticket = r->queued;
	/* Beyond the limit: it must not depend on there being room. */
	r->back.limit = 2 * r->limit;
	put_lost(r, &r->queue_lost, LOST_LOG_QUEUE);
	put_lost(r, &r->disk_lost, LOST_LOG_DISK);
	r->back.failed = false;
	r->front.limit = r->limit;
	r->in_flight = r->back.len;
	r->do_rotate |= r->rotate;
	r->rotate = false;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Under the lock. When the thread has something to do even if no line comes; 0: never. */
static uint64_t next_due(const struct recorder *r)
{
	return r->retry_at_ns ? r->retry_at_ns :
				earlier(earlier(r->sync_at_ns, r->rotate_at_ns), r->hold_until_ns);
}

/* Under the lock. */
static bool has_work(const struct recorder *r)
{
	uint64_t due = next_due(r);

	if (r->closing || r->reopen || (due && clock_boot_ns() >= due))
		return true;
	if (r->retry_at_ns)
		return false;
	return r->front.len || r->rotate || r->queue_lost.total || r->disk_lost.total;
}

/* Under the lock. */
static void wait(struct recorder *r)
{
	uint64_t due = next_due(r), now = clock_boot_ns();
	struct timespec at;

	r->asleep = !r->retry_at_ns; /* no line helps a disk that refuses them */
	if (due) {
		clock_gettime(CLOCK_MONOTONIC, &at);
		if (due > now)
			at.tv_sec += (time_t)((due - now) / NSEC_PER_SEC);
		at.tv_nsec += due > now ? (long)((due - now) % NSEC_PER_SEC) : 0;
		if (at.tv_nsec >= (long)NSEC_PER_SEC) {
			at.tv_sec++;
			at.tv_nsec -= (long)NSEC_PER_SEC;
		}
		pthread_cond_timedwait(&r->wake, &r->lock, &at);
	} else {
		pthread_cond_wait(&r->wake, &r->lock);
	}
	r->asleep = false;
}

static size_t count_lines(const char *data, size_t len)
{
	size_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	return lines;
}

/* Under the lock. What nobody will write any more. */
static void give_up(struct recorder *r)
{
	uint64_t left = count_lines(r->back.data + r->back_off, r->back.len - r->back_off);

	left -= left < r->back_own ? left : r->back_own;
	left += count_lines(r->front.data, r->front.len);
	r->state.lost += left;
	r->in_flight = 0;
	buf_reset(&r->front);
}

/* The end of the log, whatever state it is in. */
static void finish(struct recorder *r)
{
	struct why why;

	int error;

	if (r->retry_at_ns)
		return;
	do {
		error = append_close(r->append, &why);
	} while (error < 0 && make_room(r, error));
	if (error < 0)
		begin_trouble(r, &why);
}

static void *recorder_main(void *arg)
{
	struct recorder *r = arg;

	do_work(r); /* the log-open */
	pthread_mutex_lock(&r->lock);
	for (;;) {
		bool last;

		while (!has_work(r))
			wait(r);
		take(r);
		r->do_reopen |= r->reopen;
		r->reopen = false;
		last = r->closing && !r->front.len;
		pthread_mutex_unlock(&r->lock);
		do_work(r);
		pthread_mutex_lock(&r->lock);
		/* Closing, a disk that refuses gets no other chance. */
		if (r->closing && (last || r->retry_at_ns))
			break;
	}
	give_up(r);
	pthread_mutex_unlock(&r->lock);
	finish(r);
	return NULL;
}

/* --- the caller's side ------------------------------------------------------------- */

/* Signals are the agent's business. */
static int start_thread(struct recorder *r)
{
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&r->thread, NULL, recorder_main, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -error;
}

static void init_lock(struct recorder *r)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
}

int recorder_new(const struct recorder_options *options, struct recorder **ret_recorder,
		 struct why *ret_why)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int error;

	if (!r)
		return why_set(ret_why, -ENOMEM, "out of memory");
	r->options = *options;
	r->options.append.sync = options->sync != RECORDER_SYNC_NONE;
	if (!r->options.retry_ns)
		r->options.retry_ns = NSEC_PER_SEC;
	r->limit = options->queue_bytes ? options->queue_bytes : RECORDER_QUEUE_DEFAULT;
	r->wake_len = r->limit / 2 < WAKE_LEN ? r->limit / 2 : WAKE_LEN;
	r->front.limit = r->limit;
	init_lock(r);
	r->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = r->event_fd < 0 ?
			why_set(ret_why, -errno, "no event counter: %s", strerror(errno)) :
			append_new(&r->options.append, &r->append, ret_why);
	if (error == 0) {
		set_rotation(r);
		error = start_thread(r);
		if (error < 0)
			why_set(ret_why, error, "no thread: %s", strerror(-error));
	}
	if (error < 0) {
		recorder_free(r);
		return error;
	}
	*ret_recorder = r;
	return 0;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	append_free(r->append);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	buf_done(&r->front);
	buf_done(&r->back);
	if (r->event_fd >= 0)
		close(r->event_fd);
	free(r);
}

/* Wakes the thread, without the lock: it would only wait for that. */
static void unlock_and_wake(struct recorder *r, bool wake)
{
	wake = wake && r->asleep;
	if (wake)
		r->asleep = false; /* once is enough */
	pthread_mutex_unlock(&r->lock);
	if (wake)
		pthread_cond_signal(&r->wake);
}

bool recorder_put(struct recorder *r, const char *line, size_t len, const struct event *event,
		  uint64_t *ret_ticket)
{
	struct lost *lost;
	bool taken = false;

	pthread_mutex_lock(&r->lock);
	if (len && !r->queue_lost.total && !r->disk_lost.total &&
	    r->front.len + r->in_flight <= r->limit &&
	    len <= r->limit - r->front.len - r->in_flight && buf_reserve(&r->front, len)) {
		buf_put(&r->front, line, len);
		r->queued++;
		if (ret_ticket)
			*ret_ticket = r->queued;
		taken = true;
	} else {
		lost = in_trouble(r) ? &r->disk_lost : &r->queue_lost;
		r->state.lost += lost_note(lost, event);
	}
	r->front.failed = false; /* no memory costs this line, not the queue */
	unlock_and_wake(r, r->front.len >= r->wake_len);
	return taken;
}

void recorder_flush(struct recorder *r)
{
	pthread_mutex_lock(&r->lock);
	unlock_and_wake(r, r->front.len > 0 || r->queue_lost.total || r->disk_lost.total);
}

static void ask(struct recorder *r, bool *what)
{
	pthread_mutex_lock(&r->lock);
	*what = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
}

void recorder_rotate(struct recorder *r)
{
	ask(r, &r->rotate);
}

void recorder_reopen(struct recorder *r)
{
	ask(r, &r->reopen);
}

uint64_t recorder_durable(struct recorder *r)
{
	uint64_t durable;

	pthread_mutex_lock(&r->lock);
	durable = r->durable;
	pthread_mutex_unlock(&r->lock);
	return durable;
}

int recorder_fd(const struct recorder *r)
{
	return r->event_fd;
}

void recorder_state(struct recorder *r, struct recorder_state *ret_state)
{
	pthread_mutex_lock(&r->lock);
	*ret_state = r->state;
	ret_state->waiting = r->front.len + r->in_flight;
	pthread_mutex_unlock(&r->lock);
}

void recorder_close(struct recorder *r, struct recorder_state *ret_state)
{
	ask(r, &r->closing);
	pthread_join(r->thread, NULL);
	recorder_state(r, ret_state);
}
