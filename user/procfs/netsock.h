/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netsock.h - the sockets of a network namespace: /proc/<pid>/net/tcp and its like
 *
 * Each file has a line of titles, then one for each socket (proc_net(5)). The inode is what
 * a link "socket:[7]" of fd/ has.
 */
#ifndef PROCFS_NETSOCK_H
#define PROCFS_NETSOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "procfs/lines.h"
#include "procfs/netaddr.h"

enum netsock_table {
	NETSOCK_TCP,
	NETSOCK_TCP6,
	NETSOCK_UDP,
	NETSOCK_UDP6,
	NETSOCK_UDPLITE,
	NETSOCK_UDPLITE6,
	NETSOCK_RAW,
	NETSOCK_RAW6,
	NETSOCK_ICMP, /* made by ping */
	NETSOCK_ICMP6,
	NETSOCK_UNIX,
	NETSOCK_NETLINK,
	NETSOCK_PACKET,
	NETSOCK_TABLES,
};

enum netsock_state {
	NETSOCK_NO_STATE, /* its protocol has none */
	NETSOCK_LISTEN,
	NETSOCK_CONNECTED,
	NETSOCK_UNCONNECTED,
	NETSOCK_OTHER, /* on the way from one to another */
};

struct netsock {
	enum netsock_table table;
	enum netsock_state state;
	const char *state_name; /* of the protocol: "ESTABLISHED"; NULL: none */
	uint64_t inode;		/* 0: nobody has it any more */
	uint32_t uid;		/* who made it; not of unix and netlink */
	/* TCP, UDP, raw: for raw and ICMP the port is the protocol's number. */
	struct proc_netaddr local, remote;
	uint64_t send_bytes, receive_bytes; /* queued */
	/* unix */
	uint32_t type;	 /* SOCK_STREAM … ; also packet */
	struct str path; /* '@' for every NUL; empty: not bound */
	/* netlink: the protocol and the address, which is often the pid; packet: ETH_P_… */
	uint32_t protocol;
	uint32_t port_id, groups;
	uint32_t interface; /* packet; 0: all */
};

/* The name below net/, as "tcp6". */
const char *netsock_table_name(enum netsock_table table);

/* A line of the table without its newline; the path points into it. 0 or -EBADMSG. */
int parse_netsock(enum netsock_table table, struct str line, struct netsock *ret_sock);

/*
 * Reads the tables one after the other, below the directory of a process whose network namespace
 * it is. Those that the kernel has not are passed over.
 */
struct netsock_reader {
	int pid_fd;
	uint32_t tables; /* yet to be read, bit per enum netsock_table */
	enum netsock_table table;
	bool is_open;
	struct proc_lines lines;
	uint64_t malformed; /* lines that were none */
};

/* tables: bit per enum netsock_table. */
void netsock_reader_init(struct netsock_reader *r, int pid_fd, uint32_t tables);
void netsock_reader_done(struct netsock_reader *r);

/* The next socket, valid until the next call. 1: there is one, 0: no more, or a negative errno. */
int netsock_next(struct netsock_reader *r, struct netsock *ret_sock);

#define NETSOCK_ALL ((UINT32_C(1) << NETSOCK_TABLES) - 1)

static inline bool netsock_is_inet(enum netsock_table table)
{
	return table <= NETSOCK_ICMP6;
}

#endif /* PROCFS_NETSOCK_H */
