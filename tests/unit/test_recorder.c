// SPDX-License-Identifier: Apache-2.0
/*
 * test_recorder.c - what is put is in the log, once and in order, whatever the disk does
 *
 * Long because every trouble that a log meets is a short history of its own.
 */
#include "log/recorder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log_rig.h"

/* Until it is a closed file: at first an empty one, that becomes the log, has the name. */
static void wait_closed(const struct log_rig *r, const char *name)
{
	struct stat st;

	for (int ms = 0; stat(rig_file(r, name), &st) < 0 || st.st_size == 0; ms++) {
		assert_true(ms < 20000);
		usleep(1000);
	}
}

static void test_rotated_by_size(void **state)
{
	struct log_rig *r = *state;
	size_t opens = 0;

	r->options.max_bytes = 16 << 10;
	rig_start(r);
	for (int i = 0; i < 20; i++) {
		rig_put_all(r, 37);
		if (i % 3 == 0)
			rig_wait(r, rig_is_written);
	}
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 20 * 37);
	for (size_t i = 0; i < r->len; i++) {
		bool begins = i == 0 || strcmp(r->all[i].file, r->all[i - 1].file) != 0;

		assert_int_equal(!strcmp(r->all[i].action, "log-open"), begins);
		assert_true(rig_size(rig_file(r, r->all[i].file)) <= 16 << 10);
		if (begins && i)
			assert_string_equal(r->all[i - 1].action, "log-close");
		opens += begins;
	}
	assert_true(opens > 20);
	assert_true(rig_exists(r, "events.000001"));
	/* The next run goes on behind the greatest number. */
	rig_start(r);
	rig_put_all(r, 50);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 20 * 37 + 50);
}

/* Who reads a directory while a file there gets another name may not see it. */
static void test_number_not_given_out_twice(void **state)
{
	struct log_rig *r = *state;

	rig_start(r);
	rig_put_all(r, 3);
	rig_wait(r, rig_is_written);
	recorder_rotate(r->recorder);
	wait_closed(r, "events.000001");
	assert_int_equal(rename(rig_file(r, "events.000001"), rig_file(r, "unseen")), 0);
	rig_put_all(r, 3);
	rig_wait(r, rig_is_written);
	recorder_rotate(r->recorder);
	wait_closed(r, "events.000002");
	assert_int_equal(rename(rig_file(r, "unseen"), rig_file(r, "events.000001")), 0);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 6);
}

static void test_rotated_by_signal_and_age(void **state)
{
	struct log_rig *r = *state;

	rig_start(r);
	for (int i = 0; i < 3; i++) {
		rig_put_all(r, 4);
		recorder_rotate(r->recorder);
		rig_wait(r, rig_is_written);
	}
	rig_stop(r);
	r->options.rotate_every_ns = 1; /* what is there is older than that */
	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 16);
	assert_true(rig_exists(r, "events.000004"));
}

/* As long as nothing is seen nothing is said, and a start that fails leaves no record. */
static void test_not_begun(void **state)
{
	struct log_rig *r = *state;
	struct why why;

	assert_int_equal(recorder_new(&r->options, &r->recorder, &why), 0);
	rig_stop(r);
	assert_int_equal(rig_size(r->path), 0);
	rig_start(r);
	rig_put_all(r, 3);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 3);
	assert_string_equal(rig_text(rig_find(r, "log-open", 0), "log_open.reason"), "open");
	assert_null(rig_find(r, "log-open", 1));
}

/* All of it is gone, and comes again: what was put since is in the log then. */
static void test_directory_removed(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;
	char moved[128];

	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	assert_int_equal(unlink(r->path), 0);
	snprintf(moved, sizeof(moved), "%s.away", r->dir);
	assert_int_equal(rename(r->dir, moved), 0);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_in_trouble);
	rig_put_all(r, 4);
	assert_int_equal(rename(moved, r->dir), 0);
	rig_wait(r, rig_has_recovered);
	recorder_state(r->recorder, &s);
	assert_int_equal(s.begun, 1);
	assert_int_equal(s.lost, 0);
	rig_stop(r);
	/* The file begins in the midst of the chain, with record 6; the rig takes that on trust. */
	rig_read(r);
	rig_check_events(r, 5, 8);
}

