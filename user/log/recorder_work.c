// SPDX-License-Identifier: Apache-2.0
/*
 * recorder_work.c - what a recorder's thread does with the lines that it took
 */
#include "log/recorder.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "log/recorder_state.h"

#define SYNC_INTERVAL_NS NSEC_PER_SEC
#define HOLD_NS		 (60 * NSEC_PER_SEC) /* after a rotation that failed */

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
	r->state.lost += append_take_missing(r->append);
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

void recorder_set_rotation(struct recorder *r)
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

/*
 * A rotation that fails is a trouble, but none of the records': they go on in the file. True
 * if there is a new one, which has no log-open yet.
 */
static bool rotate(struct recorder *r)
{
	struct why why;
	int error;

	do {
		error = append_rotate(r->append, &why);
	} while (error < 0 && make_room(r, error));
	r->hold_until_ns = 0;
	recorder_set_rotation(r);
	if (r->keeper)
		keeper_kick(r->keeper);
	if (error < 0) {
		r->hold_until_ns = clock_boot_ns() + HOLD_NS;
		r->rotate_at_ns =
			0; /* what failed is tried again then, for whatever reason it was due */
		begin_trouble(r, &why);
	}
	return error == 0;
}

static bool rotate_if_due(struct recorder *r)
{
	if (r->do_rotate || (r->hold_until_ns && clock_boot_ns() >= r->hold_until_ns)) {
		r->do_rotate = false;
		return rotate(r);
	}
	if (!r->rotate_at_ns || clock_boot_ns() < r->rotate_at_ns)
		return false;
	/* A file in which nothing happened need not be kept. */
	if (append_is_begun(r->append))
		return rotate(r);
	r->rotate_at_ns = clock_boot_ns() + r->options.rotate_every_ns;
	return false;
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
	bool doubt = append_take_doubt(r->append);

	if (error == 0)
		r->sync_at_ns = 0;
	if (r->options.sync != RECORDER_SYNC_RECORD)
		return error;
	/* Both at once: what is in doubt must not be taken for durable. */
	pthread_mutex_lock(&r->lock);
	if (doubt)
		r->held.doubtful = r->back_ticket;
	if (error == 0)
		r->held.durable = r->back_ticket;
	pthread_mutex_unlock(&r->lock);
	tell(r);
	return error;
}

static int reopen_if_asked(struct recorder *r, struct why *why)
{
	int error = r->do_reopen ? append_reopen(r->append, why) : 0;

	if (error < 0 || !r->do_reopen)
		return error;
	r->do_reopen = false;
	/* What rotates the log from outside makes up for a rotation that failed. */
	r->hold_until_ns = 0;
	return 0;
}

void recorder_set_seal(struct recorder *r)
{
	if (r->options.append.seal_path)
		r->seal_at_ns = clock_boot_ns() + r->options.seal_every_ns;
}

static int seal_if_due(struct recorder *r, struct why *why)
{
	int error;

	if (!r->seal_at_ns || clock_boot_ns() < r->seal_at_ns)
		return 0;
	do {
		error = append_seal(r->append, why);
	} while (error < 0 && make_room(r, error));
	if (error == 0)
		recorder_set_seal(r);
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
	if (error == 0)
		error = seal_if_due(r, why);
	if (error < 0)
		return error;
	if (rotate_if_due(r))
		error = write_back(r, why);
	if (error < 0)
		return error;
	/* With RECORDER_SYNC_RECORD somebody waits for it. */
	if (r->options.sync == RECORDER_SYNC_RECORD ||
	    (r->sync_at_ns && clock_boot_ns() >= r->sync_at_ns))
		error = sync_now(r, why);
	return error;
}

/* No trouble of the records': these are written, if not as safe as they should be. */
static void note_key(struct recorder *r)
{
	struct why why;
	bool keeps_key = append_keeps_key(r->append, &why);
	bool is_new;

	pthread_mutex_lock(&r->lock);
	is_new = keeps_key != r->state.keeps_key;
	r->state.keeps_key = keeps_key;
	if (keeps_key)
		r->state.keeps_key_why = why;
	pthread_mutex_unlock(&r->lock);
	if (is_new)
		tell(r);
}

void recorder_work(struct recorder *r)
{
	struct why why;
	int error = work(r, &why);

	if (error < 0) {
		r->retry_at_ns = clock_boot_ns() + r->options.retry_ns;
		begin_trouble(r, &why);
		return;
	}
	r->retry_at_ns = 0;
	note_key(r);
	if (!r->hold_until_ns)
		end_trouble(r);
}

/* The end of the log, whatever state it is in. */
void recorder_finish(struct recorder *r)
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
	note_key(r);
}
