// SPDX-License-Identifier: Apache-2.0
/*
 * test_place.c - what is no place for evidence is refused, with the reason
 */
#include "log/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log_rig.h"

/* Opens the log of the rig. Returns 0 or the error, with the reason in why. */
static int try_open(const struct log_rig *r, const char *group, struct why *why)
{
	_cleanup_close_ int dir_fd = -1;
	_cleanup_close_ int fd = -1;
	struct place p = { 0 };
	int error = place_init(&p, r->path, group, "/etc/group", why);

	if (error == 0)
		error = place_open_directory(&p, &dir_fd, why);
	if (error == 0)
		error = place_open(&p, dir_fd, &fd, why);
	place_done(&p);
	return error;
}

static void check_refused(const struct log_rig *r, int error, const char *reason)
{
	struct why why;

	assert_int_equal(try_open(r, NULL, &why), error);
	if (!strstr(why.text, reason) || !strstr(why.text, r->path))
		fail_msg("not the reason: %s", why.text);
}

static void check_taken(const struct log_rig *r)
{
	struct why why;

	if (try_open(r, NULL, &why) < 0)
		fail_msg("%s", why.text);
}

static void test_file(void **state)
{
	struct log_rig *r = *state;

	check_taken(r);
	assert_int_equal(chmod(r->path, 0620), 0);
	check_refused(r, -EPERM, "chmod go-w");
	assert_int_equal(chmod(r->path, 0602), 0);
	check_refused(r, -EPERM, "chmod go-w");
	assert_int_equal(chmod(r->path, 0644), 0);
	check_taken(r);
	assert_int_equal(unlink(r->path), 0);

	assert_int_equal(symlink(rig_file(r, "elsewhere"), r->path), 0);
	check_refused(r, -ELOOP, "symbolic link");
	assert_false(rig_exists(r, "elsewhere"));
	assert_int_equal(unlink(r->path), 0);

	assert_int_equal(mkfifo(r->path, 0600), 0);
	check_refused(r, -EINVAL, "no regular file");
	assert_int_equal(unlink(r->path), 0);

	assert_int_equal(mkdir(r->path, 0700), 0);
	check_refused(r, -EISDIR, strerror(EISDIR));
	assert_int_equal(rmdir(r->path), 0);
	check_taken(r);
}

static void test_directory(void **state)
{
	struct log_rig *r = *state;

	assert_int_equal(chmod(r->dir, 0755), 0);
	check_taken(r);
	assert_int_equal(chmod(r->dir, 0775), 0);
	check_refused(r, -EPERM, "install -d -m 700");
	assert_int_equal(chmod(r->dir, 01777), 0);
	check_refused(r, -EPERM, "install -d -m 700");
	assert_int_equal(chmod(r->dir, 0700), 0);
	check_taken(r);
}

static void test_owner(void **state)
{
	struct log_rig *r = *state;

	if (geteuid() != 0)
		skip();
	check_taken(r);
	assert_int_equal(chown(r->path, 12345, 0), 0);
	check_refused(r, -EPERM, "belongs to user 12345");
	assert_int_equal(chown(r->path, 0, 0), 0);
	assert_int_equal(chown(r->dir, 12345, 0), 0);
	check_refused(r, -EPERM, "belongs to user 12345");
	assert_int_equal(chown(r->dir, 0, 0), 0);
	check_taken(r);
}

static void test_group(void **state)
{
	struct log_rig *r = *state;
	char own[16];
	struct why why;
	struct stat st;

	assert_int_equal(try_open(r, "no-such-group", &why), -ENOENT);
	assert_non_null(strstr(why.text, "'no-such-group'"));
	snprintf(own, sizeof(own), "%u", getegid());
	umask(077);
	assert_int_equal(try_open(r, own, &why), 0);
	assert_int_equal(stat(r->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_gid, getegid());
	if (geteuid() != 0)
		return;
	assert_int_equal(try_open(r, "adm", &why), 0); /* of every Debian */
	assert_int_equal(stat(r->path, &st), 0);
	assert_int_not_equal(st.st_gid, getegid());
}

static void test_names(void **state)
{
	static const char *const wrong[] = { "/", "/tmp/", ".", "/tmp/..", "" };
	struct place p;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(place_init(&p, wrong[i], NULL, NULL, &why), -EISDIR);
	assert_int_equal(place_init(&p, "log", NULL, NULL, &why), 0);
	assert_string_equal(p.directory, ".");
	place_done(&p);
	assert_int_equal(place_init(&p, "/log", NULL, NULL, &why), 0);
	assert_string_equal(p.directory, "/");
	assert_string_equal(p.name, "log");
	place_done(&p);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_file),  rig_test(test_directory),	    rig_test(test_owner),
		rig_test(test_group), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
