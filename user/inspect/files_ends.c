// SPDX-License-Identifier: Apache-2.0
/*
 * files_ends.c - sockets, pipes and eventfds, and who is at the other end
 */
#include "inspect/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "inspect/fd_owners.h"
#include "inspect/put.h"
#include "inspect/sockets.h"

#define PROTOCOL_SIZE 64

static size_t count_kind(const struct fd_held *held, size_t len, enum proc_fd_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += held[i].kind == kind;
	return n;
}

/* ---- sockets ---- */

static const char *type_name(uint32_t type)
{
	switch (type) {
	case SOCK_STREAM:
		return "stream";
	case SOCK_DGRAM:
		return "datagram";
	case SOCK_RAW:
		return "raw";
	case SOCK_SEQPACKET:
		return "seqpacket";
	}
	return NULL;
}

/* include/uapi/linux/netlink.h */
static const char *netlink_name(uint32_t protocol)
{
	static const char *const names[] = {
		[0] = "route",	    [2] = "usersock",	    [4] = "sock_diag",
		[5] = "nflog",	    [6] = "xfrm",	    [7] = "selinux",
		[8] = "iscsi",	    [9] = "audit",	    [10] = "fib_lookup",
		[11] = "connector", [12] = "netfilter",	    [15] = "kobject_uevent",
		[16] = "generic",   [18] = "scsitransport", [20] = "rdma",
		[21] = "crypto",
	};

	return protocol < sizeof(names) / sizeof(names[0]) ? names[protocol] : NULL;
}

static void put_state(const struct netsock *sock, struct doc *d)
{
	static const char *const names[] = { [NETSOCK_LISTEN] = "LISTEN",
					     [NETSOCK_CONNECTED] = "CONNECTED",
					     [NETSOCK_UNCONNECTED] = "UNCONNECTED" };

	if (sock->state_name)
		doc_text(d, "state", NULL, "%s", sock->state_name);
	else if (sock->state != NETSOCK_NO_STATE && sock->state != NETSOCK_OTHER)
		doc_text(d, "state", NULL, "%s", names[sock->state]);
	else
		return;
	doc_passing(d);
}

static void put_inet(const struct netsock *sock, struct doc *d)
{
	char text[PROC_NETADDR_LEN];

	doc_text(d, "local", NULL, "%s", fmt_netaddr_port(text, &sock->local));
	if (!proc_netaddr_is_any(&sock->remote) || sock->remote.port)
		doc_text(d, "remote", NULL, "%s", fmt_netaddr_port(text, &sock->remote));
}

static void put_netsock(const struct netsock *sock, struct doc *d)
{
	const char *name;

	doc_text(d, "protocol", NULL, "%s", netsock_table_name(sock->table));
	put_state(sock, d);
	if (netsock_is_inet(sock->table)) {
		put_inet(sock, d);
	} else if (sock->table == NETSOCK_NETLINK) {
		name = netlink_name(sock->protocol);
		if (name)
			doc_text(d, "type", NULL, "%s", name);
		else
			doc_text(d, "type", NULL, "%u", sock->protocol);
		doc_text(d, "local", NULL, "port %u, groups 0x%x", sock->port_id, sock->groups);
	} else {
		name = type_name(sock->type);
		if (name)
			doc_text(d, "type", NULL, "%s", name);
		if (sock->table == NETSOCK_PACKET)
			doc_text(d, "local", NULL, "interface %u, protocol 0x%04x", sock->interface,
				 sock->protocol);
		else if (sock->path.len)
			doc_str(d, "local", NULL, sock->path);
		else
			doc_none(d, "local", NULL);
	}
	if (sock->send_bytes || sock->receive_bytes) {
		doc_bytes(d, "send_queue_bytes", "to send", sock->send_bytes);
		doc_passing(d);
		doc_bytes(d, "receive_queue_bytes", "to read", sock->receive_bytes);
		doc_passing(d);
	}
}

void files_put_socket_fact(const struct socket_fact *fact, struct doc *d)
{
	if (!fact->forged) {
		put_netsock(&fact->sock, d);
		return;
	}
	doc_text(d, "protocol", NULL, "%s", netsock_table_name(fact->sock.table));
	doc_missing(d, "local", NULL, -EBADMSG);
}

/* What no table has: a protocol that none is for, or a socket of another network namespace. */
static void put_unlisted(const struct subject *s, uint32_t number, struct doc *d)
{
	char buf[PROTOCOL_SIZE];
	struct str protocol;
	int err = read_fd_protocol(s->live_fd, number, buf, sizeof(buf), &protocol);

	put_str(d, "protocol", NULL, err, protocol);
	doc_missing_for(d, "local", NULL, "not in the tables of its network namespace");
}

static void put_socket(struct subject *s, const struct fd_held *held, const struct sockets *sockets,
		       struct doc *d)
{
	const struct socket_fact *fact = sockets_find(sockets, held->id);
	struct fd_owners_want want = { .kind = FD_OWNED_SOCKET,
				       .id = held->id,
				       .except_pid = s->pid };

