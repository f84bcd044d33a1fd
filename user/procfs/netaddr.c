// SPDX-License-Identifier: Apache-2.0
/*
 * netaddr.c - addresses as the files of /proc/<pid>/net write them
 */
#include "procfs/netaddr.h"

#include <stdio.h>

#include "procfs/scan.h"

#define WORD_DIGITS 8
#define WIRE_DIGITS 32
#define PORT_DIGITS 4

static bool scan_words(struct str text, struct proc_netaddr *ret_addr)
{
	struct proc_netaddr a = { .family = text.len == WORD_DIGITS ? AF_INET : AF_INET6 };

	if (text.len != WORD_DIGITS && text.len != WIRE_DIGITS)
		return false;
	for (size_t i = 0; i * WORD_DIGITS < text.len; i++) {
		uint32_t word;

		if (!scan_hex32(str_from(text.p + i * WORD_DIGITS, WORD_DIGITS), &word))
			return false;
		/* The kernel printed the number that the bytes of the wire are to this machine. */
		memcpy(a.bytes + i * sizeof(word), &word, sizeof(word));
	}
	*ret_addr = a;
	return true;
}

bool parse_netaddr_port(struct str word, struct proc_netaddr *ret_addr)
{
	struct proc_netaddr a;
	struct str left, right;
	uint32_t port;

	if (!scan_pair(word, ':', &left, &right) || right.len != PORT_DIGITS ||
	    !scan_hex32(right, &port) || !scan_words(left, &a))
		return false;
	a.port = (uint16_t)port;
	*ret_addr = a;
	return true;
}

bool parse_netaddr_word(struct str word, struct proc_netaddr *ret_addr)
{
	return word.len == WORD_DIGITS && scan_words(word, ret_addr);
}

bool parse_netaddr_wire(struct str word, struct proc_netaddr *ret_addr)
{
	struct proc_netaddr a = { .family = AF_INET6 };
	uint32_t byte;

	if (word.len != WIRE_DIGITS)
		return false;
	for (size_t i = 0; i < sizeof(a.bytes); i++) {
		if (!scan_hex32(str_from(word.p + 2 * i, 2), &byte))
			return false;
		a.bytes[i] = (uint8_t)byte;
	}
	*ret_addr = a;
	return true;
}

bool parse_netaddr_text(struct str word, struct proc_netaddr *ret_addr)
{
	struct proc_netaddr a = { .family = AF_INET };
	char text[INET_ADDRSTRLEN];

	if (word.len >= sizeof(text))
		return false;
	memcpy(text, word.p, word.len);
	text[word.len] = '\0';
	if (inet_pton(AF_INET, text, a.bytes) != 1)
		return false;
	*ret_addr = a;
	return true;
}

bool proc_netaddr_is_any(const struct proc_netaddr *addr)
{
	static const uint8_t any[sizeof(addr->bytes)];

	return memcmp(addr->bytes, any, sizeof(any)) == 0;
}

const char *fmt_netaddr(char buf[PROC_NETADDR_LEN], const struct proc_netaddr *addr)
{
	return inet_ntop(addr->family, addr->bytes, buf, PROC_NETADDR_LEN);
}

const char *fmt_netaddr_port(char buf[PROC_NETADDR_LEN], const struct proc_netaddr *addr)
{
	char text[PROC_NETADDR_LEN];
	bool is_v6 = addr->family == AF_INET6;

	snprintf(buf, PROC_NETADDR_LEN, "%s%.45s%s:%u", is_v6 ? "[" : "", fmt_netaddr(text, addr),
		 is_v6 ? "]" : "", addr->port);
	return buf;
}