static void limit_file(size_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static uint64_t sum_of_lost(const struct log_rig *r)
{
	const struct logged *lost;
	uint64_t sum = 0;

	for (size_t i = 0; (lost = rig_find(r, "lost", i)); i++)
		sum += strtoull(rig_text(lost, "lost.total"), NULL, 10);
	return sum;
}

/* A limit on the length of a file is met in the midst of a line, as a full disk is. */
static void test_disk_full(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;
	size_t taken = 0, put = 2000;

	r->options.queue_bytes = 200000;
	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	limit_file(rig_size(r->path) + 3333);
	for (size_t i = 0; i < put; i++) {
		taken += rig_put(r);
		if (i == 50) {
			recorder_flush(r->recorder);
			rig_wait(r, rig_is_in_trouble);
			/* No line is torn, not even while it lasts. */
			rig_read(r);
			for (size_t n = 0; n < r->len; n++)
				assert_non_null(r->all[n].root);
		}
	}
	assert_true(taken < put);
	limit_file(RLIM_INFINITY);
	rig_wait(r, rig_has_recovered);
	recorder_state(r->recorder, &s);
	assert_int_equal(s.begun, 1);
	assert_int_equal(s.lost, put - taken);
	rig_stop_state(r, &s);
	rig_read(r);
	rig_check_events(r, 1, 4 + taken);
	assert_int_equal(sum_of_lost(r), put - taken);
	assert_string_equal(rig_text(rig_find(r, "lost", 0), "lost.reason"),
			    "log could not be written");
	assert_int_equal(atoi(rig_text(rig_find(r, "log-close", 0), "log_close.lost")),
			 put - taken);
}

/* For the recorder too: a file in which nothing stands takes nothing. */
static _Atomic bool no_new_file;

ssize_t write(int fd, const void *data, size_t len)
{
	struct stat st;

	if (no_new_file && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_write, fd, data, len);
}

/* The old file was closed, and the disk is full before the new one begins. */
static void test_full_when_rotated(void **state)
{
	struct log_rig *r = *state;

	r->options.max_bytes = 16 << 10;
	rig_start(r);
	rig_put_all(r, 3);
	rig_wait(r, rig_is_written);
	no_new_file = true;
	recorder_rotate(r->recorder);
	rig_wait(r, rig_is_in_trouble);
	rig_put_all(r, 100);
	no_new_file = false;
	/* A rotation that failed would be tried again after a minute only. */
	rig_wait(r, rig_has_recovered);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 103);
	assert_int_equal(atoi(rig_text(rig_find(r, "log-close", 0), "log_close.records")), 5);
	assert_true(rig_exists(r, "events.000002"));
	for (size_t i = 0; i < r->len; i++)
		assert_true(rig_size(rig_file(r, r->all[i].file)) <= 16 << 10);
}

/* The end comes while the disk is full: what is not in the log is counted. */
static void test_full_at_the_end(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;

	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	limit_file(rig_size(r->path) + 3333);
	rig_put_all(r, 100);
	rig_wait(r, rig_is_in_trouble);
	rig_stop_state(r, &s);
	limit_file(RLIM_INFINITY);
	assert_true(s.begun != s.ended);
	rig_read(r);
	rig_check_events(r, 1, 104 - s.lost);
	assert_true(s.lost > 90 && s.lost < 100);
	/* The next run says that this one had no end. */
	r->next_pid = (uint32_t)(105 - s.lost);
	rig_start(r);
	rig_put_all(r, 1);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 105 - s.lost);
	assert_string_equal(rig_text(rig_find(r, "log-open", 1), "log_open.reason"), "restart");
}

static void test_on_full(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;

	r->options.on_full = RECORDER_STOP;
	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	recorder_state(r->recorder, &s);
	assert_false(s.stop);
	limit_file(rig_size(r->path));
	rig_put_all(r, 1);
	rig_wait(r, rig_is_in_trouble);
	recorder_state(r->recorder, &s);
	limit_file(RLIM_INFINITY);
	assert_true(s.stop);
}

#define QUEUE_BYTES 20000

/* An event whose line is longer than the whole queue. */
static bool put_too_long(struct log_rig *r)
{
	static const char line[QUEUE_BYTES + 1];
	struct event e = { .kind = EVENT_FORK };

	r->next_pid++;
	return recorder_put(r->recorder, line, sizeof(line), &e, NULL);
}

/* What the queue cannot hold is refused, and told where it is missing. */
static void test_queue_full(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;
	size_t refused = 0;

	r->options.queue_bytes = QUEUE_BYTES;
	rig_start(r);
	/* Faster than a disk, as a rule; that one line never fits is certain. */
	for (int i = 0; i < 20000; i++)
		refused += i % 100 == 50 ? !put_too_long(r) : !rig_put(r);
	rig_stop_state(r, &s);
	assert_true(refused >= 20000 / 100);
	assert_int_equal(s.lost, refused);
	assert_int_equal(s.begun, 0);
	rig_read(r);
	assert_int_equal(sum_of_lost(r), refused);
	assert_string_equal(rig_text(rig_find(r, "lost", 0), "lost.reason"), "log queue full");
	/* Each gap between two events is what the record between them says. */
	for (size_t i = 0, lost = 0, last = 0; i < r->len; i++) {
		if (!strcmp(r->all[i].action, "lost"))
			lost += strtoull(rig_text(&r->all[i], "lost.total"), NULL, 10);
		if (r->all[i].pid < 0)
			continue;
		assert_int_equal(r->all[i].pid, last + 1 + lost);
		last = (size_t)r->all[i].pid;
		lost = 0;
	}
}

