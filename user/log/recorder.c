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
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/thread.h"
#include "log/membership.h"
#include "log/recorder_state.h"

#define WAKE_LEN ((size_t)256 << 10) /* the thread starts at this much */

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
	if (r->retry_at_ns)
		return r->retry_at_ns;
	return earlier(earlier(r->sync_at_ns, r->rotate_at_ns),
		       earlier(r->hold_until_ns, r->seal_at_ns));
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

/* Under the lock. What nobody will write any more. */
static void give_up(struct recorder *r)
{
	uint64_t left =
		str_count(str_from(r->back.data + r->back_off, r->back.len - r->back_off), '\n');

	left -= left < r->back_own ? left : r->back_own;
	left += str_count(str_from(r->front.data, r->front.len), '\n');
	r->state.lost += left;
	r->in_flight = 0;
	buf_reset(&r->front);
}

static void *recorder_main(void *arg)
{
	struct recorder *r = arg;

	recorder_work(r); /* the log-open */
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
		recorder_work(r);
		pthread_mutex_lock(&r->lock);
		/* Closing, a disk that refuses gets no other chance. */
		if (r->closing && (last || r->retry_at_ns))
			break;
	}
	give_up(r);
	pthread_mutex_unlock(&r->lock);
	recorder_finish(r);
	return NULL;
}

/* --- the caller's side ------------------------------------------------------------- */

/* After the log was opened: what is there is its own then. */
static int start_keeper(struct recorder *r)
{
	const struct keeper_options keeper = {
		.path = r->options.append.path,
		.compress = r->options.compress,
		.keep = r->options.keep,
		.max_total = r->options.max_total,
		.max_bytes = r->options.max_bytes,
	};

	if (!keeper.compress && !keeper.keep && !keeper.max_total)
		return 0;
	return keeper_new(&keeper, &r->keeper);
}

/* They make files, and have no capability to give them to the log's group. */
static int start_threads(struct recorder *r)
{
	struct membership before = { 0 };
	gid_t group;
	int error;

	/* Where it is not permitted, as without root, the files may be ours to give. */
	if (append_group(r->append, &group) && membership_join(group, &before) == -ENOMEM)
		return -ENOMEM;
	error = start_keeper(r);
	if (error == 0)
		error = thread_start(&r->thread, recorder_main, r);
	membership_leave(&before);
	return error;
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
		recorder_set_rotation(r);
		recorder_set_seal(r);
	}
	if (error < 0) {
		recorder_free(r);
		return error;
	}
	*ret_recorder = r;
	return 0;
}

int recorder_begin(struct recorder *r, struct why *ret_why)
{
	int error = start_threads(r);

	if (error < 0)
		return why_set(ret_why, error, "no thread: %s", strerror(-error));
	r->runs = true;
	return 0;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	keeper_free(r->keeper);
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
		lost = r->state.begun != r->state.ended ? &r->disk_lost : &r->queue_lost;
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

struct recorder_held recorder_held(struct recorder *r)
{
	struct recorder_held held;

	pthread_mutex_lock(&r->lock);
	held = r->held;
	pthread_mutex_unlock(&r->lock);
	return held;
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
	ret_state->keeping_failed = 0;
	if (r->keeper)
		ret_state->keeping_failed = keeper_failures(r->keeper, &ret_state->keeping_why);
}

void recorder_close(struct recorder *r, struct recorder_state *ret_state)
{
	if (r->runs) {
		ask(r, &r->closing);
		pthread_join(r->thread, NULL);
	}
	recorder_state(r, ret_state);
}
