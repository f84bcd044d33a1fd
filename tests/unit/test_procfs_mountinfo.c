// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_mountinfo.c - mountinfo, from memory
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

#include "procfs/mountinfo.h"

#define S(s) STR_LITERAL(s)

static struct buf text;

static int tear_down(void **state)
{
	(void)state;
	buf_done(&text);
	return 0;
}

static void test_mount(void **state)
{
	static const struct {
		struct str line;
		int err;
		struct str root, point, type, source, super;
	} rows[] = {
		{ S("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue"),
		  0, S("/mnt1"), S("/mnt2"), S("ext3"), S("/dev/root"), S("rw,errors=continue") },
		/* No optional word, an empty source, no options of the file system. */
		{ S("36 35 98:0 / / rw - tmpfs  "), 0, S("/"), S("/"), S("tmpfs"), S(""), S("") },
		{ S("36 35 98:0 / /a\\040b\\012\\134\\011\xff rw shared:1 new:2 - fuse.a\\040b x rw"),
		  0, S("/"), S("/a b\n\\\t\xff"), S("fuse.a\\040b"), S("x"), S("rw") },
		/* Not what the kernel escapes: as it stands. */
		{ S("36 35 98:0 / /a\\04\\400\\ rw - t s o"), 0, S("/"), S("/a\\04\\400\\"), S("t"),
		  S("s"), S("o") },
		{ S("36 35 0:3 net:[4026532008] /run/netns/x rw - nsfs nsfs rw"), 0,
		  S("net:[4026532008]"), S("/run/netns/x"), S("nsfs"), S("nsfs"), S("rw") },
		{ .line = S(""), .err = -EBADMSG },
		{ .line = S("3"), .err = -EBADMSG },
		{ .line = S("\xff"), .err = -EBADMSG },
		{ .line = S("4294967296 35 98:0 / / rw - t s o"), .err = -EBADMSG },
		{ .line = S("36 35 980 / / rw - t s o"), .err = -EBADMSG },
		{ .line = S("36 35 98:0 / / rw shared:x - t s o"), .err = -EBADMSG },
		{ .line = S("36 35 98:0 / / rw t s o"), .err = -EBADMSG },
		{ .line = S("36 35 98:0 / / rw -"), .err = -EBADMSG },
		{ .line = S("36 35 98:0 / / rw - t s"), .err = -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_mount m = { .id = 99 };

		assert_int_equal(parse_mount(rows[i].line, &text, &m), rows[i].err);
		if (rows[i].err) {
			assert_int_equal(m.id, 99);
			continue;
		}
		assert_int_equal(m.id, 36);
		assert_true(str_eq(m.root, rows[i].root));
		assert_true(str_eq(m.point, rows[i].point));
		assert_true(str_eq(m.type, rows[i].type));
		assert_true(str_eq(m.source, rows[i].source));
		assert_true(str_eq(m.super_options, rows[i].super));
	}
}

static void test_propagation(void **state)
{
	struct proc_mount m;

	(void)state;
	assert_int_equal(parse_mount(S("4294967295 1 4095:1048575 / / ro,nosuid shared:2 master:3 "
				       "propagate_from:4 unbindable - t s o"),
				     &text, &m),
			 0);
	assert_int_equal(m.id, UINT32_MAX);
	assert_int_equal(m.parent_id, 1);
	assert_int_equal(m.dev_major, 4095);
	assert_int_equal(m.dev_minor, 1048575);
	assert_int_equal(m.shared, 2);
	assert_int_equal(m.master, 3);
	assert_int_equal(m.propagate_from, 4);
	assert_true(m.unbindable);
	assert_true(str_eq(m.options, S("ro,nosuid")));
}

static void test_options(void **state)
{
	struct str rest = S("rw,lowerdir=/a\\054b=c,index=,,x"), name, value;
	static const struct {
		struct str name, value;
	} rows[] = {
		{ S("rw"), S("") },    { S("lowerdir"), S("/a\\054b=c") },
		{ S("index"), S("") }, { S(""), S("") },
		{ S("x"), S("") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(proc_mount_next_option(&rest, &name, &value));
		assert_true(str_eq(name, rows[i].name));
		assert_true(str_eq(value, rows[i].value));
	}
	assert_false(proc_mount_next_option(&rest, &name, &value));
}

/* What overlayfs shows for the directories "/tmp/o a,b:c\d/l" and "/l2", and one with data only. */
static void test_layers(void **state)
{
	static const struct str layers[] = { S("/tmp/o a,b:c\\d/l"), S("/l2"), S("/data") };
	struct buf copy = { 0 };
	struct str rest, path;

	(void)state;
	buf_reset(&text);
	rest = proc_mount_unescape(&text,
				   S("/tmp/o\\040a\\134\\054b\\134:c\\134\\134d/l:/l2::/data"));
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		assert_true(proc_overlay_next_layer(&rest, &copy, &path));
		assert_true(str_eq(path, layers[i]));
	}
	assert_false(proc_overlay_next_layer(&rest, &copy, &path));
	/* A backslash at the end stands for itself. */
	rest = S("a\\");
	assert_true(proc_overlay_next_layer(&rest, &copy, &path));
	assert_true(str_eq(path, S("a\\")));
	rest = S(":");
	assert_false(proc_overlay_next_layer(&rest, &copy, &path));
	buf_done(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mount),
		cmocka_unit_test(test_propagation),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_layers),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
