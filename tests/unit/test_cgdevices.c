// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgdevices.c - the lines of devices.list
 */
#include "inspect/cgdevices.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROW(text)                      \
	{                              \
		text, sizeof(text) - 1 \
	}

static void test_lines(void **state)
{
	static const struct {
		struct str line;
		int err;
		const char *device, *name;
		bool all, read, write, mknod;
	} rows[] = {
		{ ROW("a *:* rwm"), 0, "a *:*", NULL, true, true, true, true },
		{ ROW("c 1:3 rwm"), 0, "c 1:3", "null", false, true, true, true },
		{ ROW("c 136:* rw"), 0, "c 136:*", "pts/*", false, true, true, false },
		{ ROW("b *:* m"), 0, "b *:*", NULL, false, false, false, true },
		{ ROW("b 4294967295:0 r"), 0, "b 4294967295:0", NULL, false, true, false, false },
		{ .line = ROW("b 4294967296:0 r"), .err = -EBADMSG },
		{ .line = ROW("c 1:3 rwx"), .err = -EBADMSG },
		{ .line = ROW("c 1:3 "), .err = -EBADMSG },
		{ .line = ROW("c 1:3"), .err = -EBADMSG },
		{ .line = ROW("c 13 r"), .err = -EBADMSG },
		{ .line = ROW("c :3 r"), .err = -EBADMSG },
		{ .line = ROW("c 1:\033 r"), .err = -EBADMSG },
		{ .line = ROW("d 1:3 r"), .err = -EBADMSG },
		{ .line = ROW("cc 1:3 r"), .err = -EBADMSG },
		{ .line = ROW("c"), .err = -EBADMSG },
		{ .line = ROW("\xff"), .err = -EBADMSG },
		{ .line = ROW("\0 1:3 r"), .err = -EBADMSG },
		{ .err = -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cgdevice device = { .name = "untouched" };

		assert_int_equal(parse_cgdevice(rows[i].line, &device), rows[i].err);
		if (rows[i].err) {
			assert_string_equal(device.name, "untouched");
			continue;
		}
		assert_true(str_eq(device.device, str_of(rows[i].device)));
		assert_int_equal(device.all, rows[i].all);
		assert_int_equal(device.read, rows[i].read);
		assert_int_equal(device.write, rows[i].write);
		assert_int_equal(device.mknod, rows[i].mknod);
		if (rows[i].name)
			assert_string_equal(device.name, rows[i].name);
		else
			assert_null(device.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
