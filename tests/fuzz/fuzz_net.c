// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_net.c - lines of the tables in /proc/<pid>/net
 *
 * Each line is tried as one of every table: they differ little.
 */
#include "procfs/netdev.h"
#include "procfs/netsock.h"
#include "rig.h"

static void take_addr(const struct proc_netaddr *addr)
{
	char text[PROC_NETADDR_LEN];

	fuzz_check_text(str_of(fmt_netaddr(text, addr)));
	fuzz_check_text(str_of(fmt_netaddr_port(text, addr)));
}

static void take_socket(struct str line)
{
	for (int table = 0; table < NETSOCK_TABLES; table++) {
		struct netsock sock;

		FUZZ_CHECK(netsock_table_name((enum netsock_table)table));
		if (parse_netsock((enum netsock_table)table, line, &sock) < 0)
			continue;
		FUZZ_CHECK((int)sock.table == table);
		fuzz_check_slice(sock.path, line);
		if (netsock_is_inet(sock.table)) {
			take_addr(&sock.local);
			take_addr(&sock.remote);
		}
	}
}

static void take_route(const struct netroute *route, struct str line)
{
	take_addr(&route->to);
	take_addr(&route->gateway);
	fuzz_check_slice(route->interface, line);
	FUZZ_CHECK(netroute_has(route, &route->to));
}

static void take_line(struct str line)
{
	struct netdev_addr addr;
	struct netroute route;
	struct netdev dev;

	take_socket(line);
	if (parse_netdev(line, &dev) == 0)
		fuzz_check_slice(dev.name, line);
	if (parse_if_inet6(line, &addr) == 0) {
		take_addr(&addr.addr);
		fuzz_check_slice(addr.interface, line);
	}
	if (parse_route(line, &route) == 0)
		take_route(&route, line);
	if (parse_ipv6_route(line, &route) == 0)
		take_route(&route, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_input(data, size);
	struct fib_trie trie = { 0 };

	while (rest.len) {
		struct str line = fuzz_take_until(&rest, '\n');
		struct proc_netaddr addr;

		take_line(line);
		if (parse_fib_trie_line(&trie, line, &addr))
			take_addr(&addr);
	}
	return 0;
}
