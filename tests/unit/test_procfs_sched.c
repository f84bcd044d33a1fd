// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_sched.c - schedstat, autogroup, timers, wchan, syscall, stack, auxv, from memory
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

#include "procfs/auxv.h"
#include "procfs/sched.h"
#include "procfs/value.h"
#include "procfs/waits.h"

#define S(s) STR_LITERAL(s)

static void test_schedstat(void **state)
{
	struct proc_schedstat s = { .run_ns = 99 };

	(void)state;
	assert_int_equal(parse_schedstat(S("18446744073709551615 198260 1\n"), &s), 0);
	assert_true(s.run_ns == UINT64_MAX);
	assert_int_equal(s.wait_ns, 198260);
	assert_int_equal(s.timeslices, 1);
	s.run_ns = 99;
	assert_int_equal(parse_schedstat(S(""), &s), -EBADMSG);
	assert_int_equal(parse_schedstat(S("1"), &s), -EBADMSG);
	assert_int_equal(parse_schedstat(S("\n"), &s), -EBADMSG);
	assert_int_equal(parse_schedstat(S("\xff\n"), &s), -EBADMSG);
	assert_int_equal(parse_schedstat(S("1 2\n"), &s), -EBADMSG);
	assert_int_equal(parse_schedstat(S("18446744073709551616 2 3\n"), &s), -EBADMSG);
	assert_int_equal(s.run_ns, 99);
}

