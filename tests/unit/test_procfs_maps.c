// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_maps.c - maps, statm and smaps_rollup, from memory
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

#include "procfs/maps.h"
#include "procfs/memory.h"
#include "procfs/scan.h"

#define S(s) STR_LITERAL(s)

static void test_map(void **state)
{
	static const struct {
		struct str line;
		int err;
		uint32_t perms;
		struct str name;
		bool deleted;
	} rows[] = {
		{ S("7f00-8f00 r-xp 00001000 fd:01 42 /lib/x.so"), 0, PROC_MAP_READ | PROC_MAP_EXEC,
		  S("/lib/x.so"), false },
		{ S("7f00-8f00 rwxs 00000000 00:05 42        /dev/shm/a (deleted)"), 0,
		  PROC_MAP_READ | PROC_MAP_WRITE | PROC_MAP_EXEC | PROC_MAP_SHARED, S("/dev/shm/a"),
		  true },
		/* Only what has an inode can be removed. */
		{ S("7f00-8f00 ---p 00000000 00:00 0 [anon:x (deleted)"), 0, 0,
		  S("[anon:x (deleted)"), false },
		{ S("7f00-8f00 rw-p 00000000 00:00 0 "), 0, PROC_MAP_READ | PROC_MAP_WRITE, S(""),
		  false },
		{ S("7f00-8f00 rw-p 00000000 00:00 0"), 0, PROC_MAP_READ | PROC_MAP_WRITE, S(""),
		  false },
		{ S("0-ffffffffffffffff rw-p ffffffffffffffff fff:fffff 18446744073709551615 a b\xff "),
		  0, PROC_MAP_READ | PROC_MAP_WRITE, S("a b\xff "), false },
		{ S(""), -EBADMSG, 0, S(""), false },
		{ S("7"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00"), -EBADMSG, 0, S(""), false },
		/* The end before the start; a letter that is none; a number too large by one digit. */
		{ S("7f00-7eff r-xp 00000000 fd:01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xq 00000000 fd:01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 x-rp 00000000 fd:01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xpp 00000000 fd:01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xp 10000000000000000 fd:01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xp 00000000 fd01 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xp 00000000 fd:100000000 42 x"), -EBADMSG, 0, S(""), false },
		{ S("7f00-8f00 r-xp 00000000 fd:01 18446744073709551616 x"), -EBADMSG, 0, S(""),
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_map m = { .inode = 99 };

		assert_int_equal(parse_map(rows[i].line, &m), rows[i].err);
		if (rows[i].err) {
			assert_int_equal(m.inode, 99);
			continue;
		}
		assert_int_equal(m.perms, rows[i].perms);
		assert_true(str_eq(m.name, rows[i].name));
		assert_int_equal(m.deleted, rows[i].deleted);
	}
}

static void test_map_fields(void **state)
{
	struct proc_map m;

	(void)state;
	assert_int_equal(
		parse_map(S("55aecf30a000-55aecf30b000 r--p 00002000 fe:10 1234  /usr/bin/cat"),
			  &m),
		0);
	assert_int_equal(m.start, 0x55aecf30a000);
	assert_int_equal(m.end, 0x55aecf30b000);
	assert_int_equal(m.offset_bytes, 0x2000);
	assert_int_equal(m.dev_major, 0xfe);
	assert_int_equal(m.dev_minor, 0x10);
	assert_int_equal(m.inode, 1234);
}

static void test_statm(void **state)
{
	struct proc_statm s = { .size_pages = 99 };

	(void)state;
	assert_int_equal(parse_statm(S("765 406 378 5 0 123 0\n"), &s), 0);
	assert_int_equal(s.size_pages, 765);
	assert_int_equal(s.resident_pages, 406);
	assert_int_equal(s.shared_pages, 378);
	assert_int_equal(s.text_pages, 5);
	assert_int_equal(s.data_pages, 123);
	s.size_pages = 99;
	assert_int_equal(parse_statm(S(""), &s), -EBADMSG);
	assert_int_equal(parse_statm(S("1"), &s), -EBADMSG);
	assert_int_equal(parse_statm(S("\n"), &s), -EBADMSG);
	assert_int_equal(parse_statm(S("\xff\n"), &s), -EBADMSG);
	assert_int_equal(parse_statm(S("765 406 378 5 0\n"), &s), -EBADMSG);
	assert_int_equal(parse_statm(S("18446744073709551616 406 378 5 0 123 0\n"), &s), -EBADMSG);
	/* Cut: the last number may be half of one. */
	assert_int_equal(parse_statm(S("765 406 378 5 0 123"), &s), -EBADMSG);
	assert_int_equal(s.size_pages, 99);
}

static void test_rollup(void **state)
{
	struct proc_rollup r;

	(void)state;
	parse_rollup(S("55aecf30a000-7ffd6ed77000 ---p 00000000 00:00 0  [rollup]\n"
		       "Rss:                1624 kB\nPss_Anon:    112 kB\nUnknown:  1 kB\n"
		       "Swap:   18014398509481984 kB\nLocked:  x kB\nSwapPss:  7 MB\nPss:  3 kB"),
		     &r);
	assert_int_equal(r.has, 1u << PROC_ROLLUP_RSS | 1u << PROC_ROLLUP_PSS_ANON);
	assert_int_equal(r.bytes[PROC_ROLLUP_RSS], 1624 * 1024);
	assert_int_equal(r.bytes[PROC_ROLLUP_PSS_ANON], 112 * 1024);
	parse_rollup(S("Swap:   18014398509481983 kB\n"), &r);
	assert_int_equal(r.has, 1u << PROC_ROLLUP_SWAP);
	parse_rollup(S(""), &r);
	assert_int_equal(r.has, 0);
	parse_rollup(S("\n\xff\n:\n"), &r);
	assert_int_equal(r.has, 0);
}

static void test_scans(void **state)
{
	struct str left = S("l"), right = S("r");
	uint64_t v = 77;
	uint32_t w = 77;

	(void)state;
	assert_true(scan_octal(S("0100002"), &v) && v == 0100002);
	assert_true(scan_octal(S("1777777777777777777777"), &v) && v == UINT64_MAX);
	v = 77;
	assert_false(scan_octal(S("2000000000000000000000"), &v));
	assert_false(scan_octal(S(""), &v));
	assert_false(scan_octal(S("8"), &v));
	assert_int_equal(v, 77);
	assert_true(scan_hex32(S("fFfF00Aa"), &w) && w == 0xffff00aa);
	assert_false(scan_hex32(S(""), &w));
	assert_false(scan_hex32(S("0ffff00aa"), &w));
	assert_false(scan_hex32(S("g"), &w));
	assert_true(scan_pair(S(":"), ':', &left, &right) && left.len == 0 && right.len == 0);
	assert_true(scan_pair(S("a:b:c"), ':', &left, &right));
	assert_true(str_eq(left, S("a")) && str_eq(right, S("b:c")));
	assert_false(scan_pair(S(""), ':', &left, &right));
	assert_false(scan_pair(S("abc"), ':', &left, &right));
	assert_true(str_eq(left, S("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),   cmocka_unit_test(test_map_fields),
		cmocka_unit_test(test_statm), cmocka_unit_test(test_rollup),
		cmocka_unit_test(test_scans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
