// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_sockets.c - sockets by their inodes, their other ends, and who has them
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "inspect/fd_owners.h"
#include "inspect/sockets.h"
#include "inspect/unix_peers.h"

static char dir[] = "/tmp/proctrace-test-XXXXXX";
static int dir_fd = -1;

static void write_file(const char *name, const char *text)
{
	_cleanup_close_ int fd =
		openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

#define TCP_TITLE \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define UNIX_TITLE "Num       RefCount Protocol Flags    Type St Inode Path\n"
#define TCP(local, remote, state, inode)                                                           \
	"   0: " local " " remote " " state " 00000000:00000000 00:00000000 00000000  0 0 " #inode \
	" 1\n"

/* 11 to 22 by IPv4, 13 to 23 by IPv6 and IPv4, 31 and 33 listen. */
static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0 || mkdirat(dir_fd, "net", 0700) < 0)
		return -1;
	write_file("stat", "");
	write_file("net/tcp",
		   TCP_TITLE TCP("0100007F:0050", "00000000:0000", "0A", 31)
			   TCP("0100007F:0050", "0100007F:1F90", "01", 11)
				   TCP("0100007F:1F90", "0100007F:0050", "01", 22)
					   TCP("0100007F:2000", "0100007F:0051", "01", 23)
						   TCP("0200007F:1F90", "0100007F:0050", "01", 24));
	write_file("net/tcp6", TCP_TITLE TCP("0000000000000000FFFF00000100007F:0051",
					     "0000000000000000FFFF00000100007F:2000", "01", 13)
				       TCP("00000000000000000000000000000000:0051",
					   "00000000000000000000000000000000:0000", "0A", 33));
	write_file("net/udp", TCP_TITLE TCP("0100007F:1F90", "0100007F:0050", "01", 41));
	write_file("net/unix",
		   UNIX_TITLE "0: 2 0 00010000 0001 01 51 /run/a\n"
			      "0: 2 0 00000000 0001 01 52\n"
			      "0: 2 0 00000000 0001 01 53 @x\n0: 2 0 00010000 0001 01 52 /forged\n"
			      "0: 2 0 00000000 0001 01 54 @y\nrest of the name\n"
			      "0: 2 0 00000000 0001 01 55 @z\n");
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "net/tcp", "net/tcp6", "net/udp", "net/unix", "stat" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(dir_fd, names[i], 0);
	unlinkat(dir_fd, "net", AT_REMOVEDIR);
	cleanup_closep(&dir_fd);
	return rmdir(dir);
}

static void resolve(struct sockets *s, const uint64_t *inodes, size_t len)
{
	assert_int_equal(sockets_init(s, len), 0);
	for (size_t i = 0; i < len; i++)
		sockets_want(s, inodes[i]);
	assert_int_equal(sockets_resolve(s, dir_fd, false), 0);
}

static void test_inet(void **state)
{
	static const uint64_t inodes[] = { 31, 13, 11, 22, 99, 11, 41 };
	const struct socket_fact *fact;
	struct sockets s;

	(void)state;
	resolve(&s, inodes, sizeof(inodes) / sizeof(inodes[0]));
	assert_int_equal(s.len, 6);
	fact = sockets_find(&s, 11);
	assert_true(fact->found && fact->sock.local.port == 80);
	assert_int_equal(fact->peer_inode, 22);
	assert_int_equal(sockets_find(&s, 22)->peer_inode, 11);
	/* Mapped addresses are the same as those of IPv4. */
	assert_int_equal(sockets_find(&s, 13)->sock.table, NETSOCK_TCP6);
	assert_int_equal(sockets_find(&s, 13)->peer_inode, 23);
	/* A listener has none, UDP's ports are not TCP's, and 99 is nobody's. */
	assert_int_equal(sockets_find(&s, 31)->peer_inode, 0);
	assert_int_equal(sockets_find(&s, 41)->peer_inode, 0);
	assert_false(sockets_find(&s, 99)->found);
	assert_null(sockets_find(&s, 12));
	sockets_done(&s);
}

static void test_forged(void **state)
{
	static const uint64_t inodes[] = { 51, 52, 53, 54, 55 };
	struct sockets s;

	(void)state;
	resolve(&s, inodes, sizeof(inodes) / sizeof(inodes[0]));
	assert_true(str_eq(sockets_find(&s, 51)->sock.path, STR_LITERAL("/run/a")));
	assert_false(sockets_find(&s, 51)->forged);
	assert_true(sockets_find(&s, 52)->forged);
	assert_true(sockets_find(&s, 54)->forged);
	assert_false(sockets_find(&s, 55)->forged);
	assert_int_equal(s.malformed, 1);
	assert_int_equal(s.peer_error, -EXDEV);
	sockets_done(&s);
}

static void test_none(void **state)
{
	struct sockets s;

	(void)state;
	resolve(&s, NULL, 0);
	assert_null(sockets_find(&s, 1));
	sockets_done(&s);
}

