// SPDX-License-Identifier: Apache-2.0
/*
 * test_recorder.c - what is put is in the log, once and in order, whatever happens
 */
#include "log/recorder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log_rig.h"

static void test_first_and_last_record(void **state)
{
	struct log_rig *r = *state;
	struct stat st;

	rig_start(r);
	rig_put_all(r, 10);
	rig_stop(r);
	assert_int_equal(stat(r->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(rig_read(r), 12);
	rig_check_events(r, 1, 10);
	assert_string_equal(r->all[0].action, "log-open");
	assert_int_equal(r->all[0].seq, 1);
	assert_string_equal(rig_text(&r->all[0], "log_open.reason"), "open");
	assert_string_equal(rig_text(&r->all[0], "log_open.file"), r->path);
	assert_string_equal(rig_text(&r->all[0], "log_open.previous"), "");
	/* A secret in our own options is none of the log's. */
	assert_non_null(strstr(rig_text(&r->all[0], "log_open.options"), "[redacted]"));
	assert_null(strstr(r->all[0].line, "hunter2"));
	assert_string_equal(r->all[11].action, "log-close");
	assert_string_equal(rig_text(&r->all[11], "log_close.reason"), "end");
	assert_string_equal(rig_text(&r->all[11], "log_close.records"), "12");
}

static void test_goes_on(void **state)
{
	struct log_rig *r = *state;
	const struct logged *open;

	for (int run = 0; run < 3; run++) {
		rig_start(r);
		rig_put_all(r, 5);
		rig_stop(r);
	}
	assert_int_equal(rig_read(r), 21);
	rig_check_events(r, 1, 15);
	open = rig_find(r, "log-open", 1);
	assert_int_equal(open->seq, 8);
	assert_string_equal(rig_text(open, "log_open.reason"), "open");
	assert_string_equal(rig_text(open, "log_open.previous.closed"), "true");
	assert_string_not_equal(rig_text(open, "log_open.unrecorded_ns"), "");
}

/* Where the last records of a file begin. */
static size_t offset_of_line(const char *path, size_t from_end)
{
	size_t len = rig_size(path), at;
	char *text = malloc(len);
	FILE *file = fopen(path, "r");

	assert_non_null(text);
	assert_int_equal(fread(text, 1, len, file), len);
	fclose(file);
	for (at = len - 1; at > 0; at--)
		if (text[at - 1] == '\n' && from_end-- == 0)
			break;
	free(text);
	return at;
}

/* Killed after any byte of its last event: what is whole stays, the rest is a fragment. */
static void test_killed_anywhere(void **state)
{
	struct log_rig *r = *state;
	size_t begin, end, cut;
	int round = 0;

	rig_start(r);
	rig_put_all(r, 2);
	rig_stop(r);
	begin = offset_of_line(r->path, 1); /* of the last event */
	end = offset_of_line(r->path, 0);   /* of the log-close */
	for (cut = begin; cut <= end; cut += 1 + (size_t)rand() % 40, round++) {
		char copy[128], command[512];
		const struct logged *open;

		snprintf(copy, sizeof(copy), "%s.keep", r->path);
		snprintf(command, sizeof(command), "cp %s %s", r->path, copy);
		assert_int_equal(system(command), 0);
		assert_int_equal(truncate(r->path, (off_t)cut), 0);
		r->next_pid = cut == end ? 3 : 2;
		rig_start(r);
		rig_put_all(r, 3);
		rig_stop(r);
		rig_read(r);
		rig_check_events(r, 1, cut == end ? 5 : 4);
		open = rig_find(r, "log-open", 1);
		assert_string_equal(rig_text(open, "log_open.reason"), "restart");
		assert_string_equal(rig_text(open, "log_open.previous.closed"), "false");
		if (cut > begin && cut < end) {
			assert_int_equal(atoi(rig_text(open, "log_open.fragment.bytes")),
					 cut - begin);
			assert_int_equal(open[-1].len, cut - begin);
			assert_null(open[-1].root);
		} else {
			assert_string_equal(rig_text(open, "log_open.fragment"), "");
		}
		assert_int_equal(rename(copy, r->path), 0);
	}
	assert_true(round > 10);
}

/* The very first record may be the torn one. */
static void test_killed_at_the_beginning(void **state)
{
	struct log_rig *r = *state;

	rig_start(r);
	rig_stop(r);
	assert_int_equal(truncate(r->path, 40), 0);
	rig_start(r);
	rig_put_all(r, 1);
	rig_stop(r);
	assert_int_equal(rig_read(r), 4);
	assert_null(r->all[0].root);
	assert_int_equal(r->all[1].seq, 1);
	assert_string_equal(rig_text(&r->all[1], "log_open.fragment.bytes"), "40");
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

static void test_moved_away_and_reopened(void **state)
{
	struct log_rig *r = *state;
	const char *moved = rig_file(r, "events.000001");

	rig_start(r);
	rig_put_all(r, 4);
	recorder_reopen(r->recorder); /* it is where it was: nothing happens */
	rig_wait(r, rig_is_written);
	assert_int_equal(rename(r->path, moved), 0);
	rig_put_all(r, 4);
	recorder_reopen(r->recorder);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 8);
	assert_string_equal(rig_text(rig_find(r, "log-close", 0), "log_close.reason"), "reopen");
	assert_string_equal(rig_text(rig_find(r, "log-open", 1), "log_open.reason"), "reopen");
	assert_null(rig_find(r, "log-open", 2));
}

/* As logrotate's copytruncate does. */
static void test_made_shorter(void **state)
{
	struct log_rig *r = *state;
	char command[256];

	rig_start(r);
	rig_put_all(r, 4);
	rig_wait(r, rig_is_written);
	snprintf(command, sizeof(command), "cp %s %s.000001", r->path, r->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(truncate(r->path, 0), 0);
	rig_put_all(r, 4);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 8);
	assert_string_equal(rig_text(rig_find(r, "log-open", 1), "log_open.reason"), "truncated");
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

/* What the queue cannot hold is refused, and told where it is missing. */
static void test_queue_full(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state s;
	size_t refused = 0;

	r->options.queue_bytes = 20000;
	rig_start(r);
	/* Faster than any disk: no flush, and more than fits. */
	for (int i = 0; i < 20000; i++)
		refused += !rig_put(r);
	rig_stop_state(r, &s);
	assert_true(refused > 0);
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

static void test_second_writer(void **state)
{
	struct log_rig *r = *state;
	char pid[32];
	int fds[2];
	pid_t child;
	char c;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		struct why why;
		bool ok = recorder_new(&r->options, &r->recorder, &why) == 0;

		if (write(fds[1], ok ? "y" : "n", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	snprintf(pid, sizeof(pid), "process %d ", child);
	assert_non_null(strstr(rig_refused(r), pid));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(fds[0]);
	close(fds[1]);
	rig_start(r);
	rig_stop(r);
}

static void test_older_log(void **state)
{
	static const char old[] =
		"{\"@timestamp\":\"2026-01-02T03:04:05.000000000Z\",\"a\":{\"b\":1}}\n"
		"{\"@timestamp\":\"2026-01-02T03:04:06.000000000Z\",\"a\":{\"b\":2}}\n";
	struct log_rig *r = *state;

	rig_write(r->path, old, sizeof(old) - 1);
	rig_start(r);
	rig_put_all(r, 3);
	rig_stop(r);
	assert_int_equal(rig_size(rig_file(r, "events.000001")), sizeof(old) - 1);
	assert_int_equal(rig_read(r), 7);
	rig_check_events(r, 1, 3);
	assert_string_equal(rig_text(&r->all[2], "log_open.previous.unchained"), "true");
	assert_string_equal(rig_text(&r->all[2], "log_open.previous.end"),
			    "2026-01-02T03:04:06.000000000Z");
}

static void test_no_log_at_all(void **state)
{
	struct log_rig *r = *state;

	rig_write(r->path, "root:x:0:0:root:/root:/bin/bash\n", 32);
	assert_non_null(strstr(rig_refused(r), "no log of proctrace"));
	assert_int_equal(rig_size(r->path), 32);
}

/* A crash between the steps of a rotation. */
static void test_killed_while_rotating(void **state)
{
	struct log_rig *r = *state;

	/* The next file was made, and did not become the log. */
	rig_start(r);
	rig_put_all(r, 3);
	rig_stop(r);
	rig_write(rig_file(r, "events.000001"), "", 0);
	rig_start(r);
	rig_put_all(r, 3);
	recorder_rotate(r->recorder);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 6);
	assert_true(rig_exists(r, "events.000001"));
	assert_false(rig_exists(r, "events.000002"));
	/* It became the log, and has no record yet. */
	assert_int_equal(truncate(r->path, 0), 0);
	rig_start(r);
	rig_put_all(r, 3);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 9);
	/* Where names cannot be exchanged there may be none. */
	assert_int_equal(rename(r->path, rig_file(r, "events.000002")), 0);
	rig_start(r);
	rig_put_all(r, 3);
	rig_stop(r);
	rig_read(r);
	rig_check_events(r, 1, 12);
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

static void test_durable(void **state)
{
	struct log_rig *r = *state;

	r->options.sync = RECORDER_SYNC_RECORD;
	rig_start(r);
	rig_put_all(r, 4);
	for (int ms = 0; recorder_durable(r->recorder) < 4; ms++) {
		assert_true(ms < 20000);
		usleep(1000);
	}
	assert_int_equal(recorder_durable(r->recorder), 4);
	limit_file(rig_size(r->path));
	rig_put_all(r, 1);
	rig_wait(r, rig_is_in_trouble);
	assert_int_equal(recorder_durable(r->recorder), 4);
	limit_file(RLIM_INFINITY);
	rig_wait(r, rig_has_recovered);
	rig_stop(r);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_first_and_last_record),
		rig_test(test_goes_on),
		rig_test(test_killed_anywhere),
		rig_test(test_killed_at_the_beginning),
		rig_test(test_rotated_by_size),
		rig_test(test_rotated_by_signal_and_age),
		rig_test(test_moved_away_and_reopened),
		rig_test(test_made_shorter),
		rig_test(test_directory_removed),
		rig_test(test_disk_full),
		rig_test(test_full_at_the_end),
		rig_test(test_on_full),
		rig_test(test_queue_full),
		rig_test(test_second_writer),
		rig_test(test_older_log),
		rig_test(test_no_log_at_all),
		rig_test(test_killed_while_rotating),
		rig_test(test_compressed_and_kept),
		rig_test(test_durable),
	};

	signal(SIGXFSZ, SIG_IGN); /* a file that is as long as it may be is an error then */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
