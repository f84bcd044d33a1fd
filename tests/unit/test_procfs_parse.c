// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_parse.c - the files of /proc/<pid>, from memory
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "procfs/cgroup.h"
#include "procfs/link.h"
#include "procfs/ns.h"
#include "procfs/resource.h"
#include "procfs/scan.h"
#include "procfs/stat.h"
#include "procfs/status.h"
#include "procfs/value.h"
#include "procfs/words.h"

/* A compound literal: good for arguments and, with GNU C, for static rows. */
#define S(s) STR_LITERAL(s)

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p ? s.p : "", expected, s.len);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool u64, u32, i64, hex;
	} rows[] = {
		{ "", false, false, false, false },
		{ "0", true, true, true, true },
		{ "-", false, false, false, false },
		{ "-1", false, false, true, false },
		{ "+1", false, false, false, false },
		{ " 1", false, false, false, false },
		{ "1 ", false, false, false, false },
		{ "1x", false, false, false, false },
		{ "4294967295", true, true, true, true },
		{ "4294967296", true, false, true, true },
		{ "9223372036854775807", true, false, true, false },
		{ "9223372036854775808", true, false, false, false },
		{ "-9223372036854775808", false, false, true, false },
		{ "-9223372036854775809", false, false, false, false },
		{ "18446744073709551615", true, false, false, false },
		{ "18446744073709551616", false, false, false, false },
		{ "ffffffffffffffff", false, false, false, true },
		{ "10000000000000000", true, false, true, false },
		{ "0x1", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str s = str_of(rows[i].text);
		uint64_t u = 77, h = 77;
		uint32_t n = 77;
		int64_t v = 77;

		assert_int_equal(scan_u64(s, &u), rows[i].u64);
		assert_int_equal(scan_u32(s, &n), rows[i].u32);
		assert_int_equal(scan_i64(s, &v), rows[i].i64);
		assert_int_equal(scan_hex(s, &h), rows[i].hex);
		/* A failure leaves the output alone. */
		assert_true((rows[i].u64 || u == 77) && (rows[i].u32 || n == 77));
		assert_true((rows[i].i64 || v == 77) && (rows[i].hex || h == 77));
	}
}

static void test_lists(void **state)
{
	uint32_t n[2] = { 0 };

	(void)state;
	assert_int_equal(scan_u32_list(S(""), n, 2), 0);
	assert_int_equal(scan_u32_list(S(" "), n, 2), 0);
	assert_int_equal(scan_u32_list(S("4 24\t5 "), n, 2), 3);
	assert_int_equal(n[0], 4);
	assert_int_equal(n[1], 24);
	assert_int_equal(scan_u32_list(S("4 x"), n, 2), -EBADMSG);
}

#define TAIL                                                                       \
	" S 1 2 3 34817 -1 4194560 100 20 3 4 5 6 7 8 20 -5 3 0 5000 3133440 414 " \
	"18446744073709551615 1 2 3 0 0 0 0 0 0 0 0 0 17 1 2 3 9 10 11 1 2 3 4 5 6 7 0\n"

