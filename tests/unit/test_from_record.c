// SPDX-License-Identifier: Apache-2.0
/*
 * test_from_record.c - what a record says of a task and of an exec
 */
#include "event/from_record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records.h"

static struct record_paths paths;

static int done(void **state)
{
	(void)state;
	record_paths_done(&paths);
	return 0;
}

/* --- the task */

static const uint32_t always = 1u << FACT_PIDS | 1u << FACT_NAME | 1u << FACT_CREDS |
			       1u << FACT_GROUPS | 1u << FACT_TTY | 1u << FACT_OOM_SCORE;

static void test_task(void **state)
{
	struct event_process p = { 0 };
	struct ptc_task task;

	(void)state;
	made_task(&task);
	task.tid = 4186;
	task.euid = 1000;
	task.fsgid = 27;
	task.securebits = 5;
	task.cap[PTC_CAP_AMBIENT] = 0x2000;
	task.groups_total = task.groups_len = 2;
	task.groups[1] = 27;
	task.tty_major = 136;
	task.tty_minor = 3;
	task.oom_score_adj = -999;
	task.seccomp = 2;
	task.no_new_privs = 1;
	task.session_id = 7;
	task.flags = PTC_TASK_HAS_TTY | PTC_TASK_HAS_AUDIT | PTC_TASK_HAS_SECCOMP;
	event_from_task(&p, &task);

	assert_int_equal(p.has, always | 1u << FACT_LOGIN | 1u << FACT_SECCOMP | 1u << FACT_NS);
	for (int fact = 0; fact < FACT_COUNT; fact++)
		assert_int_equal(p.source[fact],
				 event_has(&p, (enum fact)fact) ? SOURCE_KERNEL : SOURCE_NONE);
	assert_int_equal(p.truncated, 0);
	assert_int_equal(p.pid, 4185);
	assert_int_equal(p.tid, 4186);
	assert_int_equal(p.start_ns, task.start_ns);
	assert_int_equal(p.vpid_len, 2);
	assert_int_equal(p.vpid[1], 1);
	assert_true(str_eq(p.name, str_of("nginx")));
	assert_int_equal(p.creds.euid, 1000);
	assert_int_equal(p.creds.fsgid, 27);
	assert_int_equal(p.creds.securebits, 5);
	assert_int_equal(p.creds.cap[PTC_CAP_AMBIENT], 0x2000);
	assert_int_equal(p.groups_len, 2);
	assert_int_equal(p.groups[1], 27);
	assert_true(p.interactive);
	assert_int_equal(p.tty_major, 136);
	assert_int_equal(p.tty_minor, 3);
	assert_int_equal(p.oom_score_adj, -999);
	assert_int_equal(p.seccomp, 2);
	assert_true(p.no_new_privs);
	assert_int_equal(p.loginuid, UINT32_MAX);
	assert_int_equal(p.session_id, 7);
	assert_int_equal(p.ns[PTC_NS_TIME_FOR_CHILDREN], task.ns[PTC_NS_TIME_FOR_CHILDREN]);
	assert_false(p.kernel_thread);
}

/* A kernel without audit and seccomp, a process that has left its namespaces. */
static void test_task_that_says_less(void **state)
{
	struct event_process p = { 0 };
	struct ptc_task task;

	(void)state;
	made_task(&task);
	memset(task.ns, 0, sizeof(task.ns));
	task.ns[PTC_NS_PID] = 4026531836u;
	task.flags = PTC_TASK_KTHREAD;
	event_from_task(&p, &task);
	assert_int_equal(p.has, always);
	assert_int_equal(p.ns[PTC_NS_PID], 0);
	assert_false(p.interactive);
	assert_true(p.kernel_thread);
}

static void test_groups_that_were_cut(void **state)
{
	struct event_process p = { 0 };
	struct ptc_task task;

	(void)state;
	made_task(&task);
	task.groups_len = PTC_GROUPS_MAX;
	task.groups_total = PTC_GROUPS_MAX + 1;
	event_from_task(&p, &task);
	assert_int_equal(p.truncated, 1u << FACT_GROUPS);
	assert_int_equal(p.groups_total, PTC_GROUPS_MAX + 1);
}

