// SPDX-License-Identifier: Apache-2.0
/*
 * test_closed.c - which files are closed ones of a log, and which comes first
 */
#include "log/closed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log_rig.h"

static void test_names(void **state)
{
	/* Only names that closed_name() would make, in the order of their numbers. */
	static const char *const ours[] = {
		"events.000001",    "events.000009.gz", "events.000010",
		"events.000010.gz", "events.999999.gz", "events.1000000"
	};
	static const char *const others[] = {
		"events.1",	     "events.00001",
		"events.0000001",    "events.000000",
		"events.000002.bz2", "events.000002.gz.",
		"events.000002a",    "events.-00002",
		"events000002",	     "event.000002",
		"events.000003~",    "events.log",
		"events.0x0002",     "events.99999999999999999999",
	};
	struct log_rig *r = *state;
	_cleanup_close_ int dir_fd = open(r->dir, O_RDONLY | O_DIRECTORY);
	_cleanup_free_ struct closed *list = NULL;
	struct closed last;
	char name[CLOSED_NAME_MAX];
	size_t len, at = 0;

	assert_int_equal(closed_last(dir_fd, "events", &last), 0);
	assert_int_equal(last.number, 0);
	assert_int_equal(closed_remove_oldest(dir_fd, "events"), -ENOENT);
	for (size_t i = sizeof(ours) / sizeof(ours[0]); i-- > 0;)
		rig_write(rig_file(r, ours[i]), "x", 1);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		rig_write(rig_file(r, others[i]), "x", 1);
	rig_write(rig_file(r, "events.000011.gz.tmp"), "x", 1);
	assert_int_equal(mkdir(rig_file(r, "events.000012"), 0700), 0);
	assert_int_equal(symlink("events.log", rig_file(r, "events.000013")), 0);

	assert_int_equal(closed_list(dir_fd, "events", &list, &len), 0);
	for (size_t i = 0; i < len; i++) {
		if (list[i].undone) {
			assert_int_equal(list[i].number, 11);
			continue;
		}
		assert_int_equal(closed_name_of(name, "events", &list[i]), 0);
		assert_string_equal(name, ours[at++]);
	}
	assert_int_equal(at, sizeof(ours) / sizeof(ours[0]));
	assert_int_equal(closed_last(dir_fd, "events", &last), 0);
	assert_int_equal(last.number, 1000000);
	assert_int_equal(closed_remove_oldest(dir_fd, "events"), 0);
	assert_false(rig_exists(r, "events.000001"));
	assert_true(rig_exists(r, "events.000009.gz"));
	rmdir(rig_file(r, "events.000012"));
}

static void test_too_long(void **state)
{
	char name[CLOSED_NAME_MAX], log_name[CLOSED_NAME_MAX];

	(void)state;
	memset(log_name, 'x', sizeof(log_name));
	log_name[249] = '\0';
	assert_int_equal(closed_name(name, log_name, 1, ""), -ENAMETOOLONG);
	log_name[248] = '\0';
	assert_int_equal(closed_name(name, log_name, 1, ""), 0);
	assert_int_equal(strlen(name), 255);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_names),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
