// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_net.c - sockets, interfaces, addresses, routes, from memory and of this host
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/netaddr.h"
#include "procfs/netdev.h"
#include "procfs/netsock.h"

#define S(s) STR_LITERAL(s)

/* Numbers of words are those of a machine that has the low byte first. */
static void test_addr(void **state)
{
	static const struct {
		struct str word;
		const char *text; /* NULL: none */
	} rows[] = {
		{ S("0100007F:1F90"), "127.0.0.1:8080" },
		{ S("00000000:0000"), "0.0.0.0:0" },
		{ S("ffffffff:ffff"), "255.255.255.255:65535" },
		{ S("00000000000000000000000001000000:0035"), "[::1]:53" },
		{ S("0000000000000000FFFF00000100007F:0035"), "[::ffff:127.0.0.1]:53" },
		{ S(""), NULL },
		{ S(":"), NULL },
		{ S("\xff"), NULL },
		{ S("0100007F"), NULL },
		{ S("0100007F:"), NULL },
		{ S("0100007F:1F9"), NULL },
		{ S("0100007F:01F90"), NULL },
		{ S("0100007:1F90"), NULL },
		{ S("00100007F:1F90"), NULL },
		{ S("0100007G:1F90"), NULL },
		{ S("0000000000000000FFFF00000100007:0035"), NULL },
	};
	char buf[PROC_NETADDR_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc_netaddr a = { .port = 99 };

		assert_int_equal(parse_netaddr_port(rows[i].word, &a), rows[i].text != NULL);
		if (rows[i].text)
			assert_string_equal(fmt_netaddr_port(buf, &a), rows[i].text);
		else
			assert_int_equal(a.port, 99);
	}
}

static void test_other_addr(void **state)
{
	struct proc_netaddr a, b;
	char buf[PROC_NETADDR_LEN];

	(void)state;
	assert_true(parse_netaddr_wire(S("fe8000000000000000fc00fffe000001"), &a));
	assert_string_equal(fmt_netaddr(buf, &a), "fe80::fc:ff:fe00:1");
	assert_false(parse_netaddr_wire(S("fe8000000000000000fc00fffe00000"), &a));
	assert_false(parse_netaddr_wire(S("fe8000000000000000fc00fffe00000g"), &a));
	assert_true(parse_netaddr_word(S("010200C0"), &a));
	assert_true(parse_netaddr_text(S("192.0.2.1"), &b));
	assert_true(proc_netaddr_eq(&a, &b));
	assert_false(parse_netaddr_text(S("192.0.2"), &a));
	assert_false(parse_netaddr_text(S(""), &a));
	assert_false(parse_netaddr_text(S("192.0.2.1\xff"), &a));
	assert_false(parse_netaddr_text(S("1111111111111111111"), &a));
	assert_false(proc_netaddr_is_any(&a));
	assert_true(parse_netaddr_word(S("00000000"), &a) && proc_netaddr_is_any(&a));
}

#define TCP \
	"   0: 0100007F:1F90 0200007F:0016 0A 00000001:0000000A 00:00000000 00000000  1000        0 12345"

static void test_sockets(void **state)
{
	struct netsock s;

	(void)state;
	assert_int_equal(parse_netsock(NETSOCK_TCP, S(TCP " 1 0000000043bd7900 100 0 0 10 0"), &s),
			 0);
	assert_int_equal(s.state, NETSOCK_LISTEN);
	assert_string_equal(s.state_name, "LISTEN");
	assert_int_equal(s.inode, 12345);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.local.port, 8080);
	assert_int_equal(s.remote.port, 22);
	assert_int_equal(s.send_bytes, 1);
	assert_int_equal(s.receive_bytes, 10);
	assert_int_equal(parse_netsock(NETSOCK_UDP, S(TCP), &s), 0);
	assert_null(s.state_name);

	assert_int_equal(
		parse_netsock(
			NETSOCK_UNIX,
			S("0000000017207af1: 00000003 00000000 00010000 0001 01   572 @a\xff b "),
			&s),
		0);
	assert_int_equal(s.state, NETSOCK_LISTEN);
	assert_int_equal(s.inode, 572);
	assert_int_equal(s.type, SOCK_STREAM);
	assert_true(str_eq(s.path, S("@a\xff b ")));
	assert_int_equal(parse_netsock(NETSOCK_UNIX,
				       S("17: 00000003 00000000 00000000 0002 03 572"), &s),
			 0);
	assert_int_equal(s.state, NETSOCK_CONNECTED);
	assert_int_equal(s.path.len, 0);

	assert_int_equal(
		parse_netsock(
			NETSOCK_NETLINK,
			S("000000004783f710 15  4294967295 000000Ff 7        8        0     2        0        485       "),
			&s),
		0);
	assert_int_equal(s.protocol, 15);
	assert_int_equal(s.port_id, UINT32_MAX);
	assert_int_equal(s.groups, 0xff);
	assert_int_equal(s.receive_bytes, 7);
	assert_int_equal(s.inode, 485);

	assert_int_equal(
		parse_netsock(
			NETSOCK_PACKET,
			S("000000004783f710 3      3    0003   2     1 0        1000   485   "),
			&s),
		0);
	assert_int_equal(s.protocol, 3);
	assert_int_equal(s.interface, 2);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.inode, 485);
}