/* --- exec */

static struct event exec_event(const struct made *m)
{
	struct event ev = { .kind = EVENT_EXEC };
	struct record r;

	assert_int_equal(record_decode(m, m->hdr.size, &r), 0);
	event_from_task(&ev.proc, r.task);
	event_from_exec(&ev, &r, &paths);
	return ev;
}

static void made_exec(struct made *m)
{
	made_init(m, PTC_EXEC);
	m->exec.argc = 3;
	made_slice(m, &m->exec.args, RAW("nginx\0\0-g"), 0);
	made_slice(m, &m->exec.exe, RAW("nginx\0sbin\0usr"), PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.cwd, str_from("", 0), PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.filename, str_of("sbin/nginx"), 0);
}

static void test_exec(void **state)
{
	const uint32_t facts = 1u << FACT_ARGS | 1u << FACT_FILE | 1u << FACT_EXE | 1u << FACT_CWD;
	struct made m;
	struct event ev;

	(void)state;
	made_exec(&m);
	m.exec.file_inode = 12345;
	m.exec.file_dev_major = 8;
	m.exec.file_mode = 0104755;
	ev = exec_event(&m);
	assert_int_equal(ev.error, 0);
	assert_int_equal(ev.proc.has, always | 1u << FACT_NS | facts);
	assert_int_equal(ev.proc.truncated, 0);
	assert_true(str_eq(ev.proc.args, RAW("nginx\0\0-g")));
	assert_int_equal(ev.proc.args_count, 3);
	assert_true(str_eq(ev.proc.executable, str_of("/usr/sbin/nginx")));
	assert_true(str_eq(ev.proc.cwd, str_of("/")));
	assert_true(str_eq(ev.proc.file.filename, str_of("sbin/nginx")));
	assert_int_equal(ev.proc.file.interpreter.len, 0);
	assert_int_equal(ev.proc.file.inode, 12345);
	assert_int_equal(ev.proc.file.dev_major, 8);
	assert_int_equal(ev.proc.file.mode, 0104755);
	assert_false(ev.proc.file.deleted || ev.proc.file.memfd || ev.proc.file.script);

	made_slice(&m, &m.exec.env, RAW("A=1"), 0);
	ev = exec_event(&m);
	assert_int_equal(ev.proc.has, always | 1u << FACT_NS | facts | 1u << FACT_ENV);
	assert_true(str_eq(ev.proc.env, RAW("A=1")));
}

/* A process may be given no argument, not even its name. */
static void test_exec_without_arguments(void **state)
{
	struct made m;
	struct event ev;

	(void)state;
	made_init(&m, PTC_EXEC);
	ev = exec_event(&m);
	assert_true(event_has(&ev.proc, FACT_ARGS));
	assert_int_equal(ev.proc.args.len, 0);
	assert_int_equal(ev.proc.args_count, 0);
}

