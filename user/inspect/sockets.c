// SPDX-License-Identifier: Apache-2.0
/*
 * sockets.c - what the sockets of a process are: addresses, states, and who is at the other end
 *
 * The name of a unix socket stands in net/unix as it is, newlines too, so that whoever makes
 * one can write lines of his own. An inode that is there twice is therefore believed neither
 * time, nor a name before a line that is none; where the kernel can be asked, it is.
 */
#include "inspect/sockets.h"

#include <errno.h>
#include <stdlib.h>

#include "inspect/unix_peers.h"

#define PEER_TABLES                                                                        \
	(1u << NETSOCK_TCP | 1u << NETSOCK_TCP6 | 1u << NETSOCK_UDP | 1u << NETSOCK_UDP6 | \
	 1u << NETSOCK_UDPLITE | 1u << NETSOCK_UDPLITE6)

int sockets_init(struct sockets *s, size_t max)
{
	*s = (struct sockets){ 0 };
	if (max == 0)
		return 0;
	s->list = calloc(max, sizeof(*s->list));
	return s->list ? 0 : -ENOMEM;
}

void sockets_done(struct sockets *s)
{
	arena_done(&s->arena);
	free(s->list);
	*s = (struct sockets){ 0 };
}

void sockets_want(struct sockets *s, uint64_t inode)
{
	s->list[s->len++].inode = inode;
}

static int compare_inodes(const void *a, const void *b)
{
	const struct socket_fact *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static struct socket_fact *find(const struct sockets *s, uint64_t inode)
{
	const struct socket_fact key = { .inode = inode };

	return s->len ? bsearch(&key, s->list, s->len, sizeof(key), compare_inodes) : NULL;
}

const struct socket_fact *sockets_find(const struct sockets *s, uint64_t inode)
{
	return find(s, inode);
}

/* Sorts, and leaves out what is there twice: one socket may have several descriptors. */
static void sort(struct sockets *s)
{
	size_t kept = 0;

	if (s->len)
		qsort(s->list, s->len, sizeof(*s->list), compare_inodes);
	for (size_t i = 0; i < s->len; i++) {
		if (kept == 0 || s->list[kept - 1].inode != s->list[i].inode)
			s->list[kept++] = s->list[i];
	}
	s->len = kept;
}

/* *ret_fact: NULL if it is none that was asked for. */
static int take(struct sockets *s, const struct netsock *sock, struct socket_fact **ret_fact)
{
	struct socket_fact *fact = find(s, sock->inode);
	struct str path = sock->path;

	*ret_fact = fact;
	if (!fact)
		return 0;
	if (fact->found) {
		fact->forged = true;
		return 0;
	}
	if (!arena_str(&s->arena, &path))
		return -ENOMEM;
	fact->sock = *sock;
	fact->sock.path = path;
	fact->found = true;
	return 0;
}

static int read_tables(struct sockets *s, int pid_fd)
{
	struct socket_fact *last = NULL;
	struct netsock_reader reader;
	struct netsock sock;
	uint64_t malformed;
	int ret;

	netsock_reader_init(&reader, pid_fd, NETSOCK_ALL);
	for (;;) {
		malformed = reader.malformed;
		ret = netsock_next(&reader, &sock);
		/* What stood behind it may be the rest of its name. */
		if (last && last->sock.table == NETSOCK_UNIX && reader.malformed != malformed)
			last->forged = true;
		if (ret != 1)
			break;
		ret = take(s, &sock, &last);
		if (ret)
			break;
	}
	s->malformed += reader.malformed;
	netsock_reader_done(&reader);
	return ret;
}

/* ---- the other ends ---- */

/* "::ffff:1.2.3.4" is 1.2.3.4: the other end of a socket of one family may be one of the other. */
static struct proc_netaddr plain(struct proc_netaddr a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a.family == AF_INET6 && memcmp(a.bytes, mapped, sizeof(mapped)) == 0) {
		a.family = AF_INET;
		memmove(a.bytes, a.bytes + sizeof(mapped), 4);
		memset(a.bytes + 4, 0, sizeof(a.bytes) - 4);
	}
	return a;
}

static bool is_stream(enum netsock_table table)
{
	return table <= NETSOCK_TCP6;
}