static void test_stat(void **state)
{
	static const struct {
		struct str text;
		struct str comm;
	} rows[] = {
		{ S("7 (a) b ()" TAIL), S("a) b (") },
		{ S("7 ()" TAIL), S("") },
		{ S("7 ())" TAIL), S(")") },
		{ S("7 (x\ny) R 1\n)" TAIL), S("x\ny) R 1\n") },
		{ S("7 (\xff\0z)" TAIL), S("\xff\0z") },
		{ S("7 (0123456789012345678901234567890123456789012345678901234567890123)" TAIL),
		  S("0123456789012345678901234567890123456789012345678901234567890123") },
		/* One byte over; a field that is no number; cut in the last number. */
		{ S("7 (01234567890123456789012345678901234567890123456789012345678901234)" TAIL),
		  { 0 } },
		{ S("7 (a) S 1 2 3 34817 -1 x 100 20 3 4 5 6 7 8 20 -5 3 0 5000\n"), { 0 } },
		{ S("7 (a) S 1 2 3 34817 -1 0 100 20 3 4 5 6 7 8 20 -5 3 0 5000"), { 0 } },
		/* Up to starttime, and one field less. */
		{ S("7 (a) S 1 2 3 34817 -1 0 100 20 3 4 5 6 7 8 20 -5 3 0 5000\n"), S("a") },
		{ S("7 (a) S 1 2 3 34817 -1 0 100 20 3 4 5 6 7 8 20 -5 3 0\n"), { 0 } },
		{ S(""), { 0 } },
		{ S("7"), { 0 } },
		{ S("\n"), { 0 } },
		{ S(")("), { 0 } },
		{ S("7 )a(" TAIL), { 0 } },
		{ S("x (a)" TAIL), { 0 } },
		{ S("7 (a) SS 1 2 3 34817 -1 0 100 20 3 4 5 6 7 8 20 -5 3 0 5000\n"), { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_stat stat = { .pid = 99 };
		int err = parse_stat(rows[i].text, &stat);

		assert_int_equal(err, rows[i].comm.p ? 0 : -EBADMSG);
		if (err) {
			assert_int_equal(stat.pid, 99);
			continue;
		}
		assert_true(str_eq(proc_stat_comm(&stat), rows[i].comm));
		assert_int_equal(stat.pid, 7);
		assert_int_equal(stat.start_ticks, 5000);
	}
}

static void test_stat_fields(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_int_equal(parse_stat(S("7 (a)" TAIL), &stat), 0);
	assert_int_equal(stat.field_count, 52);
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.ppid, 1);
	assert_int_equal(stat.tty_major, 136);
	assert_int_equal(stat.tty_minor, 1);
	assert_int_equal(stat.tty_pgrp, -1);
	assert_int_equal(stat.nice, -5);
	assert_int_equal(stat.threads, 3);
	assert_int_equal(stat.user_ticks, 5);
	assert_true(stat.rss_limit_bytes == UINT64_MAX);
	assert_int_equal(stat.policy, 3);
	assert_int_equal(stat.block_delay_ticks, 9);
	assert_false(proc_stat_is_kernel_thread(&stat));
	assert_false(proc_stat_is_zombie(&stat));
	/* new_encode_dev(136, 300): the high bits of the minor stand above the major. */
	assert_int_equal(
		parse_stat(S("7 (a) Z 1 2 3 1083436 -1 2129984 1 1 1 1 1 1 1 1 1 1 1 1 1\n"),
			   &stat),
		0);
	assert_int_equal(stat.tty_major, 136);
	assert_int_equal(stat.tty_minor, 300);
	assert_true(proc_stat_is_kernel_thread(&stat));
	assert_true(proc_stat_is_zombie(&stat));
}

static void test_status(void **state)
{
	struct proc_status s;

	(void)state;
	parse_status(S("Name:\ta) b (\nUmask:\t0022\nUid:\t1\t2\t3\t4294967295\nGroups:\t4 24 \n"
		       "Unknown:\tx\nno colon\n:\nNSpid:\t300\t7\nVmHWM:\t    1772 kB\n"
		       "CapEff:\t000001ffffffffff\nSeccomp:\t2\nSeccomp_filters:\t3\n"),
		     &s);
	assert_str(s.name, "a) b (");
	assert_int_equal(s.umask, 022);
	assert_int_equal(s.uid[STATUS_EFFECTIVE], 2);
	assert_int_equal(s.uid[STATUS_FS], UINT32_MAX);
	assert_str(s.groups, "4 24");
	assert_str(s.nspid, "300\t7");
	assert_int_equal(s.vm_hwm_bytes, 1772 * 1024);
	assert_int_equal(s.cap_eff, 0x1ffffffffff);
	assert_int_equal(s.seccomp, 2);
	assert_int_equal(s.seccomp_filters, 3);
	assert_true(proc_status_has(&s, STATUS_GROUPS));
	assert_false(proc_status_has(&s, STATUS_GID));
	assert_false(proc_status_has(&s, STATUS_CAP_PRM));
	assert_int_equal(s.malformed, 0);
}

static void test_status_malformed(void **state)
{
	static const struct {
		struct str text;
		enum status_line line;
	} rows[] = {
		{ S("Uid:\t1\t2\t3\n"), STATUS_UID },
		{ S("Uid:\t1\t2\t3\t4\t5\n"), STATUS_UID },
		{ S("Uid:\t1\t2\t3\t4294967296\n"), STATUS_UID },
		{ S("Groups:\t1 x\n"), STATUS_GROUPS },
		{ S("VmHWM:\t1 MB\n"), STATUS_VM_HWM },
		{ S("VmHWM:\t18446744073709551615 kB\n"), STATUS_VM_HWM },
		{ S("CapEff:\t0000000000000000g\n"), STATUS_CAP_EFF },
		{ S("Umask:\t8\n"), STATUS_UMASK },
		{ S("Threads:\t\n"), STATUS_THREADS },
		{ S("Threads:\t-1\n"), STATUS_THREADS },
	};
	struct proc_status s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse_status(rows[i].text, &s);
		assert_int_equal(s.has, 0);
		assert_true(s.malformed == 1ull << rows[i].line);
	}
	/* Half a line is none, and the first of two counts. */
	parse_status(S("Threads:\t3\nThreads:\t4\nTgid:\t12"), &s);
	assert_int_equal(s.threads, 3);
	assert_false(proc_status_has(&s, STATUS_TGID));
	parse_status(S(""), &s);
	assert_int_equal(s.has | s.malformed, 0);
}

