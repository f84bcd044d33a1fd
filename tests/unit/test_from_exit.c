// SPDX-License-Identifier: Apache-2.0
/*
 * test_from_exit.c - totals that are a process's own, and namespaces that changed
 */
#include "event/from_record.h"

#include <errno.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "records.h"

/* --- exit */

static struct event exit_event(const struct made *m, const struct exit_baseline *baseline)
{
	struct event ev = { .kind = EVENT_EXIT, .time_ns = m->hdr.time_ns };

	event_from_exit(&ev, &m->exit, baseline);
	return ev;
}

static void test_peak_memory(void **state)
{
	const uint32_t mm = PTC_EXIT_MM_PEAK, shared = PTC_TASK_SHARED_MM;
	const struct {
		struct exit_baseline baseline;
		uint64_t maxrss, mm_peak;
		uint32_t exit_flags, task_flags;
		uint64_t pages; /* 0: absent */
	} rows[] = {
		/* Forked: all that is in it is its own. */
		{ { 0, true, false }, 300, 0, 0, 0, 300 },
		/* /bin/true by vfork from a process of 200 MiB: maxrss never grew. */
		{ { 51200, true, false }, 51200, 0, 0, 0, 0 },
		{ { 51200, true, false }, 51200, 280, mm, 0, 280 },
		{ { 51200, true, false }, 60000, 0, 0, 0, 60000 },
		{ { 51200, true, false }, 60000, 55000, mm, 0, 60000 },
		{ { 51200, true, false }, 51201, 0, 0, 0, 51201 },
		{ { 51200, true, false }, 51199, 0, 0, 0, 0 },
		/* Never seen before: maxrss may be anybody's, what it ends with is not. */
		{ { 0, false, false }, 51200, 0, 0, 0, 0 },
		{ { 0, false, false }, 51200, 280, mm, 0, 280 },
		/* vfork and exit without exec: the memory is the parent's. */
		{ { 0, true, true }, 51200, 0, 0, 0, 0 },
		{ { 0, true, true }, 51200, 51200, mm, 0, 0 },
		/* Shared at the end: with its own vfork child, or clone() with CLONE_VM. */
		{ { 0, true, false }, 300, 0, 0, shared, 0 },
		{ { 0, true, false }, 300, 280, mm, shared, 0 },
		{ { 0, false, false }, 300, 280, mm, shared, 0 },
		/* A number without its flag, and the other way round. */
		{ { 51200, true, false }, 51200, 280, 0, 0, 0 },
		{ { 51200, true, false }, 51200, 0, mm, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event ev;
		struct made m;

		made_init(&m, PTC_EXIT);
		m.exit.task.maxrss_pages = rows[i].maxrss;
		m.exit.task.flags |= rows[i].task_flags;
		m.exit.mm_peak_pages = rows[i].mm_peak;
		m.exit.exit_flags = rows[i].exit_flags;
		ev = exit_event(&m, &rows[i].baseline);
		assert_int_equal(ev.exit.has_peak, rows[i].pages != 0);
		assert_int_equal(ev.exit.peak_bytes, rows[i].pages * (uint64_t)getpagesize());
	}
}

static void test_cpu_time(void **state)
{
	static const struct {
		uint64_t cpu_ns;
		uint32_t exit_flags;
		bool cpu_partial, usage_partial;
	} rows[] = {
		{ 0, 0, true, false },
		{ 1230000, 0, true, false },
		{ 10 * NSEC_PER_MSEC - 1, 0, true, false },
		{ 10 * NSEC_PER_MSEC, 0, false, false },
		{ 52 * NSEC_PER_MSEC, PTC_EXIT_THREADS_CUT, true, true },
	};
	const struct exit_baseline unknown = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event ev;
		struct made m;

		made_init(&m, PTC_EXIT);
		m.exit.cpu_ns = rows[i].cpu_ns;
		m.exit.exit_flags = rows[i].exit_flags;
		ev = exit_event(&m, &unknown);
		assert_true(ev.exit.has_cpu && ev.exit.has_usage);
		assert_int_equal(ev.exit.cpu_ns, rows[i].cpu_ns);
		assert_int_equal(ev.exit.cpu_partial, rows[i].cpu_partial);
		assert_int_equal(ev.exit.usage_partial, rows[i].usage_partial);
	}
}

