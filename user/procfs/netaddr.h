/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netaddr.h - addresses as the files of /proc/<pid>/net write them
 */
#ifndef PROCFS_NETADDR_H
#define PROCFS_NETADDR_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The rest of bytes is 0 for IPv4, so that two are equal if all bytes are. */
struct proc_netaddr {
	uint16_t family; /* AF_INET, AF_INET6 */
	uint16_t port;
	uint8_t bytes[16]; /* as on the wire */
};

/*
 * "0100007F:1F90" or 32 digits and a port: words of 32 bits in the machine's order, as net/tcp and
 * the like have them. False leaves *ret alone.
 */
bool parse_netaddr_port(struct str word, struct proc_netaddr *ret_addr);

/* "0100007F", a word in the machine's order (net/route). */
bool parse_netaddr_word(struct str word, struct proc_netaddr *ret_addr);

/* 32 digits in the order of the wire (net/if_inet6, net/ipv6_route). */
bool parse_netaddr_wire(struct str word, struct proc_netaddr *ret_addr);

/* "127.0.0.1" */
bool parse_netaddr_text(struct str word, struct proc_netaddr *ret_addr);

static inline bool proc_netaddr_eq(const struct proc_netaddr *a, const struct proc_netaddr *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* True for 0.0.0.0 and ::, whatever the port. */
bool proc_netaddr_is_any(const struct proc_netaddr *addr);

/* "127.0.0.1:80", "[::1]:80"; without a port "127.0.0.1", "::1". */
#define PROC_NETADDR_LEN (INET6_ADDRSTRLEN + 10)
const char *fmt_netaddr(char buf[PROC_NETADDR_LEN], const struct proc_netaddr *addr);
const char *fmt_netaddr_port(char buf[PROC_NETADDR_LEN], const struct proc_netaddr *addr);

#endif /* PROCFS_NETADDR_H */
