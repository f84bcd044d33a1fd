// SPDX-License-Identifier: Apache-2.0
/*
 * test_users.c - user names from a passwd file
 */
#include "base/users.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static char dir[] = "/tmp/proctrace-test-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/passwd", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* Replaces the file as vipw(8) does, so that its inode changes. */
static void write_file(const char *text, size_t len)
{
	char tmp[80];
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	f = fopen(tmp, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(tmp, path), 0);
}

#define WRITE(text) write_file((text), sizeof(text) - 1)

static void assert_name(struct users *users, uint32_t uid, struct str expected)
{
	assert_true(str_eq(users_name(users, uid), expected));
}

static struct users *load(void)
{
	struct users *users = NULL;

	assert_int_equal(users_new(path, &users), 0);
	return users;
}

static void test_lookup(void **state)
{
	struct users *users;
	uint32_t uid = 77;

	(void)state;
	WRITE("root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/sh\n"
	      "toor:x:0:0::/:/bin/sh\nalice:x:1001:1::/:/bin/sh\nlast:x:7");
	users = load();
	assert_name(users, 0, STR_LITERAL("root")); /* the first of two */
	assert_name(users, 1000, STR_LITERAL("alice"));
	assert_name(users, 1001, STR_LITERAL("alice"));
	assert_name(users, 5, (struct str){ 0 });
	assert_name(users, UINT32_MAX, (struct str){ 0 });
	assert_int_equal(users_uid(users, "alice", &uid), 0);
	assert_int_equal(uid, 1000);
	assert_int_equal(users_uid(users, "toor", &uid), 0);
	assert_int_equal(uid, 0);
	assert_int_equal(users_uid(users, "bob", &uid), -ENOENT);
	assert_int_equal(users_uid(users, "", &uid), -ENOENT);
	users_free(users);
	users_free(NULL);
}

static void test_hostile_file(void **state)
{
	struct users *users;

	(void)state;
	WRITE("\n:x:1:\n+:x:2:\n-x:x:3:\n#c:x:4:\nno-uid\nx:x:\nx:x:y:\nx:x:-5:\nx:x:6 :\n"
	      "big:x:4294967295:\nbig:x:4294967296:\nbig:x:99999999999:\nmax:x:4294967294:\n"
	      "\xff\x1b[2J\0z:x:8:\n");
	users = load();
	for (uint32_t uid = 0; uid < 8; uid++)
		assert_name(users, uid, (struct str){ 0 });
	assert_name(users, UINT32_MAX, (struct str){ 0 });
	assert_name(users, UINT32_MAX - 1, STR_LITERAL("max"));
	assert_name(users, 8, STR_LITERAL("\xff\x1b[2J\0z"));
	users_free(users);
}

static void test_change(void **state)
{
	uint64_t now_ns = clock_boot_ns();
	struct users *users;

	(void)state;
	WRITE("old:x:1:\n");
	users = load();
	assert_name(users, 1, STR_LITERAL("old"));
	WRITE("new:x:1:\n");
	users_refresh(users, now_ns + NSEC_PER_SEC / 2);
	assert_name(users, 1, STR_LITERAL("old")); /* not a second yet */
	users_refresh(users, now_ns + 2 * NSEC_PER_SEC);
	assert_name(users, 1, STR_LITERAL("new"));
	/* What cannot be read any more leaves what was known. */
	assert_int_equal(unlink(path), 0);
	users_refresh(users, now_ns + 4 * NSEC_PER_SEC);
	assert_name(users, 1, STR_LITERAL("new"));
	assert_int_equal(mkfifo(path, 0600), 0);
	users_refresh(users, now_ns + 6 * NSEC_PER_SEC);
	assert_name(users, 1, STR_LITERAL("new"));
	assert_int_equal(unlink(path), 0);
	WRITE("");
	users_refresh(users, now_ns + 8 * NSEC_PER_SEC);
	assert_name(users, 1, (struct str){ 0 });
	users_free(users);
}

static void test_no_file(void **state)
{
	struct users *users = NULL;

	(void)state;
	assert_int_equal(users_new("/no/such/passwd", &users), 0);
	assert_name(users, 0, (struct str){ 0 });
	users_free(users);
}

static void test_limit(void **state)
{
	FILE *f = fopen(path, "we");
	struct users *users;
	uint32_t uid = 0;

	(void)state;
	assert_non_null(f);
	for (unsigned int i = 0; i <= USERS_MAX; i++)
		fprintf(f, "u%u:x:%u:\n", i, i);
	assert_int_equal(fclose(f), 0);
	users = load();
	assert_int_equal(users_uid(users, "u65535", &uid), 0);
	assert_int_equal(uid, USERS_MAX - 1);
	assert_int_equal(users_uid(users, "u65536", &uid), -ENOENT);
	users_free(users);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup), cmocka_unit_test(test_hostile_file),
		cmocka_unit_test(test_change), cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