static void test_words(void **state)
{
	static const struct {
		struct str text;
		uint32_t count;
		size_t len;
	} rows[] = {
		{ S(""), 0, 0 },	   { S("a"), 1, 2 },	 { S("a\0"), 1, 2 },
		{ S("\0"), 1, 1 },	   { S("a\0\0"), 2, 3 }, { S("a\0b"), 2, 4 },
		{ S("\xff\0\n\0"), 2, 4 },
	};
	struct str rest = S("a\0\0b"), word;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_words words;
		char buf[16];

		memcpy(buf, rows[i].text.p, rows[i].text.len);
		parse_words(buf, rows[i].text.len, &words);
		assert_int_equal(words.count, rows[i].count);
		assert_int_equal(words.text.len, rows[i].len);
	}
	assert_true(words_next(&rest, &word));
	assert_str(word, "a");
	assert_true(words_next(&rest, &word));
	assert_str(word, "");
	assert_true(words_next(&rest, &word));
	assert_str(word, "b");
	assert_false(words_next(&rest, &word));
}

static void test_words_select(void **state)
{
	static const char *const globs[] = { "PA*", "EMPTY", "NOEQ*", "A=*" };
	struct str env = S("PATH=/bin\0HOME=/\0EMPTY=\0NOEQUALS\0A=B=C\0=x\0");
	static const char expected[] = "PATH=/bin\0EMPTY=\0NOEQUALS";
	char out[64];
	bool cut;

	(void)state;
	assert_int_equal(words_select(env, globs, 4, out, sizeof(out), &cut), sizeof(expected));
	assert_memory_equal(out, expected, sizeof(expected));
	assert_false(cut);
	assert_int_equal(words_select(env, globs, 0, out, sizeof(out), &cut), 0);
	/* Room for the first and not one byte more. */
	assert_int_equal(words_select(env, globs, 4, out, 10, &cut), 10);
	assert_true(cut);
	assert_int_equal(words_select(env, globs, 4, out, 9, &cut), 7);
	assert_true(cut);
}

static void test_ns_links(void **state)
{
	uint32_t inode = 77;

	(void)state;
	assert_int_equal(parse_ns_link(S("mnt:[4026531841]"), PROC_NS_MNT, &inode), 0);
	assert_int_equal(inode, 4026531841);
	assert_int_equal(parse_ns_link(S("pid:[1]"), PROC_NS_PID_FOR_CHILDREN, &inode), 0);
	assert_int_equal(parse_ns_link(S("mnt:[1]"), PROC_NS_PID, &inode), -EBADMSG);
	assert_int_equal(parse_ns_link(S("mnt:[1"), PROC_NS_MNT, &inode), -EBADMSG);
	assert_int_equal(parse_ns_link(S("mnt:["), PROC_NS_MNT, &inode), -EBADMSG);
	assert_int_equal(parse_ns_link(S("mnt:[]"), PROC_NS_MNT, &inode), -EBADMSG);
	assert_int_equal(parse_ns_link(S("mnt:[4294967296]"), PROC_NS_MNT, &inode), -EBADMSG);
	assert_int_equal(parse_ns_link(S(""), PROC_NS_MNT, &inode), -EBADMSG);
	assert_int_equal(inode, 1);
}

