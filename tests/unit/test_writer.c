// SPDX-License-Identifier: Apache-2.0
/*
 * test_writer.c - nothing that was taken is lost, and nothing ever blocks the caller
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sink/writer.h"

#define DEADLINE_MS 10000

/* Waits until there is something to read, or the other end is closed. */
static void wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
}

struct reader {
	pthread_t thread;
	int fd;
	uint64_t lines;
	bool in_order;
};

/* Reads numbered lines up to the end. */
static void *read_lines(void *arg)
{
	struct reader *r = arg;
	FILE *file = fdopen(r->fd, "r");
	char line[64];

	r->in_order = true;
	while (fgets(line, sizeof(line), file)) {
		if (strtoull(line, NULL, 10) != r->lines || !strchr(line, '\n'))
			r->in_order = false;
		r->lines++;
	}
	fclose(file);
	return NULL;
}

static bool put_number(struct writer *w, uint64_t number)
{
	char line[32];
	int n = snprintf(line, sizeof(line), "%020llu\n", (unsigned long long)number);

	return writer_put(w, line, (size_t)n);
}

/* Through a descriptor of any kind: all lines, in order; those refused are tried again. */
static void check_stream(int read_fd, int write_fd, size_t limit)
{
	enum { LINES = 200000 };
	struct reader r = { .fd = read_fd };
	struct writer *w;

	assert_int_equal(writer_new(write_fd, limit, &w), 0);
	assert_int_equal(pthread_create(&r.thread, NULL, read_lines, &r), 0);
	for (uint64_t i = 0; i < LINES; i++) {
		while (!put_number(w, i)) {
			writer_flush(w);
			sched_yield();
		}
		if (i % 1000 == 0)
			writer_flush(w);
	}
	assert_int_equal(writer_close(w, NULL), 0);
	pthread_join(r.thread, NULL);
	assert_int_equal(r.lines, LINES);
	assert_true(r.in_order);
}

static void test_streams(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	check_stream(fds[0], fds[1], 0);
	assert_int_equal(pipe(fds), 0);
	check_stream(fds[0], fds[1], 100); /* a tiny queue */
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	fcntl(fds[0], F_SETFL, 0);
	check_stream(fds[0], fds[1], 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	check_stream(fds[0], fds[1], 4096);
}

/* Each write(2) holds whole lines: SOCK_SEQPACKET keeps the borders of writes. */
static void test_each_write_holds_whole_lines(void **state)
{
	enum { LINES = 5000 };
	char *packet = malloc(1 << 20);
	uint64_t next = 0;
	struct writer *w;
	int fds[2];

	(void)state;
	assert_non_null(packet);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	for (uint64_t i = 0; i < LINES; i++) {
		assert_true(put_number(w, i));
		if (i % 777 == 0)
			writer_flush(w);
	}
	writer_flush(w);
	while (next < LINES) {
		ssize_t n = read(fds[0], packet, 1 << 20);

		assert_true(n > 0 && n % 21 == 0);
		for (ssize_t off = 0; off < n; off += 21)
			assert_int_equal(strtoull(packet + off, NULL, 10), next++);
	}
	assert_int_equal(writer_close(w, NULL), 0);
	close(fds[0]);
	free(packet);
}

/* A pipe that takes no more; returns how many bytes are in it. */
static size_t fill(int fd)
{
	char page[4096] = "";
	size_t len = 0;
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = write(fd, page, sizeof(page))) > 0)
		len += (size_t)n;
	fcntl(fd, F_SETFL, 0);
	return len;
}

/*
 * A full queue takes nothing, says so, and everything it took before still arrives. What
 * the thread has taken and not written counts as well.
 */
static void test_full_queue(void **state)
{
	struct reader r = { 0 };
	struct writer *w;
	uint64_t taken = 0;
	char page[4096];
	size_t len;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	len = fill(fds[1]);
	assert_int_equal(writer_new(fds[1], 50000, &w), 0);
	assert_false(writer_put(w, "too long", 50001));
	for (int i = 0; i < 50; i++) {
		while (put_number(w, taken))
			taken++;
		writer_flush(w);
		poll(NULL, 0, 1); /* time for the thread to take what is queued, if it would */
	}
	assert_int_equal(taken, 50000 / 21);
	assert_int_equal(writer_error(w), 0);
	for (; len; len -= sizeof(page))
		assert_int_equal(read(fds[0], page, sizeof(page)), sizeof(page));
	r.fd = fds[0];
	assert_int_equal(pthread_create(&r.thread, NULL, read_lines, &r), 0);
	assert_int_equal(writer_close(w, NULL), 0);
	pthread_join(r.thread, NULL);
	assert_int_equal(r.lines, taken);
	assert_true(r.in_order);
}

