// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_lines.c - lines of any length, from a folder of our own
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/lines.h"

static char dir[] = "/tmp/proctrace-test-XXXXXX";
static int dir_fd = -1;

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir_fd < 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(dir_fd, "file", 0);
	cleanup_closep(&dir_fd);
	return rmdir(dir);
}

/* A file that has count times the byte, and then the text. */
static void make(size_t count, char byte, const char *text)
{
	_cleanup_close_ int fd =
		openat(dir_fd, "file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	_cleanup_free_ char *bytes = malloc(count + 1);

	assert_true(fd >= 0 && bytes);
	memset(bytes, byte, count + 1);
	assert_int_equal(write(fd, bytes, count), count);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Reads them all: how many there are, the length of the longest, and the last one's first byte. */
static size_t count_lines(size_t *ret_longest, char *ret_last, uint32_t *ret_skipped)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	size_t count = 0;
	struct str line;
	int ret;

	*ret_longest = 0;
	*ret_last = 0;
	assert_int_equal(proc_lines_open(&lines, dir_fd, "file"), 0);
	while ((ret = proc_lines_next(&lines, &line)) == 1) {
		count++;
		*ret_longest = line.len > *ret_longest ? line.len : *ret_longest;
		*ret_last = line.len ? line.p[0] : 0;
	}
	assert_int_equal(ret, 0);
	/* It stays at the end. */
	assert_int_equal(proc_lines_next(&lines, &line), 0);
	*ret_skipped = lines.skipped;
	return count;
}

static void test_lines(void **state)
{
	static const struct {
		size_t bytes;
		const char *text;
		size_t count, longest;
		uint32_t skipped;
	} rows[] = {
		{ 0, "", 0, 0, 0 },
		{ 0, "z", 0, 0, 0 },
		{ 0, "\n", 1, 0, 0 },
		{ 0, "\n\nz\n", 3, 1, 0 },
		{ 0, "\xff\nz", 1, 1, 0 },
		/* The longest there can be, and one byte more; twice as much; and never ended. */
		{ PROC_LINE_MAX - 1, "\nz\n", 2, PROC_LINE_MAX - 1, 0 },
		{ PROC_LINE_MAX, "\nz\n", 1, 1, 1 },
		{ 3 * PROC_LINE_MAX, "\nz\n", 1, 1, 1 },
		{ 3 * PROC_LINE_MAX, "", 0, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t longest;
		uint32_t skipped;
		char last;

		make(rows[i].bytes, 'a', rows[i].text);
		assert_int_equal(count_lines(&longest, &last, &skipped), rows[i].count);
		assert_int_equal(longest, rows[i].longest);
		assert_int_equal(skipped, rows[i].skipped);
		if (rows[i].count > 1)
			assert_int_equal(last, 'z');
	}
}

static void test_many(void **state)
{
	size_t longest;
	uint32_t skipped;
	char last;

	(void)state;
	make(300000, '\n', "z\n");
	assert_int_equal(count_lines(&longest, &last, &skipped), 300001);
	assert_int_equal(last, 'z');
}

static void test_errors(void **state)
{
	struct proc_lines lines = { 0 };
	struct str line;

	(void)state;
	/* A folder without stat is no process. */
	assert_int_equal(proc_lines_open(&lines, dir_fd, "none"), -ESRCH);
	assert_int_equal(proc_lines_next(&lines, &line), 0);
	proc_lines_done(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
