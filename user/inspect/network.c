// SPDX-License-Identifier: Apache-2.0
/*
 * network.c - its network namespace: interfaces, addresses, routes, who listens
 *
 * All from /proc/<pid>/net, so that no namespace is entered. An IPv4 address stands there
 * without its interface: that is known by the route to its network, if there is one.
 */
#include "inspect/section.h"

#include <errno.h>
#include <linux/route.h>
#include <stdlib.h>

#include "inspect/common.h"
#include "inspect/fd_owners.h"
#include "inspect/files.h"
#include "inspect/sockets.h"
#include "procfs/lines.h"
#include "procfs/netdev.h"
#include "procfs/netsock.h"

#define LINK_ROUTES_MAX 256 /* networks that addresses are looked for in */
#define IF_NAME_LEN	16

/* A network that is on a link, and of which interface. */
struct link_route {
	struct netroute route;
	char interface[IF_NAME_LEN];
};

struct network {
	struct subject *subject;
	struct doc *doc;
	struct link_route links[LINK_ROUTES_MAX];
	size_t links_len;
};

/*
 * Calls each for every line of a file of the namespace, if this kernel has it. That the process ended
 * meanwhile is said of all sections together.
 */
static void each_line(struct network *n, const char *name,
		      void (*each)(struct network *n, struct str line))
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct str line;

	if (proc_lines_open(&lines, n->subject->live_fd, name))
		return;
	while (proc_lines_next(&lines, &line) == 1)
		each(n, line);
}

/* ---- interfaces ---- */

static void put_counters(const struct netdev *dev, struct doc *d)
{
	const struct {
		const char *key, *title;
		bool is_bytes;
		uint64_t value;
	} counters[] = {
		{ "received_bytes", "received", true, dev->rx_bytes },
		{ "received_packets", "packets", false, dev->rx_packets },
		{ "receive_errors", "errors", false, dev->rx_errors },
		{ "receive_dropped", "dropped", false, dev->rx_dropped },
		{ "sent_bytes", "sent", true, dev->tx_bytes },
		{ "sent_packets", "packets", false, dev->tx_packets },
		{ "send_errors", "errors", false, dev->tx_errors },
		{ "send_dropped", "dropped", false, dev->tx_dropped },
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].is_bytes)
			doc_bytes(d, counters[i].key, counters[i].title, counters[i].value);
		else
			doc_u64(d, counters[i].key, counters[i].title, counters[i].value);
		doc_passing(d);
	}
}

static void put_device(struct network *n, struct str line)
{
	struct netdev dev;

	if (parse_netdev(line, &dev) || !doc_item(n->doc))
		return;
	doc_str(n->doc, "interface", NULL, dev.name);
	put_counters(&dev, n->doc);
	doc_end(n->doc);
}

/* ---- addresses ---- */

static void keep_link(struct network *n, struct str line)
{
	struct link_route *l = &n->links[n->links_len];

	if (n->links_len == LINK_ROUTES_MAX || parse_route(line, &l->route) ||
	    l->route.flags & RTF_GATEWAY || l->route.interface.len > IF_NAME_LEN)
		return;
	memcpy(l->interface, l->route.interface.p, l->route.interface.len);
	l->route.interface.p = l->interface;
	n->links_len++;
}

/* The narrowest network that it is in. */
static const struct netroute *link_of(const struct network *n, const struct proc_netaddr *addr)
{
	const struct netroute *best = NULL;

	for (size_t i = 0; i < n->links_len; i++) {
		const struct netroute *r = &n->links[i].route;

		if (r->prefix_len && netroute_has(r, addr) &&
		    (!best || r->prefix_len > best->prefix_len))
			best = r;
	}
	return best;
}

static void put_address(struct doc *d, const struct proc_netaddr *addr, struct str interface,
			const uint32_t *prefix_len)
{
	char text[PROC_NETADDR_LEN];

	doc_text(d, "address", NULL, "%s", fmt_netaddr(text, addr));
	if (interface.len)
		doc_str(d, "interface", NULL, interface);
	if (prefix_len)
		doc_u64(d, "prefix_length", "prefix", *prefix_len);
}

static void put_ipv4(struct network *n)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct fib_trie trie = { 0 };
	struct proc_netaddr addr;
	struct str line;

	if (proc_lines_open(&lines, n->subject->live_fd, "net/fib_trie"))
		return;
	while (proc_lines_next(&lines, &line) == 1) {
		const struct netroute *link;

		if (!parse_fib_trie_line(&trie, line, &addr) || !doc_item(n->doc))
			continue;
		link = link_of(n, &addr);
		put_address(n->doc, &addr, link ? link->interface : (struct str){ 0 },
			    link ? &link->prefix_len : NULL);
		doc_end(n->doc);
	}
}

static const char *scope_name(uint32_t scope)
{
	switch (scope) {
	case 0x00:
		return "global";
	case 0x10:
		return "host";
	case 0x20:
		return "link";
	case 0x40:
		return "site";
	}
	return NULL;
}

static void put_ipv6(struct network *n, struct str line)
{
	struct netdev_addr a;

	if (parse_if_inet6(line, &a) || !doc_item(n->doc))
		return;
	put_address(n->doc, &a.addr, a.interface, &a.prefix_len);
	if (scope_name(a.scope))
		doc_text(n->doc, "scope", NULL, "%s", scope_name(a.scope));
	doc_end(n->doc);
}