static void test_autogroup(void **state)
{
	static const struct {
		struct str text;
		int err;
		uint64_t id;
		int32_t nice;
	} rows[] = {
		{ S("/autogroup-52 nice -20\n"), 0, 52, -20 },
		{ S("/autogroup-18446744073709551615 nice 19\n"), 0, UINT64_MAX, 19 },
		{ S(""), -EBADMSG, 0, 0 },
		{ S("/"), -EBADMSG, 0, 0 },
		{ S("\n"), -EBADMSG, 0, 0 },
		{ S("\xff\n"), -EBADMSG, 0, 0 },
		{ S("/autogroup-52 nice 20\n"), -EBADMSG, 0, 0 },
		{ S("/autogroup-52 nice -21\n"), -EBADMSG, 0, 0 },
		{ S("/autogroup-52 nice\n"), -EBADMSG, 0, 0 },
		{ S("/autogroup- nice 0\n"), -EBADMSG, 0, 0 },
		{ S("/autogroup-52 nice 1"), -EBADMSG, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_autogroup g = { .id = 99 };

		assert_int_equal(parse_autogroup(rows[i].text, &g), rows[i].err);
		assert_true(g.id == (rows[i].err ? 99 : rows[i].id));
		if (!rows[i].err)
			assert_int_equal(g.nice, rows[i].nice);
	}
}

#define TIMER "ID: 1\nsignal: 60/00007fff86e452a8\nnotify: signal/pid.2634\nClockID: 0\n"

static void test_timers(void **state)
{
	static const struct str wrong[] = {
		S("\n"),
		S("I"),
		S("\xff\n"),
		S("ID: 1\nsignal: 60/0\nnotify: signal/pid.2634\nClockID: 0"),
		S("ID: 1\nsignal: 60/0\nnotify: signal/pid.2634\n"),
		S("ID: 1\nsignal: 60\nnotify: signal/pid.2634\nClockID: 0\n"),
		S("ID: 1\nsignal: 60/0\nnotify: signal/pid\nClockID: 0\n"),
		S("ID: 4294967296\nsignal: 60/0\nnotify: signal/pid.2634\nClockID: 0\n"),
		S("ID: 1\nsignal: 60/0\nnotify: signal/pid.2634\nClockID: 2147483648\n"),
	};
	struct str rest = S(TIMER "ID: 4294967295\nsignal: 0/0\nnotify: none/tid.7\nClockID: -6\n");
	struct proc_timer t;

	(void)state;
	assert_int_equal(parse_timer(&rest, &t), 1);
	assert_int_equal(t.id, 1);
	assert_int_equal(t.signal, 60);
	assert_true(str_eq(t.how, S("signal")) && !t.to_thread);
	assert_int_equal(t.pid, 2634);
	assert_int_equal(parse_timer(&rest, &t), 1);
	assert_true(str_eq(t.how, S("none")) && t.to_thread);
	assert_int_equal(t.clock, -6);
	assert_int_equal(parse_timer(&rest, &t), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		rest = wrong[i];
		assert_int_equal(parse_timer(&rest, &t), -EBADMSG);
	}
}

static void test_syscall(void **state)
{
	static const struct {
		struct str text;
		int err;
		bool running;
		int64_t number;
	} rows[] = {
		{ S("running\n"), 0, true, 0 },
		{ S("0 0x3 0x7f15d033b000 0x20000 0x22 0xffffffff 0x0 0x7ffcda7a3e28 0x7f15d04b52ad\n"),
		  0, false, 0 },
		{ S("-1 0x7ffcda7a3e28 0x7f15d04b52ad\n"), 0, false, -1 },
		{ S(""), -EBADMSG, false, 0 },
		{ S("r"), -EBADMSG, false, 0 },
		{ S("\n"), -EBADMSG, false, 0 },
		{ S("\xff\n"), -EBADMSG, false, 0 },
		{ S("running"), -EBADMSG, false, 0 },
		{ S("0 0x3 0x7f15d033b000 0x20000 0x22 0xffffffff 0x0 0x7ffcda7a3e28\n"), -EBADMSG,
		  false, 0 },
		{ S("-1 0x7ffcda7a3e28 0x10000000000000000\n"), -EBADMSG, false, 0 },
		{ S("-1 0x7ffcda7a3e28 7f\n"), -EBADMSG, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_syscall s = { .number = 99 };

		assert_int_equal(parse_syscall(rows[i].text, &s), rows[i].err);
		assert_int_equal(s.number, rows[i].err ? 99 : rows[i].number);
		assert_int_equal(s.running, rows[i].running);
		if (!rows[i].err && !s.running)
			assert_int_equal(s.instruction_pointer, 0x7f15d04b52ad);
	}
}

static void test_stack(void **state)
{
	struct str rest =
		S("[<0>] do_wait+0x5c/0x120\n\nx\n[<0>]\n[<0>] +0x1/0x2\n"
		  "[<0>] f+0x5c/0x120 [kvm]\n[<ffffffff81000000>] 0xffffffff81000000\n[<0>] cut+0");
	struct str f;

	(void)state;
	assert_true(parse_stack_next(&rest, &f) && str_eq(f, S("do_wait")));
	assert_true(parse_stack_next(&rest, &f) && str_eq(f, S("f")));
	assert_true(parse_stack_next(&rest, &f) && str_eq(f, S("0xffffffff81000000")));
	assert_false(parse_stack_next(&rest, &f));
}

static void test_auxv(void **state)
{
	uint64_t wide[2 * (PROC_AUXV_MAX + 2)] = { 33, 0x7fff00001000, 6, 4096, 0, 0 };
	uint32_t narrow[] = { 32, 0xf7f0, 6, 4096, 0, 0 };
	struct proc_auxv a = { .len = 99 };

	(void)state;
	assert_int_equal(parse_auxv((char *)wide, 48, &a), 0);
	assert_int_equal(a.len, 2);
	assert_false(a.is_32bit);
	assert_int_equal(a.entry[1].type, 6);
	assert_int_equal(a.entry[1].value, 4096);
	assert_int_equal(parse_auxv((char *)narrow, sizeof(narrow), &a), 0);
	assert_true(a.is_32bit);
	assert_int_equal(a.len, 2);
	assert_int_equal(a.entry[0].value, 0xf7f0);
	/* Nothing, a byte, without its end, cut in the end. */
	a.len = 99;
	assert_int_equal(parse_auxv("", 0, &a), -EBADMSG);
	assert_int_equal(parse_auxv("\n", 1, &a), -EBADMSG);
	assert_int_equal(parse_auxv("\xff\xff\xff\xff\xff\xff\xff\xff", 8, &a), -EBADMSG);
	assert_int_equal(parse_auxv((char *)wide, 32, &a), -EBADMSG);
	assert_int_equal(parse_auxv((char *)wide, 40, &a), -EBADMSG);
	/* As many as there may be, and one more. */
	for (size_t i = 0; i < PROC_AUXV_MAX; i++) {
		wide[2 * i] = 33;
		wide[2 * i + 1] = UINT64_MAX;
	}
	wide[2 * PROC_AUXV_MAX] = 0;
	a.len = 99;
	assert_int_equal(parse_auxv((char *)wide, sizeof(wide), &a), 0);
	assert_int_equal(a.len, PROC_AUXV_MAX);
	wide[2 * PROC_AUXV_MAX] = 33;
	wide[2 * PROC_AUXV_MAX + 1] = UINT64_MAX;
	a.len = 99;
	assert_int_equal(parse_auxv((char *)wide, sizeof(wide), &a), -EBADMSG);
	assert_int_equal(a.len, 99);
}

static void test_hex_value(void **state)
{
	uint32_t v = 77;

	(void)state;
	assert_int_equal(parse_hex_value(S("00000033\n"), &v), 0);
	assert_int_equal(v, 0x33);
	assert_int_equal(parse_hex_value(S("ffffffff"), &v), 0);
	assert_int_equal(v, UINT32_MAX);
	assert_int_equal(parse_hex_value(S("100000000\n"), &v), -EBADMSG);
	assert_int_equal(parse_hex_value(S(""), &v), -EBADMSG);
	assert_int_equal(parse_hex_value(S("\n"), &v), -EBADMSG);
	assert_int_equal(parse_hex_value(S("\xff"), &v), -EBADMSG);
	assert_int_equal(v, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schedstat), cmocka_unit_test(test_autogroup),
		cmocka_unit_test(test_timers),	  cmocka_unit_test(test_syscall),
		cmocka_unit_test(test_stack),	  cmocka_unit_test(test_auxv),
		cmocka_unit_test(test_hex_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