static void test_compressed_and_kept(void **state)
{
	struct log_rig *r = *state;

	r->options.compress = true;
	r->options.max_bytes = 8 << 10;
	rig_start(r);
	for (int i = 0; i < 40; i++) {
		rig_put_all(r, 11);
		if (i % 5 == 0)
			rig_wait(r, rig_is_written);
	}
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 440);
	assert_true(rig_exists(r, "events.000001.gz"));
	assert_false(rig_exists(r, "events.000001"));
	/* How far it got is found in what is compressed, too. */
	assert_int_equal(unlink(r->path), 0);
	r->options.keep = 2;
	rig_start(r);
	rig_stop(r);
	assert_true(rig_read(r) > 0);
	assert_string_equal(rig_text(&r->all[r->len - 2], "log_open.previous.closed"), "true");
	assert_false(rig_exists(r, "events.000001.gz"));
}

/* Nothing comes after a loss before the loss is told, even if it would fit. */
static void test_a_loss_is_one_gap(void **state)
{
	struct log_rig *r = *state;
	const struct event e = { .kind = EVENT_EXEC };
	size_t len = 2 << 20;
	char *line = calloc(1, len);
	struct recorder_state s;

	assert_non_null(line);
	r->options.queue_bytes = 1 << 20;
	rig_start(r);
	rig_put_all(r, 3);
	rig_wait(r, rig_is_written);
	assert_true(rig_put(r));
	assert_false(recorder_put(r->recorder, line, len, &e, NULL));
	assert_false(rig_put(r)); /* the thread sleeps: nobody has flushed */
	recorder_flush(r->recorder);
	rig_wait(r, rig_is_written);
	rig_put_all(r, 1);
	rig_stop_state(r, &s);
	free(line);
	assert_int_equal(s.lost, 2);
	rig_read(r);
	assert_string_equal(rig_text(rig_find(r, "lost", 0), "lost.total"), "2");
	assert_int_equal(rig_find(r, "lost", 0)[-1].pid, 4);
	assert_int_equal(rig_find(r, "lost", 0)[1].pid, 6);
}

static uint64_t durable(struct log_rig *r)
{
	return recorder_held(r->recorder).durable;
}

static void wait_durable(struct log_rig *r, uint64_t ticket)
{
	for (int ms = 0; durable(r) < ticket; ms++) {
		assert_true(ms < 60000);
		usleep(1000);
	}
}

static void test_durable(void **state)
{
	struct log_rig *r = *state;

	r->options.sync = RECORDER_SYNC_RECORD;
	rig_start(r);
	rig_put_all(r, 4);
	wait_durable(r, 4);
	assert_int_equal(durable(r), 4);
	limit_file(rig_size(r->path));
	rig_put_all(r, 1);
	rig_wait(r, rig_is_in_trouble);
	assert_int_equal(durable(r), 4);
	limit_file(RLIM_INFINITY);
	rig_wait(r, rig_has_recovered);
	rig_stop(r);
}

/* For the recorder too; 0: it does what it should. */
static _Atomic int sync_error;

int fdatasync(int fd)
{
	errno = sync_error;
	return errno ? -1 : (int)syscall(SYS_fdatasync, fd);
}

/* Whatever a later one says, what was written before one failed may not be on the disk. */
static void test_sync_failed(void **state)
{
	static const int errors[] = { EIO, ENOSPC }; /* the file is closed, and is not */
	struct log_rig *r = *state;
	uint64_t put = 0;

	r->options.sync = RECORDER_SYNC_RECORD;
	rig_start(r);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		rig_put_all(r, 3);
		wait_durable(r, put + 3);
		assert_int_equal(recorder_held(r->recorder).doubtful, i ? put : 0);
		sync_error = errors[i];
		rig_put_all(r, 1); /* more might be taken one by one */
		rig_wait(r, rig_is_in_trouble);
		assert_int_equal(durable(r), put + 3);
		sync_error = 0;
		put += 4;
		rig_wait(r, rig_has_recovered);
		wait_durable(r, put);
		assert_int_equal(recorder_held(r->recorder).doubtful, put);
	}
	rig_put_all(r, 1);
	wait_durable(r, put + 1);
	assert_int_equal(recorder_held(r->recorder).doubtful, put);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, put + 1);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_number_not_given_out_twice),
		rig_test(test_rotated_by_size),
		rig_test(test_rotated_by_signal_and_age),
		rig_test(test_not_begun),
		rig_test(test_directory_removed),
		rig_test(test_disk_full),
		rig_test(test_full_when_rotated),
		rig_test(test_full_at_the_end),
		rig_test(test_on_full),
		rig_test(test_queue_full),
		rig_test(test_a_loss_is_one_gap),
		rig_test(test_compressed_and_kept),
		rig_test(test_durable),
		rig_test(test_sync_failed),
	};

	signal(SIGXFSZ, SIG_IGN); /* a file that is as long as it may be is an error then */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
