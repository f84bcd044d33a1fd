// SPDX-License-Identifier: Apache-2.0
/*
 * test_mount_table.c - mounts as a tree, and where they are in another one
 */
#include "inspect/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"

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
	unlinkat(dir_fd, "mountinfo", 0);
	cleanup_closep(&dir_fd);
	return rmdir(dir);
}

static void make(struct mount_table *t, const char *text)
{
	_cleanup_close_ int fd =
		openat(dir_fd, "mountinfo", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(mount_table_read(dir_fd, t), 0);
}

/* "id:depth …" in the order of the walk */
static void assert_walk(const struct mount_table *t, const char *expected)
{
	char found[4096] = "";

	for (size_t i = mount_table_first(t); i != MOUNT_NONE; i = mount_table_next(t, i))
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%u:%u ",
			 t->list[i].mount.id, t->list[i].depth);
	assert_string_equal(found, expected);
}

#define LINE(id, parent) #id " " #parent " 0:1 / /" #id " rw - t s rw\n"

static void test_tree(void **state)
{
	static const struct {
		const char *text;
		const char *walk;
	} rows[] = {
		{ "", "" },
		{ "x", "" },
		{ LINE(1, 0), "1:1 " },
		{ LINE(1, 1), "1:1 " },
		{ LINE(1, 0) LINE(2, 1) LINE(3, 1) LINE(4, 2), "1:1 2:2 4:3 3:2 " },
		/* Children before their parents, and two trees. */
		{ LINE(4, 2) LINE(3, 1) LINE(2, 1) LINE(1, 0) LINE(9, 8), "1:1 3:2 2:2 4:3 9:1 " },
		/* Rings, which no kernel writes, and what hangs on them. */
		{ LINE(1, 2) LINE(2, 1), "2:1 1:2 " },
		{ LINE(1, 2) LINE(2, 3) LINE(3, 1) LINE(4, 1) LINE(5, 4), "3:1 2:2 1:3 4:4 5:5 " },
		{ LINE(5, 4) LINE(4, 1) LINE(1, 2) LINE(2, 3) LINE(3, 1), "3:1 2:2 1:3 4:4 5:5 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mount_table t;

		make(&t, rows[i].text);
		assert_walk(&t, rows[i].walk);
		mount_table_done(&t);
	}
}

static void test_find(void **state)
{
	struct mount_table t;

	(void)state;
	make(&t, LINE(7, 0) "malformed\n" LINE(3, 7));
	assert_int_equal(t.malformed, 1);
	assert_true(str_eq(mount_table_find(&t, 3)->mount.point, STR_LITERAL("/3")));
	assert_int_equal(mount_table_find(&t, 7)->mount.id, 7);
	assert_null(mount_table_find(&t, 4));
	assert_null(mount_table_find(&t, 0));
	assert_null(mount_table_find(&t, UINT32_MAX));
	mount_table_done(&t);
	assert_int_equal(unlinkat(dir_fd, "mountinfo", 0), 0);
	assert_int_equal(mount_table_read(dir_fd, &t), -ESRCH);
	mount_table_done(&t);
}

#define HOST                                                \
	"1 0 8:1 / / rw - ext4 a rw\n"                      \
	"2 1 8:2 / /data rw - ext4 b rw\n"                  \
	"3 1 8:1 /srv/x /mnt/x rw - ext4 a rw\n"            \
	"4 1 8:3 /sub /covered rw - ext4 c rw\n"            \
	"5 1 0:9 / /covered rw - tmpfs t rw\n"              \
	"6 1 8:1 /home/u /data/home rw - ext4 a rw\n"       \
	"7 1 0:8 net:[4026532008] /run/ns rw - nsfs n rw\n" \
	"8 1 0:9 / /srv/hidden rw - tmpfs t rw\n"

static void test_locate(void **state)
{
	static const struct {
		uint32_t major, minor;
		const char *root;
		const char *expected; /* NULL: nowhere */
	} rows[] = {
		{ 8, 1, "/", "/" },
		{ 8, 1, "/srv/x", "/srv/x" },
		{ 8, 1, "/srv/x/y", "/srv/x/y" },
		{ 8, 2, "/", "/data" },
		{ 8, 2, "/vol", "/data/vol" },
		{ 8, 2, "/homes", "/data/homes" },
		/* Something else is mounted over it. */
		{ 8, 2, "/home", NULL },
		{ 8, 3, "/sub", NULL },
		{ 8, 1, "/srv/hidden/z", NULL },
		/* By its longer way in, because the shorter one is covered: the root's /data is another. */
		{ 8, 1, "/home/u/d", "/home/u/d" },
		{ 8, 1, "/data/q", NULL },
		{ 8, 3, "/subx", NULL },
		{ 8, 4, "/", NULL },
		{ 0, 8, "net:[4026532008]", "/run/ns" },
		{ 0, 8, "net:[4026532009]", NULL },
		{ 0, 9, "/", "/covered" },
	};
	struct mount_table t;

	(void)state;
	make(&t, HOST);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct proc_mount m = { .dev_major = rows[i].major,
					      .dev_minor = rows[i].minor,
					      .root = str_of(rows[i].root) };
		struct buf path = { 0 };
		bool found = mount_table_locate(&t, &m, 0, &path);

		assert_int_equal(found, rows[i].expected != NULL);
		if (found)
			assert_true(
				str_eq(str_from(path.data, path.len), str_of(rows[i].expected)));
		else
			assert_int_equal(path.len, 0);
		buf_done(&path);
	}
	mount_table_done(&t);
}

static void test_not_itself(void **state)
{
	struct mount_table t;
	struct buf path = { 0 };

	(void)state;
	make(&t, HOST);
	assert_false(mount_table_locate(&t, &t.list[1].mount, 2, &path));
	assert_true(mount_table_locate(&t, &t.list[2].mount, 3, &path));
	assert_true(str_eq(str_from(path.data, path.len), STR_LITERAL("/srv/x")));
	buf_done(&path);
	mount_table_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_locate),
		cmocka_unit_test(test_not_itself),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
