// SPDX-License-Identifier: Apache-2.0
/*
 * test_record_path.c - paths that come last component first
 */
#include "event/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records.h"

static void test_path(void **state)
{
	const uint32_t cut = PTC_SLICE_TRUNCATED, detached = PTC_SLICE_DETACHED;
	const struct {
		struct str raw;
		uint32_t flags;
		const char *path;
	} rows[] = {
		{ RAW("ls\0bin\0usr"), 0, "/usr/bin/ls" },
		{ RAW("ls"), 0, "/ls" },
		{ RAW("a\nb\0\xff\0 "), 0, "/ /\xff/a\nb" },
		{ RAW("..."), 0, "/..." },
		{ { NULL, 0 }, 0, "/" }, /* the process's root itself */
		{ RAW("ls\0bin"), cut, ".../bin/ls" },
		{ RAW("ls\0bin"), detached, "(unreachable)/bin/ls" },
		{ { NULL, 0 }, detached, "(unreachable)/" },
		/* The root of a file system that is mounted nowhere has a name. */
		{ RAW("/"), detached, "(unreachable)/" },
		{ RAW("ls\0bin\0/"), detached, "(unreachable)/bin/ls" },
		{ RAW("ls\0bin"), cut | detached, ".../bin/ls" },
		/* Any file may have the name of one in memory: a name proves nothing. */
		{ RAW("memfd:x"), 0, "/memfd:x" },
		{ RAW("memfd:x"), detached, "(unreachable)/memfd:x" },
		{ RAW("memfd:x\0tmp"), 0, "/tmp/memfd:x" },
		{ RAW("memfd:x\0tmp"), detached, "(unreachable)/tmp/memfd:x" },
		/* Not as the kernel side writes them. */
		{ { "bin\0us", 6 }, 0, "/us/bin" },
		{ { "x", 1 }, 0, "/x" },
		{ { "\0", 1 }, 0, "/" },
		{ { "\0\0x", 3 }, 0, "/x//" },
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ptc_slice slice = { .flags = PTC_SLICE_REVERSED | rows[i].flags };
		/* Where it ends its memory ends. */
		char *raw = malloc(rows[i].raw.len + 1);
		struct str path;

		assert_non_null(raw);
		if (rows[i].raw.len)
			memcpy(raw, rows[i].raw.p, rows[i].raw.len);
		raw = realloc(raw, rows[i].raw.len ? rows[i].raw.len : 1);
		assert_non_null(raw);
		path = record_path(&b, str_from(raw, rows[i].raw.len), &slice);
		assert_true(str_eq(path, str_of(rows[i].path)));
		assert_ptr_equal(path.p, b.data);
		free(raw);
	}
	buf_done(&b);
}

static void test_path_too_long_for_its_buffer(void **state)
{
	const struct ptc_slice slice = { .flags = PTC_SLICE_REVERSED };
	struct buf b = { .limit = 8 };

	(void)state;
	record_path(&b, RAW("ls\0bin\0usr"), &slice);
	assert_true(b.failed);
	/* The next one begins anew. */
	assert_true(str_eq(record_path(&b, RAW("ls"), &slice), str_of("/ls")));
	assert_false(b.failed);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_path_too_long_for_its_buffer),
	};

	return cmocka_run_group_tests_name("record_path", tests, NULL, NULL);
}
