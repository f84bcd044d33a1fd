/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netdev.h - /proc/<pid>/net/dev, if_inet6, fib_trie, route, ipv6_route: interfaces and routes
 */
#ifndef PROCFS_NETDEV_H
#define PROCFS_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "procfs/netaddr.h"

/* dev */
struct netdev {
	struct str name; /* any byte but a blank, '/' and ':' */
	uint64_t rx_bytes, rx_packets, rx_errors, rx_dropped;
	uint64_t tx_bytes, tx_packets, tx_errors, tx_dropped;
};

/* A line of net/dev. 0 or -EBADMSG: also for the two lines of titles. */
int parse_netdev(struct str line, struct netdev *ret_dev);

/* if_inet6: an address of an interface */
struct netdev_addr {
	struct proc_netaddr addr;
	uint32_t prefix_len;
	uint32_t scope; /* 0x00 global, 0x10 host, 0x20 link, 0x40 site */
	uint32_t flags; /* IFA_F_… */
	uint32_t interface_index;
	struct str interface;
};

int parse_if_inet6(struct str line, struct netdev_addr *ret_addr);

/*
 * fib_trie: the addresses of the namespace, without interface and prefix, which this file does not
 * say. State is kept from line to line; begins as all zero.
 */
struct fib_trie {
	bool in_local; /* in the table of addresses that are the namespace's own */
	bool has_leaf;
	struct proc_netaddr leaf;
};

/* True if with this line an address was found. */
bool parse_fib_trie_line(struct fib_trie *trie, struct str line, struct proc_netaddr *ret_addr);

/* route and ipv6_route */
struct netroute {
	struct proc_netaddr to;
	uint32_t prefix_len;	     /* 0: the default route */
	struct proc_netaddr gateway; /* any: none, it is on the link */
	uint32_t metric;
	uint32_t flags; /* RTF_… of linux/route.h and linux/ipv6_route.h */
	struct str interface;
};

/* Lines of net/route and net/ipv6_route; the first has one line of titles. 0 or -EBADMSG. */
int parse_route(struct str line, struct netroute *ret_route);
int parse_ipv6_route(struct str line, struct netroute *ret_route);

/* True if the address is in the route's network. */
bool netroute_has(const struct netroute *route, const struct proc_netaddr *addr);

#endif /* PROCFS_NETDEV_H */