static void test_how_it_ended(void **state)
{
	const struct exit_baseline unknown = { 0 };
	struct event ev;
	struct made m;

	(void)state;
	made_init(&m, PTC_EXIT);
	m.exit.exit_code = 3;
	ev = exit_event(&m, &unknown);
	assert_int_equal(ev.exit.code, 3);
	assert_int_equal(ev.exit.signal, 0);
	assert_false(ev.exit.core || ev.exit.oom || ev.exit.has_sender || ev.exit.has_io);
	assert_int_equal(ev.exit.sender.pid, 0);
	assert_true(ev.exit.has_lifetime);
	assert_int_equal(ev.exit.lifetime_ns, 2000000000ull);

	made_init(&m, PTC_EXIT);
	m.exit.exit_signal = 11;
	m.exit.exit_flags = PTC_EXIT_CORE;
	m.exit.read_bytes = 4096;
	m.exit.write_chars = 7;
	m.exit.major_faults = 2;
	ev = exit_event(&m, &unknown);
	assert_int_equal(ev.exit.signal, 11);
	assert_true(ev.exit.core && !ev.exit.has_io && !ev.exit.oom);
	m.exit.exit_flags = PTC_EXIT_IO;
	ev = exit_event(&m, &unknown);
	assert_true(!ev.exit.core && ev.exit.has_io && !ev.exit.oom);
	assert_int_equal(ev.exit.read_bytes, 4096);
	assert_int_equal(ev.exit.write_chars, 7);
	assert_int_equal(ev.exit.major_faults, 2);

	/* A clock that seems to run backwards gives no lifetime, not one of 584 years. */
	m.exit.task.start_ns = m.hdr.time_ns + 1;
	ev = exit_event(&m, &unknown);
	assert_false(ev.exit.has_lifetime);
	assert_int_equal(ev.exit.lifetime_ns, 0);
}

static void test_sender(void **state)
{
	const struct exit_baseline unknown = { 0 };
	struct event ev;
	struct made m;

	(void)state;
	made_init(&m, PTC_EXIT);
	m.exit.exit_signal = 9;
	m.exit.sender_pid = 77;
	m.exit.sender_start_ns = 5;
	m.exit.sender_uid = 1000;
	/* Without a NUL, and not the last bytes of what was reserved. */
	memset(m.exit.sender_comm, 'k', sizeof(m.exit.sender_comm));
	m.bytes[sizeof(m.exit)] = 'x';
	ev = exit_event(&m, &unknown);
	assert_false(ev.exit.has_sender);
	assert_int_equal(ev.exit.sender.pid, 0);

	m.exit.exit_flags = PTC_EXIT_SENDER;
	ev = exit_event(&m, &unknown);
	assert_true(ev.exit.has_sender && !ev.exit.sender_kernel);
	assert_int_equal(ev.exit.sender.pid, 77);
	assert_int_equal(ev.exit.sender.start_ns, 5);
	assert_int_equal(ev.exit.sender_uid, 1000);
	assert_true(str_eq(ev.exit.sender.name, str_of("kkkkkkkkkkkkkkkk")));

	m.exit.exit_flags = PTC_EXIT_SENDER | PTC_EXIT_SENDER_KERNEL | PTC_EXIT_OOM;
	ev = exit_event(&m, &unknown);
	assert_true(ev.exit.has_sender && ev.exit.sender_kernel && ev.exit.oom);
	assert_int_equal(ev.exit.sender.pid, 0);
	assert_int_equal(ev.exit.sender.name.len, 0);
}

/* --- namespaces */

static void test_ns_diff(void **state)
{
	uint32_t old_ns[PTC_NS_COUNT], new_ns[PTC_NS_COUNT];
	struct event ev = { .ns_change_len = 3 };

	(void)state;
	for (uint32_t i = 0; i < PTC_NS_COUNT; i++)
		old_ns[i] = new_ns[i] = 100 + i;
	event_ns_diff(&ev, old_ns, new_ns);
	assert_int_equal(ev.ns_change_len, 0);

	new_ns[PTC_NS_NET] = 200;
	new_ns[PTC_NS_PID_FOR_CHILDREN] = 201;
	/* A kernel without them, or a process that has left them: no change. */
	old_ns[PTC_NS_TIME] = 0;
	new_ns[PTC_NS_CGROUP] = 0;
	event_ns_diff(&ev, old_ns, new_ns);
	assert_int_equal(ev.ns_change_len, 2);
	assert_int_equal(ev.ns_change[0].type, PTC_NS_NET);
	assert_int_equal(ev.ns_change[0].old_ns, 100 + PTC_NS_NET);
	assert_int_equal(ev.ns_change[0].new_ns, 200);
	assert_int_equal(ev.ns_change[1].type, PTC_NS_PID_FOR_CHILDREN);
	assert_int_equal(ev.ns_change[1].new_ns, 201);
	assert_false(ev.ns_change[0].owner_host);
	assert_null(ev.ns_change[0].owner);

	for (uint32_t i = 0; i < PTC_NS_COUNT; i++) {
		old_ns[i] = 100 + i;
		new_ns[i] = 200 + i;
	}
	event_ns_diff(&ev, old_ns, new_ns);
	assert_int_equal(ev.ns_change_len, PTC_NS_COUNT);
}

