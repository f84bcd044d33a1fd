// SPDX-License-Identifier: Apache-2.0
/*
 * test_append.c - how a log goes on, from file to file, from run to run
 */
#include "log/append.h"

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

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_first_and_last_record),	rig_test(test_goes_on),
		rig_test(test_killed_anywhere),		rig_test(test_killed_at_the_beginning),
		rig_test(test_moved_away_and_reopened), rig_test(test_made_shorter),
		rig_test(test_second_writer),		rig_test(test_older_log),
		rig_test(test_no_log_at_all),		rig_test(test_killed_while_rotating),
	};

	signal(SIGXFSZ, SIG_IGN); /* a file that is as long as it may be is an error then */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
