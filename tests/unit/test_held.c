// SPDX-License-Identifier: Apache-2.0
/*
 * test_held.c - lines wait until the log has them, and no longer
 */
#include "cli/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct str line_of(uint64_t number)
{
	static char line[32];

	snprintf(line, sizeof(line), "%010llu\n", (unsigned long long)number);
	return str_of(line);
}

static struct recorder_held up_to(uint64_t durable)
{
	return (struct recorder_held){ .durable = durable };
}

/* Reads what was shown: the lines from first on, n of them. */
static void check_shown(int fd, uint64_t first, uint64_t n)
{
	char line[11];

	for (uint64_t i = 0; i < n; i++) {
		assert_int_equal(read(fd, line, 11), 11);
		assert_int_equal(strtoull(line, NULL, 10), first + i);
	}
}

static void test_in_order(void **state)
{
	struct held h = { 0 };
	struct writer *w;
	uint64_t shown = 0, added = 0;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 7; i++) {
			added++;
			assert_true(held_add(&h, 10 * added, line_of(added)));
		}
		shown += 5;
		assert_int_equal(held_show(&h, up_to(10 * shown + 9), w), 0);
		assert_int_equal(h.count, added - shown);
		writer_flush(w);
		check_shown(fds[0], shown - 4, 5);
	}
	assert_int_equal(held_show(&h, up_to(UINT64_MAX), w), 0);
	assert_int_equal(h.count, 0);
	assert_int_equal(writer_close(w, NULL), 0);
	check_shown(fds[0], shown + 1, added - shown);
	close(fds[0]);
	held_done(&h);
}

/* A log that takes nothing does not fill the memory. */
static void test_limit(void **state)
{
	struct held h = { 0 };
	struct writer *w;
	uint64_t added = 0, before;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	while (held_add(&h, added + 1, line_of(added + 1)))
		added++;
	assert_true(added > HELD_MAX / 40);
	assert_true(h.lines.cap <= 2 * HELD_MAX);
	before = added;
	assert_int_equal(held_show(&h, up_to(100), w), 0);
	assert_true(held_add(&h, added + 1, line_of(added + 1)));
	assert_int_equal(h.count, before - 100 + 1);
	writer_flush(w);
	check_shown(fds[0], 1, 100);
	assert_int_equal(writer_close(w, NULL), 0);
	close(fds[0]);
	held_done(&h);
}

/* What the log may have lost is never shown, not even when later lines are. */
static void test_doubtful(void **state)
{
	struct held h = { 0 };
	struct writer *w;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_new(fds[1], 0, &w), 0);
	for (uint64_t i = 1; i <= 10; i++)
		assert_true(held_add(&h, i, line_of(i)));
	assert_int_equal(held_show(&h, up_to(2), w), 0);
	/* Before anything later is durable, and with it. */
	assert_int_equal(held_show(&h, (struct recorder_held){ 4, 2 }, w), 2);
	assert_int_equal(h.count, 6);
	assert_int_equal(held_show(&h, (struct recorder_held){ 7, 9 }, w), 3);
	assert_int_equal(h.count, 1);
	assert_int_equal(writer_close(w, NULL), 0);
	check_shown(fds[0], 1, 2);
	check_shown(fds[0], 8, 2);
	assert_int_equal(read(fds[0], &(char){ 0 }, 1), 0);
	close(fds[0]);
	held_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