static bool is_other_end(const struct netsock *a, const struct netsock *b)
{
	struct proc_netaddr a_local = plain(a->local), a_remote = plain(a->remote);
	struct proc_netaddr b_local = plain(b->local), b_remote = plain(b->remote);

	return is_stream(a->table) == is_stream(b->table) && proc_netaddr_eq(&a_local, &b_remote) &&
	       proc_netaddr_eq(&a_remote, &b_local);
}

static bool may_have_peer(const struct socket_fact *fact)
{
	return fact->found && !fact->forged && (PEER_TABLES >> fact->sock.table & 1) &&
	       fact->sock.remote.port;
}

/* By both ports, which tell nearly all connections apart; all of a bucket are compared. */
struct peers {
	struct socket_fact **bucket; /* owned; sorted by ports */
	size_t len;
};

static uint32_t ports(uint16_t local, uint16_t remote)
{
	return (uint32_t)local << 16 | remote;
}

static uint32_t ports_of(const struct socket_fact *fact)
{
	return ports(fact->sock.local.port, fact->sock.remote.port);
}

static int compare_ports(const void *a, const void *b)
{
	uint32_t x = ports_of(*(struct socket_fact *const *)a);
	uint32_t y = ports_of(*(struct socket_fact *const *)b);

	return x < y ? -1 : x > y;
}

static void take_peer(const struct peers *p, const struct netsock *sock)
{
	uint32_t wanted = ports(sock->remote.port, sock->local.port);
	size_t from = 0, to = p->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (ports_of(p->bucket[middle]) < wanted)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < p->len && ports_of(p->bucket[from]) == wanted; from++) {
		if (is_other_end(&p->bucket[from]->sock, sock))
			p->bucket[from]->peer_inode = sock->inode;
	}
}

static int find_inet_peers(struct sockets *s, int pid_fd)
{
	struct peers p = { 0 };
	struct netsock_reader reader;
	struct netsock sock;
	int ret;

	p.bucket = calloc(s->len + 1, sizeof(struct socket_fact *));
	if (!p.bucket)
		return -ENOMEM;
	for (size_t i = 0; i < s->len; i++) {
		if (may_have_peer(&s->list[i]))
			p.bucket[p.len++] = &s->list[i];
	}
	qsort(p.bucket, p.len, sizeof(struct socket_fact *), compare_ports);
	netsock_reader_init(&reader, pid_fd, p.len ? PEER_TABLES : 0);
	while ((ret = netsock_next(&reader, &sock)) == 1)
		take_peer(&p, &sock);
	netsock_reader_done(&reader);
	free(p.bucket);
	return ret;
}

struct unix_answer {
	struct sockets *sockets;
	bool no_memory;
};

/* The kernel's own word: what was doubtful in the table is not any more. */
static void take_unix_peer(const struct unix_peer *peer, void *arg)
{
	struct unix_answer *answer = arg;
	struct socket_fact *fact = find(answer->sockets, peer->inode);
	char *name;

	if (!fact || !fact->found || fact->sock.table != NETSOCK_UNIX)
		return;
	name = arena_alloc(&answer->sockets->arena, peer->name.len + 1);
	if (!name) {
		answer->no_memory = true;
		return;
	}
	if (peer->name.len)
		memcpy(name, peer->name.p, peer->name.len);
	if (peer->name.len && name[0] == '\0')
		name[0] = '@';
	fact->sock.path = str_from(name, peer->name.len);
	fact->forged = false;
	fact->confirmed = true;
	fact->peer_inode = peer->peer_inode;
}

static int ask_unix_peers(struct sockets *s)
{
	struct unix_answer answer = { .sockets = s };
	int err = unix_peers_each(take_unix_peer, &answer);

	/* What the kernel does not know of was never there. */
	for (size_t i = 0; !err && i < s->len; i++) {
		struct socket_fact *fact = &s->list[i];

		if (fact->found && fact->sock.table == NETSOCK_UNIX && !fact->confirmed)
			fact->found = false;
	}
	return answer.no_memory ? -ENOMEM : err;
}

static bool has_unix(const struct sockets *s)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->list[i].found && s->list[i].sock.table == NETSOCK_UNIX)
			return true;
	}
	return false;
}

int sockets_resolve(struct sockets *s, int pid_fd, bool is_own_ns)
{
	int err;

	sort(s);
	if (s->len == 0)
		return 0;
	err = read_tables(s, pid_fd);
	if (!err)
		err = find_inet_peers(s, pid_fd);
	if (!err && has_unix(s))
		s->peer_error = is_own_ns ? ask_unix_peers(s) : -EXDEV;
	return err;
}
