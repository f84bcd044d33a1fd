// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_fd.c - fd and fdinfo, from memory and of this process
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

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/fd.h"
#include "procfs/procfs.h"

#define S(s) STR_LITERAL(s)

static void test_link(void **state)
{
	static const struct {
		struct str target;
		int err;
		enum proc_fd_kind kind;
		struct str name;
		uint64_t id;
	} rows[] = {
		{ S("/dev/null"), 0, PROC_FD_PATH, S("/dev/null"), 0 },
		{ S("/a\n\xff:[7]"), 0, PROC_FD_PATH, S("/a\n\xff:[7]"), 0 },
		{ S("/memfd:x"), 0, PROC_FD_MEMFD, S("/memfd:x"), 0 },
		{ S("socket:[7]"), 0, PROC_FD_SOCKET, S("socket"), 7 },
		{ S("socket:[18446744073709551615]"), 0, PROC_FD_SOCKET, S("socket"), UINT64_MAX },
		{ S("pipe:[7]"), 0, PROC_FD_PIPE, S("pipe"), 7 },
		{ S("anon_inode:[eventfd]"), 0, PROC_FD_ANON, S("eventfd"), 0 },
		{ S("anon_inode:inotify"), 0, PROC_FD_ANON, S("inotify"), 0 },
		{ S("net:[4026531840]"), 0, PROC_FD_OTHER, S("net"), 4026531840 },
		/* Paths outside of every root. */
		{ S("(unreachable)/x"), 0, PROC_FD_PATH, S("(unreachable)/x"), 0 },
		{ S("x"), 0, PROC_FD_PATH, S("x"), 0 },
		{ S("\n"), 0, PROC_FD_PATH, S("\n"), 0 },
		{ S("pipe:7"), 0, PROC_FD_PATH, S("pipe:7"), 0 },
		{ S(""), -EBADMSG, 0, S(""), 0 },
		{ S("socket:[]"), 0, PROC_FD_PATH, S("socket:[]"), 0 },
		{ S("socket:[18446744073709551616]"), -EBADMSG, 0, S(""), 0 },
		{ S("socket:[x]"), -EBADMSG, 0, S(""), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_fd_link l = { .id = 99 };

		assert_int_equal(parse_fd_link(rows[i].target, &l), rows[i].err);
		assert_int_equal(l.id, rows[i].err ? 99 : rows[i].id);
		if (rows[i].err)
			continue;
		assert_int_equal(l.kind, rows[i].kind);
		assert_true(str_eq(l.name, rows[i].name));
	}
}

static void test_info_lines(void **state)
{
	struct proc_fdinfo i = { 0 };

	(void)state;
	parse_fdinfo_line(S(""), &i);
	parse_fdinfo_line(S(":"), &i);
	parse_fdinfo_line(S("\xff"), &i);
	parse_fdinfo_line(S("flags:\t8"), &i);
	parse_fdinfo_line(S("mnt_id:\t4294967296"), &i);
	parse_fdinfo_line(S("new:\t1"), &i);
	assert_int_equal(i.has, 0);
	parse_fdinfo_line(S("pos:\t-1"), &i);
	parse_fdinfo_line(S("flags:\t02100002"), &i);
	parse_fdinfo_line(S("mnt_id:\t4294967295"), &i);
	parse_fdinfo_line(S("eventfd-count:                2a"), &i);
	parse_fdinfo_line(S("eventfd-id: 3"), &i);
	parse_fdinfo_line(S("Pid:\t-1"), &i);
	parse_fdinfo_line(S("tfd:        5 events:       19 data: 5  pos:0 ino:2 sdev:9"), &i);
	parse_fdinfo_line(S("inotify wd:1 ino:2 sdev:3 mask:4"), &i);
	parse_fdinfo_line(S("fanotify flags:10 event-flags:0"), &i);
	parse_fdinfo_line(S("fanotify ino:1 sdev:2"), &i);
	parse_fdinfo_line(S("lock:\t1: FLOCK  ADVISORY  WRITE 359 00:13:11691 0 EOF"), &i);
	/* The first one counts. */
	parse_fdinfo_line(S("pos:\t7"), &i);
	assert_int_equal(i.pos, -1);
	assert_int_equal(i.flags, 02100002);
	assert_int_equal(i.mnt_id, UINT32_MAX);
	assert_int_equal(i.eventfd_count, 42);
	assert_int_equal(i.eventfd_id, 3);
	assert_int_equal(i.pidfd, -1);
	assert_int_equal(i.watches, 3);
	assert_int_equal(i.locks, 1);
	assert_false(proc_fdinfo_has(&i, PROC_FDINFO_INO));
	assert_true(proc_fdinfo_has(&i, PROC_FDINFO_PIDFD));
}

static int self_fd = -1;

static int open_self(void **state)
{
	(void)state;
	self_fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return self_fd < 0;
}

static int close_self(void **state)
{
	(void)state;
	cleanup_closep(&self_fd);
	return 0;
}

static void test_own(void **state)
{
	char buf[PROC_LINK_SIZE], path[] = "/tmp/proctrace-test (deleted)XXXXXX", name[64];
	_cleanup_close_ int file = mkostemp(path, O_CLOEXEC | O_APPEND);
	_cleanup_close_ int memfd = memfd_create("a b", MFD_CLOEXEC);
	_cleanup_close_ int event = eventfd(42, EFD_CLOEXEC);
	_cleanup_close_ int epoll = epoll_create1(EPOLL_CLOEXEC);
	_cleanup_close_ int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	_cleanup_close_ int dir = open("/", O_PATH | O_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN };
	struct proc_fdinfo info;
	struct proc_fd f;
	struct str protocol;

	(void)state;
	assert_true(file >= 0 && memfd >= 0 && event >= 0 && epoll >= 0 && sock >= 0 && dir >= 0);
	assert_int_equal(read_fd(self_fd, (uint32_t)file, buf, &f), 0);
	assert_int_equal(f.link.kind, PROC_FD_PATH);
	assert_true(str_eq(f.link.name, str_of(path)));
	assert_true(f.file.has_file && !f.file.deleted);
	assert_int_equal(write(file, "abc", 3), 3);
	assert_int_equal(read_fdinfo(self_fd, (uint32_t)file, &info), 0);
	assert_int_equal(info.pos, 3);
	assert_true((info.flags & O_APPEND) && (info.flags & O_CLOEXEC));
	assert_int_equal(info.flags & O_ACCMODE, O_RDWR);
	unlink(path);
	assert_int_equal(read_fd(self_fd, (uint32_t)file, buf, &f), 0);
	assert_true(str_eq(f.link.name, str_of(path)) && f.file.deleted);

	assert_int_equal(read_fd(self_fd, (uint32_t)memfd, buf, &f), 0);
	assert_int_equal(f.link.kind, PROC_FD_MEMFD);
	assert_true(str_eq(f.link.name, S("a b")));

	assert_int_equal(read_fd(self_fd, (uint32_t)event, buf, &f), 0);
	assert_int_equal(f.link.kind, PROC_FD_ANON);
	assert_true(str_eq(f.link.name, S("eventfd")));
	assert_int_equal(read_fdinfo(self_fd, (uint32_t)event, &info), 0);
	assert_int_equal(info.eventfd_count, 42);

	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &ev), 0);
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, sock, &ev), 0);
	assert_int_equal(read_fdinfo(self_fd, (uint32_t)epoll, &info), 0);
	assert_int_equal(info.watches, 2);

	assert_int_equal(read_fd(self_fd, (uint32_t)sock, buf, &f), 0);
	assert_int_equal(f.link.kind, PROC_FD_SOCKET);
	assert_int_equal(read_fd_protocol(self_fd, (uint32_t)sock, name, sizeof(name), &protocol),
			 0);
	assert_true(str_has_prefix(protocol, S("UNIX")));
	assert_int_equal(read_fd_protocol(self_fd, (uint32_t)event, name, sizeof(name), &protocol),
			 -ENOENT);

	assert_int_equal(read_fd(self_fd, (uint32_t)dir, buf, &f), 0);
	assert_int_equal(f.link.kind, PROC_FD_PATH);
	assert_true(f.file.has_file && str_eq(f.link.name, S("/")));
	assert_int_equal(read_fd(self_fd, 1u << 30, buf, &f), -ENOENT);
	assert_int_equal(read_fdinfo(self_fd, 1u << 30, &info), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_info_lines),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, open_self, close_self);
}