static void test_what_was_cut(void **state)
{
	static const struct {
		size_t slice;
		uint32_t flags;
		enum fact fact;
	} rows[] = {
		{ offsetof(struct ptc_exec, args), PTC_SLICE_TRUNCATED, FACT_ARGS },
		{ offsetof(struct ptc_exec, args), PTC_SLICE_UNREAD, FACT_ARGS },
		{ offsetof(struct ptc_exec, env), PTC_SLICE_TRUNCATED, FACT_ENV },
		{ offsetof(struct ptc_exec, env), PTC_SLICE_UNREAD, FACT_ENV },
		{ offsetof(struct ptc_exec, exe), PTC_SLICE_TRUNCATED, FACT_EXE },
		{ offsetof(struct ptc_exec, cwd), PTC_SLICE_TRUNCATED, FACT_CWD },
		{ offsetof(struct ptc_exec, filename), PTC_SLICE_TRUNCATED, FACT_FILE },
		{ offsetof(struct ptc_exec, interp), PTC_SLICE_TRUNCATED, FACT_FILE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made m;
		struct event ev;

		made_exec(&m);
		made_slice(&m, &m.exec.env, RAW("A=1"), 0);
		made_slice(&m, &m.exec.interp, str_of("/bin/sh"), 0);
		((struct ptc_slice *)(m.bytes + rows[i].slice))->flags |= rows[i].flags;
		ev = exec_event(&m);
		assert_int_equal(ev.proc.truncated, 1u << rows[i].fact);
		assert_true(event_has(&ev.proc, rows[i].fact));
	}
}

/* The kernel counted the arguments, so how many is known although not all are there. */
static void test_count_of_arguments(void **state)
{
	static const struct {
		uint32_t argc, flags, count;
	} rows[] = {
		{ 2000, PTC_SLICE_TRUNCATED, 2000 },
		{ 2000, PTC_SLICE_UNREAD, 2000 },
		{ 0, PTC_SLICE_TRUNCATED, 3 },
		{ 2, PTC_SLICE_TRUNCATED, 3 },
		{ 3, 0, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made m;

		made_exec(&m);
		m.exec.argc = rows[i].argc;
		m.exec.args.flags = rows[i].flags;
		assert_int_equal(exec_event(&m).proc.args_count, rows[i].count);
	}
	assert_int_equal(count_words(str_from(NULL, 0)), 0);
	assert_int_equal(count_words(str_of("abc")), 1);
	assert_int_equal(count_words(str_from("\0\0", 2)), 2);
	assert_int_equal(count_words(str_from("a\0bc", 4)), 2);
}

static void test_file_flags(void **state)
{
	struct made m;
	struct event ev;

	(void)state;
	made_exec(&m);
	m.exec.file_flags = PTC_FILE_DELETED;
	ev = exec_event(&m);
	assert_true(ev.proc.file.deleted && !ev.proc.file.memfd && !ev.proc.file.script);
	m.exec.file_flags = PTC_FILE_SCRIPT;
	made_slice(&m, &m.exec.interp, str_of("/bin/sh"), 0);
	ev = exec_event(&m);
	assert_true(!ev.proc.file.deleted && !ev.proc.file.memfd && ev.proc.file.script);
	assert_true(str_eq(ev.proc.file.interpreter, str_of("/bin/sh")));
	m.exec.file_flags = PTC_FILE_MEMFD;
	ev = exec_event(&m);
	assert_true(!ev.proc.file.deleted && ev.proc.file.memfd && !ev.proc.file.script);
}

/* What lies in memory has no place, and only the kernel's flag says that it does. */
static void test_memfd(void **state)
{
	static const struct {
		struct str raw;
		uint32_t file_flags, slice_flags;
		const char *executable;
	} rows[] = {
		{ RAW("memfd:x"), PTC_FILE_MEMFD, PTC_SLICE_DETACHED, "/memfd:x" },
		{ RAW("memfd:"), PTC_FILE_MEMFD, PTC_SLICE_DETACHED, "/memfd:" },
		{ RAW("memfd:x"), PTC_FILE_DELETED, PTC_SLICE_DETACHED, "(unreachable)/memfd:x" },
		{ RAW("memfd:x\0tmp"), 0, PTC_SLICE_DETACHED, "(unreachable)/tmp/memfd:x" },
		{ RAW("memfd:x\0tmp"), 0, 0, "/tmp/memfd:x" },
		{ RAW("memfd:x"), 0, 0, "/memfd:x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made m;
		struct event ev;

		made_init(&m, PTC_EXEC);
		m.exec.file_flags = rows[i].file_flags;
		made_slice(&m, &m.exec.exe, rows[i].raw, PTC_SLICE_REVERSED | rows[i].slice_flags);
		made_slice(&m, &m.exec.cwd, RAW("x"), PTC_SLICE_REVERSED | PTC_SLICE_DETACHED);
		ev = exec_event(&m);
		assert_true(str_eq(ev.proc.executable, str_of(rows[i].executable)));
		/* Where the process stands has nothing to do with it. */
		assert_true(str_eq(ev.proc.cwd, str_of("(unreachable)/x")));
	}
}

static void test_whole_name(void **state)
{
	static const struct {
		const char *comm, *filename, *name;
	} rows[] = {
		{ "containerd-shim", "/usr/bin/containerd-shim-runc-v2",
		  "containerd-shim-runc-v2" },
		{ "containerd-shim", "containerd-shim-runc-v2", "containerd-shim-runc-v2" },
		{ "containerd-shim", "/usr/bin/containerd-shim", "containerd-shim" },
		/* Shorter than what is cut: then it is the name, whatever was typed. */
		{ "containerd-shi", "/bin/containerd-shim", "containerd-shi" },
		{ "sh", "/bin/shutdown", "sh" },
		/* Something else: another thread's doing, or the name of a descriptor. */
		{ "containerd-shim", "/bin/containerd-shiM-runc-v2", "containerd-shim" },
		{ "containerd-shim", "/containerd-shim-runc-v2/x", "containerd-shim" },
		{ "containerd-shim", "/bin/x", "containerd-shim" },
		{ "containerd-shim", "", "containerd-shim" },
		{ "", "/bin/x", "" },
		{ "a) b (\n", "/bin/a) b (\n", "a) b (\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made m;

		made_init(&m, PTC_EXEC);
		made_comm(&m.exec.task, rows[i].comm);
		made_slice(&m, &m.exec.filename, str_of(rows[i].filename), 0);
		assert_true(str_eq(exec_event(&m).proc.name, str_of(rows[i].name)));
	}
}

/* The program did not change: what was asked for is told, what runs is not touched. */
static void test_exec_that_failed(void **state)
{
	const uint32_t asked = 1u << FACT_ARGS | 1u << FACT_FILE;
	struct made m;
	struct event ev;

	(void)state;
	made_init(&m, PTC_EXEC_FAILED);
	made_comm(&m.exec.task, "containerd-shim");
	m.exec.error = -ENOENT;
	made_slice(&m, &m.exec.filename, str_of("/bin/containerd-shim-no"), 0);
	made_slice(&m, &m.exec.args, RAW("no\0-x"), 0);
	ev = exec_event(&m);
	assert_int_equal(ev.error, ENOENT);
	assert_int_equal(ev.proc.has, always | 1u << FACT_NS | asked);
	assert_int_equal(ev.proc.truncated, 0);
	assert_true(str_eq(ev.proc.name, str_of("containerd-shim")));
	assert_true(str_eq(ev.proc.file.filename, str_of("/bin/containerd-shim-no")));
	assert_true(str_eq(ev.proc.args, RAW("no\0-x")));
	assert_int_equal(ev.proc.args_count, 2);

	m.exec.filename.flags = PTC_SLICE_TRUNCATED;
	assert_int_equal(exec_event(&m).proc.truncated, 1u << FACT_FILE);
	m.exec.filename.flags = 0;
	m.exec.args.flags = PTC_SLICE_UNREAD | PTC_SLICE_TRUNCATED;
	assert_int_equal(exec_event(&m).proc.truncated, 1u << FACT_ARGS);

	/* A filename that could not be read is not an empty one. */
	made_slice(&m, &m.exec.filename, str_from("", 0), PTC_SLICE_UNREAD);
	ev = exec_event(&m);
	assert_false(event_has(&ev.proc, FACT_FILE));

	/* Whoever traces a process decides what its calls return. */
	m.exec.error = INT32_MIN;
	assert_int_equal(exec_event(&m).error, INT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_task),
		cmocka_unit_test(test_task_that_says_less),
		cmocka_unit_test(test_groups_that_were_cut),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_exec_without_arguments),
		cmocka_unit_test(test_what_was_cut),
		cmocka_unit_test(test_count_of_arguments),
		cmocka_unit_test(test_file_flags),
		cmocka_unit_test(test_memfd),
		cmocka_unit_test(test_whole_name),
		cmocka_unit_test(test_exec_that_failed),
	};

	return cmocka_run_group_tests_name("from_record", tests, NULL, done);
}