/* A call that made no difference tells what it asked for. */
static void test_ns_call(void **state)
{
	static const struct {
		uint32_t flags;
		int32_t error;
		int len;
		enum ptc_ns types[8];
	} rows[] = {
		{ CLONE_NEWNET, 0, 1, { PTC_NS_NET } },
		{ CLONE_NEWNET, -EPERM, 1, { PTC_NS_NET } },
		{ CLONE_NEWNET, INT32_MIN, 1, { PTC_NS_NET } },
		{ CLONE_NEWUSER, -EINVAL, 1, { PTC_NS_USER } },
		{ CLONE_NEWUTS | CLONE_NEWIPC, -EPERM, 2, { PTC_NS_UTS, PTC_NS_IPC } },
		{ CLONE_NEWNS | CLONE_NEWCGROUP, 0, 2, { PTC_NS_MNT, PTC_NS_CGROUP } },
		/* These two change what children get. */
		{ CLONE_NEWPID, -EPERM, 1, { PTC_NS_PID_FOR_CHILDREN } },
		{ CLONE_NEWTIME, -EPERM, 1, { PTC_NS_TIME_FOR_CHILDREN } },
		{ UINT32_MAX,
		  -EINVAL,
		  8,
		  { PTC_NS_MNT, PTC_NS_CGROUP, PTC_NS_UTS, PTC_NS_IPC, PTC_NS_USER,
		    PTC_NS_PID_FOR_CHILDREN, PTC_NS_NET, PTC_NS_TIME_FOR_CHILDREN } },
		/* setns(fd, 0) does not say; unshare(CLONE_FILES) asks for none. */
		{ 0, -EBADF, 0, { 0 } },
		{ CLONE_FILES | CLONE_FS, 0, 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event ev = { .kind = EVENT_SETNS, .ns_change_len = 5 };
		struct made m;

		made_init(&m, PTC_SETNS);
		m.ns_call.flags = rows[i].flags;
		m.ns_call.error = rows[i].error;
		memcpy(m.ns_call.old_ns, m.ns_call.task.ns, sizeof(m.ns_call.old_ns));
		event_from_ns_call(&ev, &m.ns_call);
		assert_int_equal(ev.error, rows[i].error == INT32_MIN ? INT32_MAX : -rows[i].error);
		assert_int_equal(ev.ns_change_len, rows[i].len);
		for (int c = 0; c < rows[i].len; c++) {
			uint32_t inum = m.ns_call.old_ns[rows[i].types[c]];

			assert_int_equal(ev.ns_change[c].type, rows[i].types[c]);
			assert_int_equal(ev.ns_change[c].old_ns, inum);
			assert_int_equal(ev.ns_change[c].new_ns, rows[i].error ? 0 : inum);
		}
	}
}

/* Where something did change, that is told, not what was asked for. */
static void test_ns_call_that_changed_something(void **state)
{
	struct event ev = { .kind = EVENT_UNSHARE };
	struct made m;

	(void)state;
	made_init(&m, PTC_UNSHARE);
	memcpy(m.ns_call.old_ns, m.ns_call.task.ns, sizeof(m.ns_call.old_ns));
	m.ns_call.flags = CLONE_NEWUSER | CLONE_NEWNET;
	m.ns_call.task.ns[PTC_NS_NET] = 7;
	event_from_ns_call(&ev, &m.ns_call);
	assert_int_equal(ev.error, 0);
	assert_int_equal(ev.ns_change_len, 1);
	assert_int_equal(ev.ns_change[0].type, PTC_NS_NET);
	assert_int_equal(ev.ns_change[0].old_ns, m.ns_call.old_ns[PTC_NS_NET]);
	assert_int_equal(ev.ns_change[0].new_ns, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peak_memory),
		cmocka_unit_test(test_cpu_time),
		cmocka_unit_test(test_how_it_ended),
		cmocka_unit_test(test_sender),
		cmocka_unit_test(test_ns_diff),
		cmocka_unit_test(test_ns_call),
		cmocka_unit_test(test_ns_call_that_changed_something),
	};

	return cmocka_run_group_tests_name("from_exit", tests, NULL, NULL);
}
