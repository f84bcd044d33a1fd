// SPDX-License-Identifier: Apache-2.0
/*
 * test_keeper.c - closed files are compressed whole, and the oldest go first
 */
#include "log/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/cleanup.h"
#include "log/compress.h"
#include "log_rig.h"

#define BYTES 100000

static void write_closed(struct log_rig *r, unsigned int number)
{
	char name[32], text[BYTES];

	for (size_t i = 0; i < BYTES; i++)
		text[i] = (char)('a' + (i * number) % 23);
	snprintf(name, sizeof(name), "events.%06u", number);
	rig_write(rig_file(r, name), text, BYTES);
}

static void check_packed(struct log_rig *r, unsigned int number)
{
	char name[32], text[BYTES + 1];
	gzFile file;

	snprintf(name, sizeof(name), "events.%06u.gz", number);
	file = gzopen(rig_file(r, name), "r");
	assert_non_null(file);
	assert_int_equal(gzread(file, text, BYTES + 1), BYTES);
	gzclose(file);
	for (size_t i = 0; i < BYTES; i++)
		assert_int_equal(text[i], 'a' + (i * number) % 23);
	name[13] = '\0';
	assert_false(rig_exists(r, name));
}

static void run_keeper(struct log_rig *r, const struct keeper_options *options)
{
	struct keeper_options o = *options;
	struct keeper *k;

	o.path = r->path;
	rig_write(r->path, "now", 3);
	assert_int_equal(keeper_new(&o, &k), 0);
	keeper_wait(k);
	keeper_free(k);
	assert_true(rig_exists(r, "events"));
}

static void test_compressed(void **state)
{
	const struct keeper_options options = { .compress = true };
	struct log_rig *r = *state;
	struct stat before, after;

	for (unsigned int i = 1; i <= 3; i++)
		write_closed(r, i);
	assert_int_equal(chmod(rig_file(r, "events.000002"), 0640), 0);
	assert_int_equal(stat(rig_file(r, "events.000002"), &before), 0);
	/* One that may be about to become the log, and what a crash left half done. */
	rig_write(rig_file(r, "events.000004"), "", 0);
	rig_write(rig_file(r, "events.000002.gz.tmp"), "half", 4);
	run_keeper(r, &options);
	for (unsigned int i = 1; i <= 3; i++)
		check_packed(r, i);
	assert_int_equal(stat(rig_file(r, "events.000002.gz"), &after), 0);
	assert_int_equal(after.st_mode & 07777, 0640);
	assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
	assert_true(rig_exists(r, "events.000004"));
	assert_false(rig_exists(r, "events.000002.gz.tmp"));
}

/* A crash after the copy got its name and before the file went. */
static void test_both_are_there(void **state)
{
	const struct keeper_options options = { .keep = 10 };
	struct log_rig *r = *state;

	write_closed(r, 1);
	run_keeper(r, &(struct keeper_options){ .compress = true });
	write_closed(r, 1);
	run_keeper(r, &options);
	check_packed(r, 1);
}

static void test_pruned(void **state)
{
	struct log_rig *r = *state;

	for (unsigned int i = 1; i <= 9; i++)
		write_closed(r, i);
	run_keeper(r, &(struct keeper_options){ .keep = 6 });
	assert_false(rig_exists(r, "events.000003"));
	assert_true(rig_exists(r, "events.000004"));
	/* The log itself counts as what it may become. */
	run_keeper(r, &(struct keeper_options){ .max_total = 4 * BYTES, .max_bytes = BYTES });
	assert_false(rig_exists(r, "events.000006"));
	assert_true(rig_exists(r, "events.000007"));
	run_keeper(r, &(struct keeper_options){ .max_total = 1 });
	assert_false(rig_exists(r, "events.000009"));
}

static bool always(void *arg)
{
	(void)arg;
	return true;
}

static void test_stopped(void **state)
{
	struct log_rig *r = *state;
	_cleanup_close_ int dir_fd = open(r->dir, O_RDONLY | O_DIRECTORY);
	const struct closed closed = { .number = 1 };

	write_closed(r, 1);
	assert_int_equal(compress_closed(dir_fd, "events", &closed, always, NULL), -ECANCELED);
	assert_int_equal(rig_size(rig_file(r, "events.000001")), BYTES);
	assert_false(rig_exists(r, "events.000001.gz"));
	assert_false(rig_exists(r, "events.000001.gz.tmp"));
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_compressed),
		rig_test(test_both_are_there),
		rig_test(test_pruned),
		rig_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
