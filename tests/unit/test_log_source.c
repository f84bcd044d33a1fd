// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_source.c - lines of plain and compressed files, and of hostile ones
 */
#include "log/source.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

/* A file of these bytes, at its beginning. */
static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct log_source *source_of(int fd)
{
	struct log_source *s;

	assert_int_equal(log_source_new(fd, &s), 0);
	return s;
}

static void expect_line(struct log_source *s, const char *text, uint64_t number)
{
	struct log_line line;

	assert_int_equal(log_source_next(s, &line), 1);
	assert_int_equal(line.text.len, strlen(text));
	assert_memory_equal(line.text.p, text, line.text.len);
	assert_int_equal(line.number, number);
	assert_false(line.too_long);
}

static void expect_end(struct log_source *s, int error)
{
	struct log_line line;

	assert_int_equal(log_source_next(s, &line), error);
	assert_int_equal(log_source_next(s, &line), error);
}

/* Compressed, as another member of the file. */
static void compress_into(int fd, const char *text, size_t len)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	gzFile gz;

	assert_true(lseek(fd, 0, SEEK_END) >= 0);
	gz = gzdopen(copy, "w");
	assert_non_null(gz);
	assert_int_equal(gzwrite(gz, text, (unsigned int)len), len);
	assert_int_equal(gzclose(gz), Z_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static void lines(void **state)
{
	static const struct {
		const char *text;
		const char *lines[4];
		bool torn; /* the last of them */
	} rows[] = {
		{ "", { NULL }, false },
		{ "\n", { "" }, false },
		{ "a", { "a" }, true },
		{ "a\n", { "a" }, false },
		{ "a\n\nb", { "a", "", "b" }, true },
		{ "\x1f", { "\x1f" }, true },
		{ "\x1f\n\x8b\n", { "\x1f", "\x8b" }, false },
		{ "a\r\nb\n", { "a\r", "b" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_source *s = source_of(file_of(rows[i].text, strlen(rows[i].text)));

		for (int pass = 0; pass < 2; pass++) {
			struct log_line line = { .torn = false };

			for (size_t n = 0; n < 4 && rows[i].lines[n]; n++) {
				assert_int_equal(log_source_next(s, &line), 1);
				assert_int_equal(line.number, n + 1);
				assert_int_equal(line.text.len, strlen(rows[i].lines[n]));
				assert_memory_equal(line.text.p, rows[i].lines[n], line.text.len);
			}
			assert_int_equal(line.torn, rows[i].torn);
			expect_end(s, 0);
			log_source_rewind(s);
		}
		log_source_free(s);
	}
}

static void any_byte(void **state)
{
	struct log_source *s = source_of(file_of("a\0b\n\0\n", 6));
	struct log_line line;

	(void)state;
	assert_int_equal(log_source_next(s, &line), 1);
	assert_int_equal(line.text.len, 3);
	assert_memory_equal(line.text.p, "a\0b", 3);
	assert_int_equal(log_source_next(s, &line), 1);
	assert_int_equal(line.text.len, 1);
	expect_end(s, 0);
	log_source_free(s);
}

/* Read by somebody before, as the standard input of a shell's block. */
static void from_where_it_stands(void **state)
{
	int fd = file_of("first\nsecond\n", 13);
	struct log_source *s;

	(void)state;
	assert_int_equal(lseek(fd, 6, SEEK_SET), 6);
	s = source_of(fd);
	expect_line(s, "second", 1);
	log_source_rewind(s);
	expect_line(s, "second", 1);
	log_source_free(s);
}

/* Exactly as long as may be, and one more; what follows is not lost. */
static void long_lines(void **state)
{
	size_t sizes[] = { LOG_LINE_MAX, LOG_LINE_MAX + 1, 3 * LOG_LINE_MAX };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *data = malloc(sizes[i] + 7);
		struct log_source *s;
		struct log_line line;

		assert_non_null(data);
		memset(data, 'x', sizes[i]);
		memcpy(data + sizes[i], "\nafter\n", 7);
		s = source_of(file_of(data, sizes[i] + 7));
		assert_int_equal(log_source_next(s, &line), 1);
		assert_int_equal(line.too_long, i > 0);
		assert_int_equal(line.text.len, i ? 0 : LOG_LINE_MAX);
		expect_line(s, "after", 2);
		expect_end(s, 0);
		log_source_free(s);
		free(data);
	}
}

/* A terabyte of nothing takes no memory, and its beginning is told at once. */
static void sparse(void **state)
{
	int fd = file_of("a\n", 2);
	struct log_source *s;
	struct log_line line;

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	s = source_of(fd);
	expect_line(s, "a", 1);
	assert_int_equal(log_source_next(s, &line), 1);
	assert_true(line.too_long);
	log_source_free(s);
}

static void compressed(void **state)
{
	int fd = file_of("", 0);
	struct log_source *s;

	(void)state;
	compress_into(fd, "a\nb\n", 4);
	compress_into(fd, "c\nd", 3); /* another member, as "cat a.gz b.gz" makes it */
	s = source_of(fd);
	for (int pass = 0; pass < 2; pass++) {
		expect_line(s, "a", 1);
		expect_line(s, "b", 2);
		expect_line(s, "c", 3);
		expect_line(s, "d", 4);
		expect_end(s, 0);
		log_source_rewind(s);
	}
	log_source_free(s);
}

/* 256 MiB of one line, from 256 KiB: it costs itself. */
static void bomb(void **state)
{
	static char zeros[1 << 20];
	int fd = file_of("", 0);
	gzFile gz = gzdopen(fcntl(fd, F_DUPFD_CLOEXEC, 3), "w1");
	struct log_source *s;
	struct log_line line;

	(void)state;
	for (int i = 0; i < 256; i++)
		assert_int_equal(gzwrite(gz, zeros, sizeof(zeros)), sizeof(zeros));
	assert_int_equal(gzwrite(gz, "\nafter\n", 7), 7);
	assert_int_equal(gzclose(gz), Z_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	s = source_of(fd);
	assert_int_equal(log_source_next(s, &line), 1);
	assert_true(line.too_long);
	expect_line(s, "after", 2);
	expect_end(s, 0);
	log_source_free(s);
}

/* Everything before the place is given; then the error, for good. */
static void damaged_gzip(void **state)
{
	char text[3000];
	int fd = file_of("", 0);
	struct log_source *s;
	off_t len;

	(void)state;
	srandom(1);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 10 == 9 ? '\n' : (char)('a' + random() % 26);
	compress_into(fd, text, sizeof(text));
	len = lseek(fd, 0, SEEK_END);

	/* One byte less: the check sum at the end is not whole. */
	assert_int_equal(ftruncate(fd, len - 1), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	s = source_of(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	for (uint64_t i = 1; i <= sizeof(text) / 10; i++) {
		char line[10] = "";

		memcpy(line, text + (i - 1) * 10, 9);
		expect_line(s, line, i);
	}
	expect_end(s, -ENODATA);
	log_source_free(s);

	/* Another length than what was compressed. */
	assert_int_equal(pwrite(fd, "x", 1, len - 1), 1);
	s = source_of(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	for (struct log_line line;;) {
		int r = log_source_next(s, &line);

		if (r == 1)
			continue;
		assert_int_equal(r, -EBADMSG);
		break;
	}
	log_source_free(s);
	close(fd);
}

static void not_gzip_at_all(void **state)
{
	int fd = file_of("\x1f\x8b nothing of the kind\n", 23);
	struct log_source *s = source_of(fd);

	(void)state;
	expect_end(s, -EBADMSG);
	log_source_free(s);
}

/* No line waits for the next, nor for a full buffer. */
static void stream(void **state)
{
	int ends[2];
	struct log_source *s;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	s = source_of(ends[0]);
	assert_true(log_source_is_stream(s));
	assert_int_equal(write(ends[1], "a\nb\nc", 5), 5);
	expect_line(s, "a", 1);
	assert_true(log_source_has_line(s));
	expect_line(s, "b", 2);
	assert_false(log_source_has_line(s));
	assert_int_equal(write(ends[1], "d\n", 2), 2);
	expect_line(s, "cd", 3);
	close(ends[1]);
	expect_end(s, 0);
	log_source_free(s);
}

static void read_error(void **state)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC); /* address 0 cannot be read */
	struct log_source *s;

	(void)state;
	if (fd < 0)
		skip();
	s = source_of(fd);
	expect_end(s, -EIO);
	log_source_free(s);
}

/* What comes once is kept, and read twice. */
static void kept(void **state)
{
	struct log_source *s;
	bool reading;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a\nb\n", 4), 4);
	close(ends[1]);
	s = source_of(ends[0]);
	assert_int_equal(log_source_keep(s, &reading), 0);
	for (int pass = 0; pass < 2; pass++) {
		expect_line(s, "a", 1);
		expect_line(s, "b", 2);
		expect_end(s, 0);
		log_source_rewind(s);
	}
	log_source_free(s);
}

/* The beginning of a line is kept until the rest of it comes. */
static void growing(void **state)
{
	int fd = file_of("a\nb", 3);
	struct log_source *s = source_of(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	struct log_line line;

	(void)state;
	assert_int_equal(log_source_follow(s, &line), 1);
	assert_int_equal(log_source_follow(s, &line), 0);
	assert_int_equal(log_source_follow(s, &line), 0);
	assert_int_equal(pwrite(fd, "c\nd\n", 4, 3), 4);
	assert_int_equal(log_source_follow(s, &line), 1);
	assert_int_equal(line.text.len, 2);
	assert_memory_equal(line.text.p, "bc", 2);
	assert_int_equal(line.number, 2);
	assert_int_equal(log_source_follow(s, &line), 1);
	assert_int_equal(log_source_follow(s, &line), 0);
	assert_int_equal(log_source_offset(s), 7);
	log_source_free(s);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(any_byte),
		cmocka_unit_test(from_where_it_stands),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(sparse),
		cmocka_unit_test(compressed),
		cmocka_unit_test(bomb),
		cmocka_unit_test(damaged_gzip),
		cmocka_unit_test(not_gzip_at_all),
		cmocka_unit_test(stream),
		cmocka_unit_test(read_error),
		cmocka_unit_test(kept),
		cmocka_unit_test(growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
