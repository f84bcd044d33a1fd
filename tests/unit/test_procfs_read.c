// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_read.c - the readers on a copied /proc
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "procfs/cgroup.h"
#include "procfs/link.h"
#include "procfs/ns.h"
#include "procfs/procfs.h"
#include "procfs/resource.h"
#include "procfs/status.h"
#include "procfs/value.h"
#include "procfs/words.h"

static int root_fd = -1;

static int open_fixture(void **state)
{
	(void)state;
	return procfs_open_root("tests/fixtures/proc/host", &root_fd);
}

static int close_fixture(void **state)
{
	(void)state;
	cleanup_closep(&root_fd);
	return 0;
}

static int open_pid(uint32_t pid)
{
	int fd = -1;

	assert_int_equal(procfs_open(root_fd, pid, 0, &fd), 0);
	return fd;
}

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p ? s.p : "", expected, s.len);
}

static void test_open(void **state)
{
	static const struct {
		uint32_t pid;
		uint64_t start_ns;
		int err;
	} rows[] = {
		{ 300, 0, 0 },
		/* stat says 5000 ticks; every ns of that tick is the same to /proc. */
		{ 300, 50000000000, 0 },
		{ 300, 50009999999, 0 },
		{ 300, 50010000000, -ESRCH },
		{ 300, 49999999999, -ESRCH },
		{ 299, 0, -ESRCH },
		{ 304, 0, -EBADMSG }, /* empty */
		{ 305, 0, -EBADMSG }, /* one byte */
		{ 306, 0, -EFBIG },   /* one page and more */
		{ 307, 0, -EBADMSG }, /* a field too few */
		{ 308, 0, 0 },
	};

	(void)state;
	assert_int_equal(clock_tick_ns(), 10000000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = -2;

		assert_int_equal(procfs_open(root_fd, rows[i].pid, rows[i].start_ns, &fd),
				 rows[i].err);
		assert_int_equal(fd < 0, rows[i].err < 0);
		if (fd >= 0)
			close(fd);
	}
}

static int add_pid(uint32_t pid, void *arg)
{
	uint64_t *sum = arg;

	*sum += pid;
	return 0;
}

static int stop_at_once(uint32_t pid, void *arg)
{
	*(uint32_t *)arg = pid;
	return -ECANCELED;
}

static void test_each_pid(void **state)
{
	uint64_t sum = 0;
	uint32_t pid = 0;

	(void)state;
	assert_int_equal(procfs_each_pid(root_fd, add_pid, &sum), 0);
	assert_int_equal(sum, 1 + 2 + (300 + 309) * 10 / 2);
	/* A second time: the descriptor did not move. */
	assert_int_equal(procfs_each_pid(root_fd, add_pid, &sum), 0);
	assert_int_equal(sum, 2 * (1 + 2 + (300 + 309) * 10 / 2));
	assert_int_equal(procfs_each_pid(root_fd, stop_at_once, &pid), -ECANCELED);
	assert_true(pid > 0);
}

