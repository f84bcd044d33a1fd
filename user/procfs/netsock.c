// SPDX-License-Identifier: Apache-2.0
/*
 * netsock.c - the sockets of a network namespace: /proc/<pid>/net/tcp and its like
 */
#include "procfs/netsock.h"

#include <errno.h>
#include <stdio.h>

#include "procfs/scan.h"

#define UNIX_LISTENS   0x10000 /* __SO_ACCEPTCON of include/uapi/linux/net.h */
#define UNIX_CONNECTED 3       /* SS_CONNECTED, socket_state of the same */

static const char *const table_names[NETSOCK_TABLES] = {
	[NETSOCK_TCP] = "tcp",	     [NETSOCK_TCP6] = "tcp6",	    [NETSOCK_UDP] = "udp",
	[NETSOCK_UDP6] = "udp6",     [NETSOCK_UDPLITE] = "udplite", [NETSOCK_UDPLITE6] = "udplite6",
	[NETSOCK_RAW] = "raw",	     [NETSOCK_RAW6] = "raw6",	    [NETSOCK_ICMP] = "icmp",
	[NETSOCK_ICMP6] = "icmp6",   [NETSOCK_UNIX] = "unix",	    [NETSOCK_NETLINK] = "netlink",
	[NETSOCK_PACKET] = "packet",
};

/* include/net/tcp_states.h, by number; the other protocols use two of them. */
static const struct {
	const char *name;
	enum netsock_state state;
} inet_states[] = {
	[1] = { "ESTABLISHED", NETSOCK_CONNECTED }, [2] = { "SYN_SENT", NETSOCK_OTHER },
	[3] = { "SYN_RECV", NETSOCK_OTHER },	    [4] = { "FIN_WAIT1", NETSOCK_OTHER },
	[5] = { "FIN_WAIT2", NETSOCK_OTHER },	    [6] = { "TIME_WAIT", NETSOCK_OTHER },
	[7] = { "CLOSE", NETSOCK_UNCONNECTED },	    [8] = { "CLOSE_WAIT", NETSOCK_OTHER },
	[9] = { "LAST_ACK", NETSOCK_OTHER },	    [10] = { "LISTEN", NETSOCK_LISTEN },
	[11] = { "CLOSING", NETSOCK_OTHER },	    [12] = { "NEW_SYN_RECV", NETSOCK_OTHER },
	[13] = { "BOUND_INACTIVE", NETSOCK_OTHER },
};

const char *netsock_table_name(enum netsock_table table)
{
	return table_names[table];
}

static void skip_words(struct str *rest, int n)
{
	while (n-- > 0)
		scan_word(rest);
}

/* sl local rem st tx:rx tr:when retrnsmt uid timeout inode … */
static int parse_inet(struct str line, struct netsock *s)
{
	struct str left, right;
	uint32_t state, send, receive;

	skip_words(&line, 1);
	if (!parse_netaddr_port(scan_word(&line), &s->local) ||
	    !parse_netaddr_port(scan_word(&line), &s->remote) ||
	    !scan_hex32(scan_word(&line), &state) ||
	    !scan_pair(scan_word(&line), ':', &left, &right) || !scan_hex32(left, &send) ||
	    !scan_hex32(right, &receive))
		return -EBADMSG;
	skip_words(&line, 2);
	if (!scan_u32(scan_word(&line), &s->uid))
		return -EBADMSG;
	skip_words(&line, 1);
	if (!scan_u64(scan_word(&line), &s->inode))
		return -EBADMSG;
	s->send_bytes = send;
	s->receive_bytes = receive;
	if (state < sizeof(inet_states) / sizeof(inet_states[0]) && inet_states[state].name) {
		s->state = inet_states[state].state;
		/* What others call "CLOSE" is not closed: it was never connected. */
		s->state_name = s->table <= NETSOCK_TCP6 ? inet_states[state].name : NULL;
	}
	return 0;
}