/* ---- routes ---- */

static void put_route(struct network *n, const struct netroute *r)
{
	char text[PROC_NETADDR_LEN];
	struct doc *d = n->doc;

	if (!doc_item(d))
		return;
	doc_text(d, "to", NULL, "%s/%u", fmt_netaddr(text, &r->to), r->prefix_len);
	if (!proc_netaddr_is_any(&r->gateway))
		doc_text(d, "via", NULL, "%s", fmt_netaddr(text, &r->gateway));
	if (r->flags & RTF_REJECT)
		doc_bool(d, "rejected", NULL, true);
	doc_str(d, "interface", NULL, r->interface);
	doc_u64(d, "metric", NULL, r->metric);
	doc_end(d);
}

static void put_ipv4_route(struct network *n, struct str line)
{
	struct netroute r;

	if (parse_route(line, &r) == 0)
		put_route(n, &r);
}

/* Also has what is not of the main table: the namespace's own addresses, and multicast. */
static void put_ipv6_route(struct network *n, struct str line)
{
	struct netroute r;

	if (parse_ipv6_route(line, &r) == 0 && r.flags & RTF_UP && !(r.flags & RTF_REJECT) &&
	    r.to.bytes[0] != 0xff && !(r.flags & 0x80000000 /* RTF_LOCAL */))
		put_route(n, &r);
}

/* ---- who listens ---- */

static bool is_waiting(const struct netsock *s)
{
	return s->state == NETSOCK_LISTEN ||
	       (netsock_is_inet(s->table) && s->table > NETSOCK_TCP6 &&
		s->state == NETSOCK_UNCONNECTED);
}

#define LISTENING_TABLES (NETSOCK_ALL & ~(1u << NETSOCK_NETLINK | 1u << NETSOCK_PACKET))
#define LISTENERS_MAX	 ((size_t)1 << 17)

static void put_listener(struct network *n, const struct socket_fact *fact)
{
	const struct fd_owners_want want = { .kind = FD_OWNED_SOCKET, .id = fact->inode };
	struct doc *d = n->doc;

	if (!doc_item(d))
		return;
	files_put_socket_fact(fact, d);
	if (netsock_is_inet(fact->sock.table))
		doc_u64(d, "uid", "made by uid", fact->sock.uid);
	fd_owners_put(n->subject->world, &want, "processes", "open in", d);
	doc_end(d);
}

/* Counts those that wait for somebody; with sockets wants them too. Returns 0 or a negative errno. */
static int each_waiting(struct network *n, struct sockets *sockets, size_t *count)
{
	struct netsock_reader reader;
	struct netsock sock;
	size_t max = *count;
	int ret;

	*count = 0;
	netsock_reader_init(&reader, n->subject->live_fd, LISTENING_TABLES);
	while ((ret = netsock_next(&reader, &sock)) == 1) {
		if (!is_waiting(&sock) || *count == max)
			continue;
		++*count;
		if (sockets)
			sockets_want(sockets, sock.inode);
	}
	netsock_reader_done(&reader);
	return ret;
}

static int find_waiting(struct network *n, struct sockets *sockets)
{
	size_t count = LISTENERS_MAX;
	int err = each_waiting(n, NULL, &count);

	if (!err)
		err = sockets_init(sockets, count);
	/* There may be more by now: only as many as there is room for. */
	if (!err)
		err = each_waiting(n, sockets, &count);
	return err ? err :
		     sockets_resolve(sockets, n->subject->live_fd, files_is_own_net(n->subject));
}

static void put_listeners(struct network *n)
{
	struct sockets sockets = { 0 };
	int err = find_waiting(n, &sockets);

	if (err) {
		doc_missing(n->doc, "listening", NULL, err);
	} else {
		doc_list(n->doc, "listening", NULL);
		for (int table = 0; table < NETSOCK_TABLES; table++) {
			for (size_t i = 0; i < sockets.len; i++) {
				const struct socket_fact *fact = &sockets.list[i];

				if (fact->found && (int)fact->sock.table == table &&
				    is_waiting(&fact->sock))
					put_listener(n, fact);
			}
		}
		doc_end(n->doc);
	}
	sockets_done(&sockets);
}

void inspect_network(struct subject *s, struct doc *d)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct network *n = calloc(1, sizeof(*n));
	int err = n ? proc_lines_open(&lines, s->live_fd, "net/dev") : -ENOMEM;

	if (err) {
		/* A zombie has left its network namespace. */
		if (s->is_zombie)
			common_no_program(s, "interfaces", NULL, d);
		else
			doc_missing(d, "interfaces", NULL, err);
		free(n);
		return;
	}
	n->subject = s;
	n->doc = d;
	doc_list(d, "interfaces", NULL);
	each_line(n, "net/dev", put_device);
	doc_end(d);
	each_line(n, "net/route", keep_link);
	doc_list(d, "addresses", NULL);
	put_ipv4(n);
	each_line(n, "net/if_inet6", put_ipv6);
	doc_end(d);
	doc_list(d, "routes", NULL);
	each_line(n, "net/route", put_ipv4_route);
	each_line(n, "net/ipv6_route", put_ipv6_route);
	doc_end(d);
	put_listeners(n);
	fd_owners_put_unseen(s->world, d);
	free(n);
}