static void test_flush_is_enough(void **state)
{
	struct writer *w;
	char out[8];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	for (int i = 0; i < 2000; i++) {
		assert_true(writer_put(w, "x\n", 2));
		writer_flush(w);
		wait_readable(fds[0]);
		assert_int_equal(read(fds[0], out, sizeof(out)), 2);
	}
	assert_int_equal(writer_close(w, NULL), 0);
	close(fds[0]);
}

/* A line that could not be made whole is taken back, and those around it stay. */
static void test_line_that_failed(void **state)
{
	char out[16] = "";
	struct writer *w;
	struct buf *lines;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	assert_true(writer_put(w, "a\n", 2));
	lines = writer_begin(w);
	assert_non_null(lines);
	buf_puts(lines, "half a li");
	lines->failed = true;
	assert_false(writer_end(w));
	assert_true(writer_put(w, "b\n", 2));
	assert_int_equal(writer_close(w, NULL), 0);
	assert_int_equal(read(fds[0], out, sizeof(out)), 4);
	assert_string_equal(out, "a\nb\n");
	close(fds[0]);
}

/* Waits for the error with a deadline. */
static int error_of(struct writer *w)
{
	for (int i = 0; i < DEADLINE_MS && !writer_error(w); i++)
		poll(NULL, 0, 1);
	return writer_error(w);
}

static void test_closed_pipe(void **state)
{
	struct writer *w;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	close(fds[0]);
	assert_true(writer_put(w, "x\n", 2));
	writer_flush(w);
	assert_int_equal(error_of(w), -EPIPE); /* and no SIGPIPE ended the test */
	assert_false(writer_put(w, "x\n", 2));
	assert_int_equal(writer_close(w, NULL), -EPIPE);
}

static void test_full_disk_and_reopen(void **state)
{
	struct writer *w;
	char out[8] = "";
	int fds[2];
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(writer_new(fd, 0, &w), 0);
	assert_true(writer_put(w, "x\n", 2));
	writer_flush(w);
	assert_int_equal(error_of(w), -ENOSPC);
	assert_int_equal(pipe(fds), 0);
	writer_reopen(w, fds[1]);
	assert_true(writer_put(w, "y\n", 2));
	assert_int_equal(writer_close(w, NULL), -ENOSPC); /* the first error is remembered */
	assert_int_equal(read(fds[0], out, sizeof(out)), 2);
	assert_string_equal(out, "y\n");
	close(fds[0]);
}

static void test_reopen_splits_where_it_was_called(void **state)
{
	struct reader old = { 0 }, new = { 0 };
	struct writer *w;
	int first[2], unused[2], second[2];
	char c;

	(void)state;
	for (int round = 0; round < 200; round++) {
		assert_int_equal(pipe(first), 0);
		assert_int_equal(pipe(unused), 0);
		assert_int_equal(pipe(second), 0);
		assert_int_equal(writer_new(first[1], 0, &w), 0);
		for (uint64_t i = 0; i < 100; i++)
			assert_true(put_number(w, i));
		writer_reopen(w, unused[1]); /* replaced at once, perhaps before it was taken */
		writer_reopen(w, second[1]);
		for (uint64_t i = 0; i < 50; i++)
			assert_true(put_number(w, i));
		assert_int_equal(writer_close(w, NULL), 0);
		old = (struct reader){ .fd = first[0] };
		new = (struct reader){ .fd = second[0] };
		read_lines(&old);
		read_lines(&new);
		assert_int_equal(read(unused[0], &c, 1), 0); /* closed, and empty */
		close(unused[0]);
		assert_true(old.lines == 100 && old.in_order);
		assert_true(new.lines == 50 && new.in_order);
	}
}

static void test_close_of_nothing(void **state)
{
	struct writer *w;
	int fds[2];
	char c;

	(void)state;
	assert_int_equal(writer_close(NULL, NULL), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	assert_int_equal(writer_close(w, NULL), 0);
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_each_write_holds_whole_lines),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_flush_is_enough),
		cmocka_unit_test(test_line_that_failed),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_full_disk_and_reopen),
		cmocka_unit_test(test_reopen_splits_where_it_was_called),
		cmocka_unit_test(test_close_of_nothing),
	};

	signal(SIGPIPE, SIG_DFL); /* whoever started this may have it ignored */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