static void test_wrong_sockets(void **state)
{
	static const struct {
		enum netsock_table table;
		struct str line;
	} rows[] = {
		{ NETSOCK_TCP,
		  S("   0: 0100007F:1F90 0200007F:0016 0A 0:0 00:00000000 00000000 1000 0") },
		{ NETSOCK_TCP,
		  S("   0: 0100007F:1F90 0200007F:0016 XX 0:0 00:00000000 00000000 1000 0 1") },
		{ NETSOCK_TCP6,
		  S("   0: 0100007F 0200007F:0016 0A 0:0 00:00000000 00000000 1000 0 1") },
		{ NETSOCK_RAW,
		  S("   0: 0100007F:1F90 0200007F:0016 0A 00 00:00000000 00000000 1000 0 1") },
		{ NETSOCK_UDP, S("   0: 0100007F:1F90 0200007F:0016 0A 0:0 00:0 0 1000 0 "
				 "18446744073709551616") },
		{ NETSOCK_UNIX, S("17 00000003 00000000 00000000 0002 03 572") },
		{ NETSOCK_UNIX, S(": 00000003 00000000 00000000 0002 03 572") },
		{ NETSOCK_UNIX, S("17: 00000003 00000000 000000000 0002 03 572") },
		{ NETSOCK_UNIX, S("17: 00000003 00000000 00000000 0002 03") },
		{ NETSOCK_NETLINK, S("0 0 0 00000000 0 0 0 2 0") },
		{ NETSOCK_NETLINK, S("0 0 4294967296 00000000 0 0 0 2 0 7") },
		{ NETSOCK_PACKET, S("0 3 3 0003 2 1 0 1000") },
		{ NETSOCK_PACKET, S("0 3 3 0003 x 1 0 1000 7") },
	};
	static const struct str all[] = { S(""), S("x"), S("\xff"), S("\t"),
					  S("0 0 0 0 0 0 0 0 0 0") };
	struct netsock s = { .inode = 99 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(parse_netsock(rows[i].table, rows[i].line, &s), -EBADMSG);
	for (int table = 0; table < NETSOCK_NETLINK; table++) {
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			assert_int_equal(parse_netsock((enum netsock_table)table, all[i], &s),
					 -EBADMSG);
	}
	assert_int_equal(s.inode, 99);
}

static void test_dev(void **state)
{
	struct netdev d = { .rx_bytes = 99 };

	(void)state;
	assert_int_equal(
		parse_netdev(
			S("    lo:    6586      59    1    2    0     0          0         0  "
			  "   18446744073709551615      3    4    5    0     0       0          0"),
			&d),
		0);
	assert_true(str_eq(d.name, S("lo")));
	assert_int_equal(d.rx_bytes, 6586);
	assert_int_equal(d.rx_packets, 59);
	assert_int_equal(d.rx_errors, 1);
	assert_int_equal(d.rx_dropped, 2);
	assert_true(d.tx_bytes == UINT64_MAX);
	assert_int_equal(d.tx_dropped, 5);
	assert_int_equal(parse_netdev(S("\xff:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), &d), 0);
	d.rx_bytes = 99;
	assert_int_equal(parse_netdev(S(" face |bytes    packets errs drop fifo frame"), &d),
			 -EBADMSG);
	assert_int_equal(parse_netdev(S(""), &d), -EBADMSG);
	assert_int_equal(parse_netdev(S(":"), &d), -EBADMSG);
	assert_int_equal(parse_netdev(S(":1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), &d), -EBADMSG);
	assert_int_equal(parse_netdev(S("a:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"), &d), -EBADMSG);
	assert_int_equal(
		parse_netdev(S("a:18446744073709551616 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), &d),
		-EBADMSG);
	assert_int_equal(d.rx_bytes, 99);
}

static void test_if_inet6(void **state)
{
	struct netdev_addr a = { .prefix_len = 99 };
	char buf[PROC_NETADDR_LEN];

	(void)state;
	assert_int_equal(
		parse_if_inet6(S("fe8000000000000000fc00fffe000001 04 40 20 80     eth0"), &a), 0);
	assert_string_equal(fmt_netaddr(buf, &a.addr), "fe80::fc:ff:fe00:1");
	assert_int_equal(a.interface_index, 4);
	assert_int_equal(a.prefix_len, 64);
	assert_int_equal(a.scope, 0x20);
	assert_int_equal(a.flags, 0x80);
	assert_true(str_eq(a.interface, S("eth0")));
	a.prefix_len = 99;
	assert_int_equal(parse_if_inet6(S(""), &a), -EBADMSG);
	assert_int_equal(parse_if_inet6(S("\xff"), &a), -EBADMSG);
	assert_int_equal(parse_if_inet6(S("fe8000000000000000fc00fffe000001 04 81 20 80 eth0"), &a),
			 -EBADMSG);
	assert_int_equal(parse_if_inet6(S("fe8000000000000000fc00fffe000001 04 40 20 80"), &a),
			 -EBADMSG);
	assert_int_equal(parse_if_inet6(S("fe8000000000000000fc00fffe00001 04 40 20 80 eth0"), &a),
			 -EBADMSG);
	assert_int_equal(a.prefix_len, 99);
}

static void test_routes(void **state)
{
	struct netroute r = { .metric = 99 };
	struct proc_netaddr a;
	char buf[PROC_NETADDR_LEN];

	(void)state;
	assert_int_equal(
		parse_route(S("eth0\t000200C0\t010200C0\t0003\t0\t0\t100\t00FFFFFF\t0\t0\t0   "),
			    &r),
		0);
	assert_string_equal(fmt_netaddr(buf, &r.to), "192.0.2.0");
	assert_string_equal(fmt_netaddr(buf, &r.gateway), "192.0.2.1");
	assert_int_equal(r.prefix_len, 24);
	assert_int_equal(r.metric, 100);
	assert_int_equal(r.flags, 3);
	assert_true(parse_netaddr_text(S("192.0.2.7"), &a) && netroute_has(&r, &a));
	assert_true(parse_netaddr_text(S("192.0.3.7"), &a) && !netroute_has(&r, &a));
	assert_int_equal(parse_route(S("eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000"), &r),
			 0);
	assert_int_equal(r.prefix_len, 0);
	assert_true(netroute_has(&r, &a));
	assert_int_equal(parse_route(S("eth0\t010200C0\t00000000\t0005\t0\t0\t99\tFFFFFFFF"), &r),
			 0);
	assert_int_equal(r.prefix_len, 32);
	assert_int_equal(parse_route(S(""), &r), -EBADMSG);
	assert_int_equal(parse_route(S("\xff"), &r), -EBADMSG);
	assert_int_equal(
		parse_route(S("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask"),
			    &r),
		-EBADMSG);
	/* A mask with a hole. */
	assert_int_equal(parse_route(S("eth0\t00000000\t00000000\t0001\t0\t0\t0\tFF00FFFF"), &r),
			 -EBADMSG);
	assert_int_equal(r.metric, 99);

#define V6(bits)                                                                         \
	"fd000000000000000000000000000000 " bits " 00000000000000000000000000000000 00 " \
	"fd000000000000000000000000000001 00000100 00000001 00000000 00000003     eth0"
	assert_int_equal(parse_ipv6_route(S(V6("09")), &r), 0);
	assert_string_equal(fmt_netaddr(buf, &r.to), "fd00::");
	assert_string_equal(fmt_netaddr(buf, &r.gateway), "fd00::1");
	assert_int_equal(r.prefix_len, 9);
	assert_int_equal(r.metric, 256);
	assert_true(netroute_has(&r, &r.gateway));
	assert_false(netroute_has(&r, &a));
	assert_int_equal(parse_ipv6_route(S(V6("80")), &r), 0);
	assert_int_equal(parse_ipv6_route(S(V6("81")), &r), -EBADMSG);
	assert_int_equal(parse_ipv6_route(S(""), &r), -EBADMSG);
	assert_int_equal(parse_ipv6_route(S("\xff"), &r), -EBADMSG);
}

static void test_fib_trie(void **state)
{
	struct str text =
		S("Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.0.2.9\n        /32 host LOCAL\n"
		  "Local:\n  +-- 0.0.0.0/0 3 0 5\n        /32 host LOCAL\n     |-- 127.0.0.0\n"
		  "        /8 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n"
		  "     |-- 192.0.2.255\n        /32 link BROADCAST\n     |-- \xff\n"
		  "        /32 host LOCAL\n     |-- 192.0.2.2\n        /32 link BROADCAST\n"
		  "        /32 host LOCAL\nId 5:\n     |-- 192.0.2.9\n        /32 host LOCAL\n");
	struct fib_trie trie = { 0 };
	struct proc_netaddr a;
	char buf[PROC_NETADDR_LEN], found[256] = "";

	(void)state;
	while (text.len) {
		const char *end = memchr(text.p, '\n', text.len);
		struct str line = str_from(text.p, (size_t)(end - text.p));

		text = str_from(end + 1, text.len - line.len - 1);
		if (parse_fib_trie_line(&trie, line, &a))
			snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s ",
				 fmt_netaddr(buf, &a));
	}
	assert_string_equal(found, "127.0.0.1 192.0.2.2 ");
	assert_false(parse_fib_trie_line(&trie, S(""), &a));
}

/* The socket with this inode, in the tables of our own namespace. */
static bool find_own(uint32_t tables, uint64_t inode, struct netsock *ret_sock, char *path,
		     size_t size)
{
	_cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct netsock_reader r;
	bool found = false;
	struct netsock s;

	assert_true(self >= 0);
	netsock_reader_init(&r, self, tables);
	while (netsock_next(&r, &s) == 1) {
		if (s.inode != inode)
			continue;
		snprintf(path, size, "%.*s", (int)s.path.len, s.path.p);
		*ret_sock = s;
		found = true;
	}
	assert_int_equal(r.malformed, 0);
	netsock_reader_done(&r);
	return found;
}

static void test_own(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	_cleanup_close_ int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_cleanup_close_ int unix_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(in);
	char path[256];
	struct netsock s;
	struct stat st;

	(void)state;
	assert_int_equal(bind(tcp, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(tcp, 1), 0);
	assert_int_equal(getsockname(tcp, (struct sockaddr *)&in, &len), 0);
	assert_int_equal(fstat(tcp, &st), 0);
	assert_true(find_own(NETSOCK_ALL, st.st_ino, &s, path, sizeof(path)));
	assert_int_equal(s.table, NETSOCK_TCP);
	assert_int_equal(s.state, NETSOCK_LISTEN);
	assert_int_equal(s.local.port, ntohs(in.sin_port));
	assert_memory_equal(s.local.bytes, "\x7f\0\0\1", 4);
	assert_false(find_own(1u << NETSOCK_UDP, st.st_ino, &s, path, sizeof(path)));

	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "proctrace-test-%d", getpid());
	assert_int_equal(bind(unix_fd, (struct sockaddr *)&un,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
					  strlen(un.sun_path + 1))),
			 0);
	assert_int_equal(fstat(unix_fd, &st), 0);
	assert_true(find_own(1u << NETSOCK_UNIX, st.st_ino, &s, path, sizeof(path)));
	un.sun_path[0] = '@';
	assert_string_equal(path, un.sun_path);
	assert_int_equal(s.type, SOCK_STREAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addr),	cmocka_unit_test(test_other_addr),
		cmocka_unit_test(test_sockets), cmocka_unit_test(test_wrong_sockets),
		cmocka_unit_test(test_dev),	cmocka_unit_test(test_if_inet6),
		cmocka_unit_test(test_routes),	cmocka_unit_test(test_fib_trie),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