	doc_u64(d, "fd", NULL, held->number);
	if (!fact || !fact->found)
		put_unlisted(s, held->number, d);
	else
		files_put_socket_fact(fact, d);
	if (fact && fact->peer_inode) {
		want.id = fact->peer_inode;
		want.except_pid = 0;
		fd_owners_put(s->world, &want, "peer", "other end", d);
	} else if (fact && fact->found && fact->sock.table == NETSOCK_UNIX &&
		   fact->sock.state == NETSOCK_CONNECTED && sockets->peer_error) {
		if (sockets->peer_error == -EXDEV)
			doc_missing_for(d, "peer", "other end", "in another network namespace");
		else
			doc_missing(d, "peer", "other end", sockets->peer_error);
	}
	want.id = held->id;
	want.except_pid = s->pid;
	fd_owners_put(s->world, &want, "shared_with", "also open in", d);
}

bool files_is_own_net(struct subject *s)
{
	const struct proc_ns *ns;
	_cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proc_ns own;

	return s->world->is_live && subject_ns(s, &ns) == 0 && self >= 0 &&
	       read_ns(self, &own) == 0 && own.inode[PROC_NS_NET] == ns->inode[PROC_NS_NET];
}

void files_put_sockets(struct subject *s, const struct fd_held *held, size_t len, struct doc *d)
{
	size_t count = count_kind(held, len, PROC_FD_SOCKET);
	struct sockets sockets;
	int err;

	if (!count)
		return;
	err = sockets_init(&sockets, count);
	for (size_t i = 0; !err && i < len; i++) {
		if (held[i].kind == PROC_FD_SOCKET)
			sockets_want(&sockets, held[i].id);
	}
	if (!err)
		err = sockets_resolve(&sockets, s->live_fd, files_is_own_net(s));
	if (err) {
		doc_missing(d, "sockets", NULL, err);
	} else {
		doc_list(d, "sockets", NULL);
		for (size_t i = 0; i < len; i++) {
			if (held[i].kind != PROC_FD_SOCKET || !doc_item(d))
				continue;
			put_socket(s, &held[i], &sockets, d);
			doc_end(d);
		}
		doc_end(d);
	}
	sockets_done(&sockets);
}

/* ---- pipes and eventfds ---- */

static bool read_owner(const struct subject *s, const struct fd_held *held,
		       struct fd_owner *ret_own, struct proc_fdinfo *ret_info)
{
	const struct proc_fd_link link = { .kind = held->kind,
					   .id = held->id,
					   .name = held->kind == PROC_FD_ANON ?
							   STR_LITERAL("eventfd") :
							   STR_LITERAL("pipe") };

	return read_fdinfo(s->live_fd, held->number, ret_info) == 0 &&
	       fd_owner_take(&link, ret_info, ret_own);
}

/* Of a pipe the other end is who can do what this descriptor cannot. */
static void put_pipe(struct subject *s, const struct fd_held *held, struct doc *d)
{
	struct fd_owners_want want = { .kind = FD_OWNED_PIPE, .id = held->id };
	struct proc_fdinfo info;
	struct fd_owner own;

	doc_u64(d, "fd", NULL, held->number);
	if (!read_owner(s, held, &own, &info))
		return; /* closed meanwhile */
	doc_text(d, "end", NULL, "%s",
		 own.can_read && own.can_write ? "read write" :
		 own.can_read		       ? "read" :
						 "write");
	want.must_read = !own.can_read;
	want.must_write = !own.can_write;
	fd_owners_put(s->world, &want, "other_end", "other end", d);
	want = (struct fd_owners_want){ .kind = FD_OWNED_PIPE,
					.id = held->id,
					.except_pid = s->pid,
					.must_read = own.can_read && !own.can_write,
					.must_write = own.can_write && !own.can_read };
	fd_owners_put(s->world, &want, "shared_with", "this end also in", d);
}

static void put_eventfd(struct subject *s, const struct fd_held *held, struct doc *d)
{
	struct fd_owners_want want = { .kind = FD_OWNED_EVENTFD, .except_pid = s->pid };
	struct proc_fdinfo info;
	struct fd_owner own;

	doc_u64(d, "fd", NULL, held->number);
	if (!read_owner(s, held, &own, &info)) {
		doc_missing(d, "id", NULL, -ENOENT);
		return;
	}
	want.id = own.id;
	doc_u64(d, "id", NULL, own.id);
	doc_passing(d);
	if (proc_fdinfo_has(&info, PROC_FDINFO_EVENTFD_COUNT)) {
		doc_u64(d, "value", NULL, info.eventfd_count);
		doc_passing(d);
	}
	fd_owners_put(s->world, &want, "shared_with", "also open in", d);
}

static void put_list(struct subject *s, const struct fd_held *held, size_t len,
		     enum proc_fd_kind kind, const char *key,
		     void (*put)(struct subject *s, const struct fd_held *held, struct doc *d),
		     struct doc *d)
{
	if (!count_kind(held, len, kind))
		return;
	doc_list(d, key, NULL);
	for (size_t i = 0; i < len; i++) {
		if (held[i].kind != kind || !doc_item(d))
			continue;
		put(s, &held[i], d);
		doc_end(d);
	}
	doc_end(d);
}

void files_put_pipes(struct subject *s, const struct fd_held *held, size_t len, struct doc *d)
{
	put_list(s, held, len, PROC_FD_PIPE, "pipes", put_pipe, d);
}

void files_put_eventfds(struct subject *s, const struct fd_held *held, size_t len, struct doc *d)
{
	put_list(s, held, len, PROC_FD_ANON, "eventfds", put_eventfd, d);
}