static void test_idmaps(void **state)
{
	static char many[PROC_IDMAP_MAX * 8 + 16];
	struct proc_idmap map;
	size_t len = 0;

	(void)state;
	assert_int_equal(parse_idmap(S(""), &map), 0);
	assert_int_equal(map.len, 0);
	assert_int_equal(parse_idmap(S("         0     100000      65536\n"), &map), 0);
	assert_int_equal(map.range[0].outside, 100000);
	assert_int_equal(parse_idmap(S("0 1 2"), &map), -EBADMSG);
	assert_int_equal(parse_idmap(S("0 1\n"), &map), -EBADMSG);
	assert_int_equal(parse_idmap(S("0 1 2 3\n"), &map), -EBADMSG);
	for (int i = 0; i < PROC_IDMAP_MAX; i++)
		len += (size_t)sprintf(many + len, "%d 2 1\n", i);
	assert_int_equal(parse_idmap(str_from(many, len), &map), 0);
	assert_int_equal(map.len, PROC_IDMAP_MAX);
	len += (size_t)sprintf(many + len, "900 2 1\n");
	assert_int_equal(parse_idmap(str_from(many, len), &map), -EBADMSG);
}

static void test_limits_and_io(void **state)
{
	struct proc_limits limits;
	struct proc_io io;

	(void)state;
	parse_limits(S("Limit   Soft Limit  Hard Limit  Units\n"
		       "Max open files            1024                 unlimited            files\n"
		       "Max nice priority         0                    x\n"
		       "Max processes\nMax cpu time"),
		     &limits);
	assert_int_equal(limits.has, 1u << RLIMIT_NOFILE);
	assert_int_equal(limits.soft[RLIMIT_NOFILE], 1024);
	assert_true(limits.hard[RLIMIT_NOFILE] == PROC_UNLIMITED);
	parse_io(S("rchar: 1\nwchar: x\nnew: 3\nsyscr: 18446744073709551615\nsyscw: 4"), &io);
	assert_int_equal(io.has, 1u << PROC_IO_READ_CHARS | 1u << PROC_IO_READ_CALLS);
	assert_true(io.value[PROC_IO_READ_CALLS] == UINT64_MAX);
}

static void test_cgroups(void **state)
{
	struct str rest = S("12:cpu,cpuacct:/a:b (deleted)\n:::\n1:x\n1:y:z\n0::/\n3:pids:/cut");
	struct proc_cgroup c;

	(void)state;
	assert_true(proc_cgroup_next(&rest, &c));
	assert_int_equal(c.hierarchy_id, 12);
	assert_str(c.controllers, "cpu,cpuacct");
	assert_str(c.path, "/a:b");
	assert_true(c.deleted);
	assert_true(proc_cgroup_next(&rest, &c));
	assert_int_equal(c.hierarchy_id, 0);
	assert_str(c.controllers, "");
	assert_str(c.path, "/");
	assert_false(c.deleted);
	assert_false(proc_cgroup_next(&rest, &c));
}

static void test_values(void **state)
{
	uint32_t u = 77;
	int32_t i = 77;

	(void)state;
	assert_int_equal(parse_u32_value(S("4294967295"), &u), 0);
	assert_int_equal(u, UINT32_MAX);
	assert_int_equal(parse_u32_value(S(""), &u), -EBADMSG);
	assert_int_equal(parse_u32_value(S("4294967296\n"), &u), -EBADMSG);
	assert_int_equal(parse_i32_value(S("-1000\n"), &i), 0);
	assert_int_equal(i, -1000);
	assert_int_equal(parse_i32_value(S("2147483648\n"), &i), -EBADMSG);
	assert_str(parse_label(S("docker-default (enforce)\n")), "docker-default (enforce)");
	assert_str(parse_label(S("a:b:c:s0\0")), "a:b:c:s0");
	assert_str(parse_label(S("\n")), "");
}

static void test_below(void **state)
{
	(void)state;
	assert_str(proc_link_below(S("/srv/jail/bin/x"), S("/srv/jail")), "/bin/x");
	assert_str(proc_link_below(S("/srv/jail"), S("/srv/jail")), "/");
	assert_str(proc_link_below(S("/srv/jailed/x"), S("/srv/jail")), "/srv/jailed/x");
	assert_str(proc_link_below(S("/bin/x"), S("/")), "/bin/x");
	assert_str(proc_link_below(S("/bin/x"), (struct str){ 0 }), "/bin/x");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	      cmocka_unit_test(test_lists),
		cmocka_unit_test(test_stat),	      cmocka_unit_test(test_stat_fields),
		cmocka_unit_test(test_status),	      cmocka_unit_test(test_status_malformed),
		cmocka_unit_test(test_words),	      cmocka_unit_test(test_words_select),
		cmocka_unit_test(test_ns_links),      cmocka_unit_test(test_idmaps),
		cmocka_unit_test(test_limits_and_io), cmocka_unit_test(test_cgroups),
		cmocka_unit_test(test_values),	      cmocka_unit_test(test_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