/* Num RefCount Protocol Flags Type St Inode Path */
static int parse_unix(struct str line, struct netsock *s)
{
	struct str number = scan_word(&line);
	uint32_t flags, state;

	if (number.len < 2 || number.p[number.len - 1] != ':')
		return -EBADMSG;
	skip_words(&line, 2);
	if (!scan_hex32(scan_word(&line), &flags) || !scan_hex32(scan_word(&line), &s->type) ||
	    !scan_hex32(scan_word(&line), &state) || !scan_u64(scan_word(&line), &s->inode))
		return -EBADMSG;
	s->state = flags & UNIX_LISTENS	   ? NETSOCK_LISTEN :
		   state == UNIX_CONNECTED ? NETSOCK_CONNECTED :
					     NETSOCK_UNCONNECTED;
	/* One blank is the kernel's. */
	s->path = line.len ? str_from(line.p + 1, line.len - 1) : line;
	return 0;
}

/* sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode */
static int parse_netlink(struct str line, struct netsock *s)
{
	uint64_t receive, send;

	skip_words(&line, 1);
	if (!scan_u32(scan_word(&line), &s->protocol) || !scan_u32(scan_word(&line), &s->port_id) ||
	    !scan_hex32(scan_word(&line), &s->groups) || !scan_u64(scan_word(&line), &receive) ||
	    !scan_u64(scan_word(&line), &send))
		return -EBADMSG;
	skip_words(&line, 3);
	if (!scan_u64(scan_word(&line), &s->inode))
		return -EBADMSG;
	s->receive_bytes = receive;
	s->send_bytes = send;
	return 0;
}

/* sk RefCnt Type Proto Iface R Rmem User Inode */
static int parse_packet(struct str line, struct netsock *s)
{
	skip_words(&line, 2);
	if (!scan_u32(scan_word(&line), &s->type) || !scan_hex32(scan_word(&line), &s->protocol) ||
	    !scan_u32(scan_word(&line), &s->interface))
		return -EBADMSG;
	skip_words(&line, 1);
	if (!scan_u64(scan_word(&line), &s->receive_bytes) ||
	    !scan_u32(scan_word(&line), &s->uid) || !scan_u64(scan_word(&line), &s->inode))
		return -EBADMSG;
	return 0;
}

int parse_netsock(enum netsock_table table, struct str line, struct netsock *ret_sock)
{
	struct netsock s = { .table = table };
	int err = table == NETSOCK_UNIX	   ? parse_unix(line, &s) :
		  table == NETSOCK_NETLINK ? parse_netlink(line, &s) :
		  table == NETSOCK_PACKET  ? parse_packet(line, &s) :
					     parse_inet(line, &s);

	if (!err)
		*ret_sock = s;
	return err;
}

void netsock_reader_init(struct netsock_reader *r, int pid_fd, uint32_t tables)
{
	*r = (struct netsock_reader){ .pid_fd = pid_fd, .tables = tables };
}

void netsock_reader_done(struct netsock_reader *r)
{
	proc_lines_done(&r->lines);
}

/* Opens the next table that the kernel has, behind its titles. 1: one is open, 0: no more. */
static int open_table(struct netsock_reader *r)
{
	struct str titles;
	char name[32];
	int err;

	while (r->tables) {
		r->table = (enum netsock_table)__builtin_ctz(r->tables);
		r->tables &= r->tables - 1;
		snprintf(name, sizeof(name), "net/%s", table_names[r->table]);
		err = proc_lines_open(&r->lines, r->pid_fd, name);
		if (!err) {
			err = proc_lines_next(&r->lines, &titles);
			return err < 0 ? err : 1;
		}
		if (err != -ENOENT)
			return err;
	}
	return 0;
}

int netsock_next(struct netsock_reader *r, struct netsock *ret_sock)
{
	struct str line;
	int ret = 1;

	while (r->is_open || (ret = open_table(r)) == 1) {
		r->is_open = true;
		ret = proc_lines_next(&r->lines, &line);
		if (ret < 0)
			return ret;
		if (ret == 0) {
			proc_lines_done(&r->lines);
			r->is_open = false;
		} else if (parse_netsock(r->table, line, ret_sock) == 0) {
			return 1;
		} else {
			r->malformed++;
		}
	}
	return ret;
}