struct asked {
	uint32_t inode, peer_inode;
	char name[128];
	size_t name_len;
	bool found;
};

static void take(const struct unix_peer *peer, void *arg)
{
	struct asked *a = arg;

	if (peer->inode != a->inode)
		return;
	a->found = true;
	a->peer_inode = peer->peer_inode;
	a->name_len = peer->name.len;
	memcpy(a->name, peer->name.p ? peer->name.p : "", peer->name.len);
}

static struct asked ask(int fd)
{
	struct asked a = { 0 };
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	a.inode = (uint32_t)st.st_ino;
	assert_int_equal(unix_peers_each(take, &a), 0);
	assert_true(a.found);
	return a;
}

static void test_unix_peers(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int named = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct asked a;
	struct stat st;
	int pair[2];
	size_t len;

	(void)state;
	if (unix_peers_each(take, &(struct asked){ 0 }) == -ENOENT)
		skip(); /* a kernel without */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	a = ask(pair[0]);
	assert_int_equal(fstat(pair[1], &st), 0);
	assert_int_equal(a.peer_inode, st.st_ino);
	assert_int_equal(a.name_len, 0);

	/* An abstract name with a NUL at its end: all of it is the name. */
	len = (size_t)snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "ptc-%d\n", getpid()) +
	      2;
	assert_int_equal(bind(named, (struct sockaddr *)&addr,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
			 0);
	a = ask(named);
	assert_int_equal(a.name_len, len);
	assert_memory_equal(a.name, addr.sun_path, len);
	assert_int_equal(a.peer_inode, 0);
	close(pair[0]);
	close(pair[1]);
}

static void test_owner(void **state)
{
	const struct proc_fd_link pipe_link = { .kind = PROC_FD_PIPE,
						.name = STR_LITERAL("pipe"),
						.id = 7 };
	const struct proc_fd_link event = { .kind = PROC_FD_ANON, .name = STR_LITERAL("eventfd") };
	const struct proc_fd_link epoll = { .kind = PROC_FD_ANON,
					    .name = STR_LITERAL("eventpoll") };
	struct proc_fdinfo info = { .has = 1u << PROC_FDINFO_FLAGS, .flags = O_WRONLY };
	struct fd_owner o;

	(void)state;
	assert_true(fd_owner_take(&pipe_link, &info, &o));
	assert_true(o.kind == FD_OWNED_PIPE && o.id == 7 && o.can_write && !o.can_read);
	info.flags = O_RDWR;
	assert_true(fd_owner_take(&pipe_link, &info, &o) && o.can_write && o.can_read);
	/* Before Linux 5.2 eventfds have no number. */
	assert_false(fd_owner_take(&event, &info, &o));
	info.has |= 1u << PROC_FDINFO_EVENTFD_ID;
	info.eventfd_id = 5;
	assert_true(fd_owner_take(&event, &info, &o) && o.kind == FD_OWNED_EVENTFD && o.id == 5);
	assert_false(fd_owner_take(&epoll, &info, &o));
}

static void test_owners_find(void **state)
{
	struct fd_owner list[] = {
		{ .kind = FD_OWNED_PIPE, .id = 7, .pid = 1 },
		{ .kind = FD_OWNED_PIPE, .id = 7, .pid = 2 },
		{ .kind = FD_OWNED_PIPE, .id = 9, .pid = 1 },
		{ .kind = FD_OWNED_SOCKET, .id = 7, .pid = 3 },
		{ .kind = FD_OWNED_EVENTFD, .id = 1, .pid = 4 },
	};
	const struct fd_owners owners = { .list = list, .len = sizeof(list) / sizeof(list[0]) };
	const struct fd_owners none = { 0 };
	size_t len;

	(void)state;
	assert_ptr_equal(fd_owners_find(&owners, FD_OWNED_PIPE, 7, &len), &list[0]);
	assert_int_equal(len, 2);
	assert_ptr_equal(fd_owners_find(&owners, FD_OWNED_SOCKET, 7, &len), &list[3]);
	assert_int_equal(len, 1);
	assert_ptr_equal(fd_owners_find(&owners, FD_OWNED_EVENTFD, 1, &len), &list[4]);
	assert_int_equal(len, 1);
	fd_owners_find(&owners, FD_OWNED_PIPE, 8, &len);
	assert_int_equal(len, 0);
	fd_owners_find(&owners, FD_OWNED_EVENTFD, 2, &len);
	assert_int_equal(len, 0);
	fd_owners_find(&none, FD_OWNED_PIPE, 7, &len);
	assert_int_equal(len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inet),  cmocka_unit_test(test_forged),
		cmocka_unit_test(test_none),  cmocka_unit_test(test_unix_peers),
		cmocka_unit_test(test_owner), cmocka_unit_test(test_owners_find),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
