// SPDX-License-Identifier: Apache-2.0
/*
 * netdev.c - /proc/<pid>/net/dev, if_inet6, fib_trie, route, ipv6_route: interfaces and routes
 */
#include "procfs/netdev.h"

#include <errno.h>

#include "procfs/scan.h"

int parse_netdev(struct str line, struct netdev *ret_dev)
{
	enum { RX_BYTES, RX_PACKETS, RX_ERRORS, RX_DROPPED };
	enum { TX_BYTES = 8, TX_PACKETS, TX_ERRORS, TX_DROPPED, FIELDS = 16 };
	uint64_t n[FIELDS];
	struct str name, rest;

	/* A name cannot hold a colon, and nothing stands between it and the numbers. */
	if (!scan_pair(line, ':', &name, &rest))
		return -EBADMSG;
	while (name.len && name.p[0] == ' ')
		name = str_from(name.p + 1, name.len - 1);
	for (int i = 0; i < FIELDS; i++) {
		if (!scan_u64(scan_word(&rest), &n[i]))
			return -EBADMSG;
	}
	if (name.len == 0)
		return -EBADMSG;
	*ret_dev = (struct netdev){ .name = name,
				    .rx_bytes = n[RX_BYTES],
				    .rx_packets = n[RX_PACKETS],
				    .rx_errors = n[RX_ERRORS],
				    .rx_dropped = n[RX_DROPPED],
				    .tx_bytes = n[TX_BYTES],
				    .tx_packets = n[TX_PACKETS],
				    .tx_errors = n[TX_ERRORS],
				    .tx_dropped = n[TX_DROPPED] };
	return 0;
}

/* address index prefix scope flags name */
int parse_if_inet6(struct str line, struct netdev_addr *ret_addr)
{
	struct netdev_addr a;

	if (!parse_netaddr_wire(scan_word(&line), &a.addr) ||
	    !scan_hex32(scan_word(&line), &a.interface_index) ||
	    !scan_hex32(scan_word(&line), &a.prefix_len) ||
	    !scan_hex32(scan_word(&line), &a.scope) || !scan_hex32(scan_word(&line), &a.flags) ||
	    a.prefix_len > 128)
		return -EBADMSG;
	a.interface = scan_word(&line);
	if (a.interface.len == 0)
		return -EBADMSG;
	*ret_addr = a;
	return 0;
}

bool parse_fib_trie_line(struct fib_trie *trie, struct str line, struct proc_netaddr *ret_addr)
{
	struct str word;

	/* "Main:", "Local:", "Id 100:"; both may be one trie, then under Main */
	if (line.len && line.p[0] != ' ') {
		*trie = (struct fib_trie){ .in_local = str_eq(line, STR_LITERAL("Local:")) };
		return false;
	}
	word = scan_word(&line);
	if (str_eq(word, STR_LITERAL("|--"))) {
		trie->has_leaf = parse_netaddr_text(scan_word(&line), &trie->leaf);
		return false;
	}
	/* A leaf has a line for each prefix; only what is one address is one of ours. */
	if (!trie->in_local || !trie->has_leaf || !str_eq(word, STR_LITERAL("/32")))
		return false;
	scan_word(&line); /* the scope */
	if (!str_eq(scan_word(&line), STR_LITERAL("LOCAL")))
		return false;
	*ret_addr = trie->leaf;
	return true;
}

/* The number of ones at its front; false if others follow a zero. */
static bool prefix_len(const struct proc_netaddr *mask, uint32_t *ret_len)
{
	uint32_t len = 0;

	while (len < 32 && mask->bytes[len / 8] >> (7 - len % 8) & 1)
		len++;
	for (uint32_t i = len; i < 32; i++) {
		if (mask->bytes[i / 8] >> (7 - i % 8) & 1)
			return false;
	}
	*ret_len = len;
	return true;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask … */
int parse_route(struct str line, struct netroute *ret_route)
{
	struct netroute r = { .interface = scan_word(&line) };
	struct proc_netaddr mask;

	if (r.interface.len == 0 || !parse_netaddr_word(scan_word(&line), &r.to) ||
	    !parse_netaddr_word(scan_word(&line), &r.gateway) ||
	    !scan_hex32(scan_word(&line), &r.flags))
		return -EBADMSG;
	scan_word(&line);
	scan_word(&line);
	if (!scan_u32(scan_word(&line), &r.metric) ||
	    !parse_netaddr_word(scan_word(&line), &mask) || !prefix_len(&mask, &r.prefix_len))
		return -EBADMSG;
	*ret_route = r;
	return 0;
}

/* destination prefix source prefix next-hop metric refs use flags name */
int parse_ipv6_route(struct str line, struct netroute *ret_route)
{
	struct proc_netaddr source;
	struct netroute r;
	uint32_t ignored;

	if (!parse_netaddr_wire(scan_word(&line), &r.to) ||
	    !scan_hex32(scan_word(&line), &r.prefix_len) || r.prefix_len > 128 ||
	    !parse_netaddr_wire(scan_word(&line), &source) ||
	    !scan_hex32(scan_word(&line), &ignored) ||
	    !parse_netaddr_wire(scan_word(&line), &r.gateway) ||
	    !scan_hex32(scan_word(&line), &r.metric) || !scan_hex32(scan_word(&line), &ignored) ||
	    !scan_hex32(scan_word(&line), &ignored) || !scan_hex32(scan_word(&line), &r.flags))
		return -EBADMSG;
	r.interface = scan_word(&line);
	if (r.interface.len == 0)
		return -EBADMSG;
	*ret_route = r;
	return 0;
}

bool netroute_has(const struct netroute *route, const struct proc_netaddr *addr)
{
	if (route->to.family != addr->family)
		return false;
	for (uint32_t i = 0; i < route->prefix_len; i++) {
		if ((route->to.bytes[i / 8] ^ addr->bytes[i / 8]) >> (7 - i % 8) & 1)
			return false;
	}
	return true;
}