static void test_read_limit(void **state)
{
	_cleanup_close_ int gone = openat(root_fd, "sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = open_pid(300);
	char buf[32];
	size_t len;
	bool truncated;

	(void)state;
	/* "1000": room to spare, exactly enough, and one byte too little. */
	assert_int_equal(procfs_read(fd, "loginuid", buf, 5, &len, &truncated), 0);
	assert_int_equal(len, 4);
	assert_false(truncated);
	assert_int_equal(procfs_read(fd, "loginuid", buf, 4, &len, &truncated), 0);
	assert_int_equal(len, 4);
	assert_false(truncated);
	assert_int_equal(procfs_read(fd, "loginuid", buf, 3, &len, &truncated), 0);
	assert_int_equal(len, 3);
	assert_true(truncated);
	assert_int_equal(procfs_read(fd, "loginuid", buf, 3, &len, NULL), -EFBIG);
	/* A single read does not tell what fits exactly from what was cut. */
	assert_int_equal(procfs_read_once(fd, "loginuid", buf, 5, &len, NULL), 0);
	assert_int_equal(len, 4);
	assert_int_equal(procfs_read_once(fd, "loginuid", buf, 4, &len, &truncated), 0);
	assert_int_equal(len, 4);
	assert_true(truncated);
	assert_int_equal(procfs_read_once(fd, "loginuid", buf, 4, &len, NULL), -EFBIG);
	assert_int_equal(procfs_read_once(fd, "no-such-file", buf, 4, &len, NULL), -ENOENT);
	/* This kernel has no such file; and below a directory without stat: no such process. */
	assert_int_equal(procfs_read(fd, "no-such-file", buf, 3, &len, NULL), -ENOENT);
	assert_true(gone >= 0);
	assert_int_equal(procfs_read(gone, "loginuid", buf, 3, &len, NULL), -ESRCH);
}

static void test_whole_process(void **state)
{
	_cleanup_close_ int fd = open_pid(300);
	static char buf[STATUS_SIZE], link_buf[PROC_LINK_SIZE];
	struct proc_status status;
	struct proc_limits limits;
	static struct proc_idmap map;
	struct proc_words words;
	struct proc_link link;
	struct proc_stat stat;
	struct proc_io io;
	struct proc_ns ns;
	struct str s;
	uint32_t u;
	int32_t i;

	(void)state;
	assert_int_equal(read_stat(fd, &stat), 0);
	assert_str(proc_stat_comm(&stat), "a) b (");
	assert_int_equal(read_status(fd, buf, sizeof(buf), &status), 0);
	assert_str(status.nspid, "300\t7");
	assert_int_equal(status.seccomp_filters, 3);
	assert_int_equal(read_cmdline(fd, buf, sizeof(buf), &words), 0);
	assert_int_equal(words.count, 4); /* the last one is empty */
	assert_int_equal(read_environ(fd, buf, sizeof(buf), &words), 0);
	assert_int_equal(words.count, 5);
	assert_int_equal(read_exe(fd, link_buf, &link), 0);
	assert_str(link.path, "/srv/jail/usr/sbin/nginx");
	assert_true(link.deleted);
	assert_false(link.has_file);
	assert_int_equal(read_root(fd, link_buf, &link), 0);
	assert_str(link.path, "/srv/jail");
	assert_int_equal(read_ns(fd, &ns), 0);
	assert_int_equal(ns.inode[PROC_NS_PID], 4026532179);
	assert_int_equal(ns.inode[PROC_NS_TIME_FOR_CHILDREN], 4026531834);
	assert_int_equal(read_loginuid(fd, &u), 0);
	assert_int_equal(u, 1000);
	assert_int_equal(read_sessionid(fd, &u), 0);
	assert_int_equal(u, 42);
	assert_int_equal(read_oom_score_adj(fd, &i), 0);
	assert_int_equal(i, -998);
	assert_int_equal(read_label(fd, buf, sizeof(buf), &s), 0);
	assert_str(s, "docker-default (enforce)");
	assert_int_equal(read_comm(fd, buf, sizeof(buf), &s), 0);
	assert_str(s, "a) b (");
	assert_int_equal(read_uid_map(fd, &map), 0);
	assert_int_equal(map.len, 2);
	assert_int_equal(read_gid_map(fd, &map), 0);
	assert_true(map.range[0].count == UINT32_MAX);
	assert_int_equal(read_projid_map(fd, &map), 0);
	assert_int_equal(map.len, 0);
	assert_int_equal(read_limits(fd, &limits), 0);
	assert_int_equal(limits.hard[RLIMIT_NOFILE], 524288);
	assert_int_equal(read_io(fd, &io), 0);
	assert_int_equal(io.has, (1u << PROC_IO_FIELDS) - 1);
}

static void test_cgroup_lines(void **state)
{
	_cleanup_close_ int fd = open_pid(300);
	struct proc_cgroup c;
	char buf[4096];
	bool truncated;
	struct str lines;
	int n = 0;

	(void)state;
	assert_int_equal(read_cgroup(fd, buf, sizeof(buf), &lines, &truncated), 0);
	assert_false(truncated);
	while (proc_cgroup_next(&lines, &c))
		n++;
	assert_int_equal(n, 3); /* one line is rubbish */
	assert_str(c.path, "/system.slice/x.service");
	/* What the limit cut is not a cgroup of a shorter name. */
	assert_int_equal(read_cgroup(fd, buf, 30, &lines, &truncated), 0);
	assert_true(truncated);
	assert_true(proc_cgroup_next(&lines, &c));
	assert_false(proc_cgroup_next(&lines, &c));
}

static void test_hostile_names(void **state)
{
	_cleanup_close_ int newline = open_pid(301), bytes = open_pid(302);
	struct proc_stat stat;
	char buf[64];
	struct str comm;

	(void)state;
	assert_int_equal(read_stat(newline, &stat), 0);
	assert_str(proc_stat_comm(&stat), "x\ny) R 1\n");
	assert_int_equal(read_comm(newline, buf, sizeof(buf), &comm), 0);
	assert_str(comm, "x\ny) R 1\n");
	assert_int_equal(read_stat(bytes, &stat), 0);
	assert_str(proc_stat_comm(&stat), "\xff\xfe\x1b[2J");
}

static void test_zombie_and_kernel_thread(void **state)
{
	_cleanup_close_ int zombie = open_pid(303), kthread = open_pid(2), live = -1;
	char buf[PROC_LINK_SIZE];
	struct proc_words words;
	struct proc_link exe;
	struct proc_stat stat;
	struct proc_ns ns;

	(void)state;
	assert_int_equal(read_stat(zombie, &stat), 0);
	assert_true(proc_stat_is_zombie(&stat));
	assert_int_equal(read_exe(zombie, buf, &exe), -ENOENT);
	/* It has a pid and a user namespace left. */
	assert_int_equal(read_ns(zombie, &ns), -ESRCH);
	assert_int_equal(read_cmdline(zombie, buf, sizeof(buf), &words), 0);
	assert_int_equal(words.count, 0);
	assert_int_equal(procfs_open_live_thread(zombie, &live), -ESRCH);
	assert_int_equal(read_stat(kthread, &stat), 0);
	assert_true(proc_stat_is_kernel_thread(&stat));
	assert_int_equal(read_exe(kthread, buf, &exe), -ENOENT);
}

static void test_live_thread(void **state)
{
	_cleanup_close_ int fd = open_pid(309), live = -1, thread = -1;
	char buf[PROC_LINK_SIZE];
	struct proc_link exe;

	(void)state;
	assert_int_equal(procfs_open_live_thread(fd, &live), 0);
	assert_int_equal(read_exe(live, buf, &exe), 0);
	assert_str(exe.path, "/bin/server");
	assert_int_equal(procfs_open_thread(fd, 310, &thread), 0);
	assert_int_equal(procfs_open_thread(fd, 311, &thread), -ESRCH);
}

/* The directories of empty, one-byte and overlong files have no stat to open them by. */
static void read_damaged(const char *pid, int expected)
{
	_cleanup_close_ int fd = openat(root_fd, pid, O_PATH | O_DIRECTORY | O_CLOEXEC);
	static char buf[STATUS_SIZE];
	static struct proc_idmap map;
	struct proc_status status;
	struct proc_limits limits;
	struct proc_io io;
	struct str s;
	uint32_t u;
	int32_t i;

	assert_true(fd >= 0);
	assert_int_equal(read_status(fd, buf, sizeof(buf), &status), 0);
	assert_int_equal(status.has | status.malformed, 0);
	assert_int_equal(read_loginuid(fd, &u), expected);
	assert_int_equal(read_oom_score_adj(fd, &i), expected);
	assert_int_equal(read_label(fd, buf, sizeof(buf), &s), expected ? -ENOENT : 0);
	assert_int_equal(read_uid_map(fd, &map), expected ? 0 : -EBADMSG);
	assert_int_equal(read_limits(fd, &limits), 0);
	assert_int_equal(limits.has, 0);
	assert_int_equal(read_io(fd, &io), 0);
	assert_int_equal(io.has, 0);
}

static void test_damaged(void **state)
{
	_cleanup_close_ int fd = openat(root_fd, "306", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char buf[PROC_LABEL_SIZE];
	struct str s;
	uint32_t u = 77;
	int32_t i = 77;

	(void)state;
	read_damaged("304", -EBADMSG);
	read_damaged("305", 0); /* "3" is a number and a label */
	assert_true(fd >= 0);
	assert_int_equal(read_loginuid(fd, &u), -EFBIG);
	assert_int_equal(read_sessionid(fd, &u), -EBADMSG);
	assert_int_equal(read_oom_score_adj(fd, &i), -EBADMSG);
	assert_int_equal(read_label(fd, buf, sizeof(buf), &s), -EFBIG);
	assert_int_equal(read_comm(fd, buf, 64, &s), -EFBIG);
	assert_int_equal(u, 77);
	assert_int_equal(i, 77);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_each_pid),
		cmocka_unit_test(test_read_limit),
		cmocka_unit_test(test_whole_process),
		cmocka_unit_test(test_cgroup_lines),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_zombie_and_kernel_thread),
		cmocka_unit_test(test_live_thread),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
