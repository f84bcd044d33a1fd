// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_follow.c - a log is followed through rotation: nothing missed, nothing twice
 */
#include "log/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "log/chain.h"

static char dir[] = "/tmp/test_log_follow.XXXXXX";
static unsigned int written; /* the last number */

static int set_up(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") < 0 || system(command) ? -1 : 0;
}

static int clean(void **state)
{
	(void)state;
	written = 0;
	return system("rm -rf -- *");
}

/* A record with the next number. */
static void append(const char *name)
{
	FILE *file = fopen(name, "a");

	assert_non_null(file);
	written++;
	fprintf(file, "{\"proctrace\":{\"schema\":1,\"log\":{\"seq\":%u,\"chain\":\"%064d\"}}}\n",
		written, 0);
	assert_int_equal(fclose(file), 0);
}

static void append_text(const char *name, const char *text)
{
	FILE *file = fopen(name, "a");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void compress_file(const char *name)
{
	char text[4096], gz_name[64];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, text, sizeof(text));
	gzFile gz;

	assert_true(len > 0);
	close(fd);
	snprintf(gz_name, sizeof(gz_name), "%s.gz", name);
	gz = gzopen(gz_name, "w");
	assert_int_equal(gzwrite(gz, text, (unsigned int)len), len);
	assert_int_equal(gzclose(gz), Z_OK);
	assert_int_equal(unlink(name), 0);
}

struct reader {
	struct log_files *files;
	struct follow *follow;
	uint64_t seq;	/* of the last record */
	size_t strange; /* lines that are none */
};

static void open_log(struct reader *r, const char *name)
{
	struct log_line line;

	*r = (struct reader){ 0 };
	assert_int_equal(log_files_open(&name, 1, NULL, NULL, &r->files), 0);
	while (log_source_follow(log_files_at(r->files, 0)->source, &line) == 1)
		r->seq++;
	assert_int_equal(follow_new(log_files_at(r->files, 0), &r->follow), 0);
}

static void close_log(struct reader *r)
{
	follow_free(r->follow);
	log_files_free(r->files);
}

/* Reads what is there; every number once, in order, up to the last that was written. */
static void catch_up(struct reader *r)
{
	for (;;) {
		struct chain_parts parts;
		struct log_line line;
		int n = follow_next(r->follow, r->seq, &line);

		if (n == 0)
			break;
		if (n == -EAGAIN)
			continue;
		assert_int_equal(n, 1);
		if (!chain_split(line.text, &parts)) {
			r->strange++;
			continue;
		}
		assert_int_equal(parts.seq, r->seq + 1);
		r->seq = parts.seq;
	}
	assert_int_equal(r->seq, written);
}

static void appended(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	open_log(&r, "l");
	catch_up(&r);
	append("l");
	append("l");
	catch_up(&r);
	assert_int_equal(follow_wait(r.follow, -1, NULL), 0); /* told of what was appended */
	close_log(&r);
}

static void rotated(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	open_log(&r, "l");
	append("l");
	assert_int_equal(rename("l", "l.000001"), 0);
	append("l.000001"); /* the writer ends the old one */
	catch_up(&r);
	append("l");
	catch_up(&r);
	assert_string_equal(follow_name(r.follow), "l");
	close_log(&r);
}

/* Several times before anybody looked, and compressed. */
static void rotated_often(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	open_log(&r, "l");
	append("l");
	rename("l", "l.000001");
	compress_file("l.000001");
	append("l");
	append("l");
	rename("l", "l.000002");
	compress_file("l.000002");
	append("l");
	rename("l", "l.000003");
	append("l");
	catch_up(&r);
	append("l");
	catch_up(&r);
	close_log(&r);
}

/* The new file is there before its first record is. */
static void empty_at_first(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	open_log(&r, "l");
	rename("l", "l.000001");
	append_text("l", "");
	catch_up(&r);
	append("l");
	catch_up(&r);
	close_log(&r);
}

/* The beginning of a line is not taken for one, unless its file ends with it. */
static void torn(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	open_log(&r, "l");
	append_text("l", "{\"proctrace\"");
	catch_up(&r);
	assert_int_equal(r.strange, 0);
	append_text("l", ":{}}\n");
	catch_up(&r);
	assert_int_equal(r.strange, 1);
	append_text("l", "{\"proctrace\"");
	catch_up(&r);
	rename("l", "l.000001");
	append("l");
	catch_up(&r);
	assert_int_equal(r.strange, 2);
	close_log(&r);
}

/* logrotate's copytruncate. */
static void cut(void **state)
{
	struct reader r;

	(void)state;
	append("l");
	append("l");
	open_log(&r, "l");
	assert_int_equal(truncate("l", 0), 0);
	catch_up(&r);
	append("l");
	catch_up(&r);
	close_log(&r);
}

static void what_cannot_go_on(void **state)
{
	const char *name = "l.gz";
	struct log_files *files;
	struct follow *follow;
	struct log_line line;

	(void)state;
	append("l");
	compress_file("l");
	assert_int_equal(log_files_open(&name, 1, NULL, NULL, &files), 0);
	assert_int_equal(log_source_follow(log_files_at(files, 0)->source, &line), 1);
	assert_int_equal(follow_new(log_files_at(files, 0), &follow), -EINVAL);
	log_files_free(files);
}

/* Nobody reads the lines any more. */
static void reader_gone(void **state)
{
	struct reader r;
	int ends[2];

	(void)state;
	append("l");
	open_log(&r, "l");
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(follow_wait(r.follow, ends[1], NULL), -EPIPE);
	close(ends[1]);
	close_log(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(appended, clean),
		cmocka_unit_test_setup(rotated, clean),
		cmocka_unit_test_setup(rotated_often, clean),
		cmocka_unit_test_setup(empty_at_first, clean),
		cmocka_unit_test_setup(torn, clean),
		cmocka_unit_test_setup(cut, clean),
		cmocka_unit_test_setup(what_cannot_go_on, clean),
		cmocka_unit_test_setup(reader_gone, clean),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
