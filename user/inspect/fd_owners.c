// SPDX-License-Identifier: Apache-2.0
/*
 * fd_owners.c - who on the host has which pipe, socket and eventfd open
 */
#include "inspect/fd_owners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "inspect/common.h"
#include "procfs/procfs.h"

#define OWNERS_SHOWN 8

struct scan {
	struct fd_owners *owners;
	uint32_t pid;
	int pid_fd;
};

static bool is_owned(const struct proc_fd_link *link, enum fd_owned *ret_kind)
{
	bool is_eventfd = link->kind == PROC_FD_ANON && str_eq(link->name, STR_LITERAL("eventfd"));

	*ret_kind = is_eventfd			 ? FD_OWNED_EVENTFD :
		    link->kind == PROC_FD_SOCKET ? FD_OWNED_SOCKET :
						   FD_OWNED_PIPE;
	return is_eventfd || link->kind == PROC_FD_SOCKET || link->kind == PROC_FD_PIPE;
}

bool fd_owner_take(const struct proc_fd_link *link, const struct proc_fdinfo *info,
		   struct fd_owner *ret_owner)
{
	struct fd_owner o = { .id = link->id };
	enum fd_owned kind;

	if (!is_owned(link, &kind))
		return false;
	o.kind = kind;
	if (proc_fdinfo_has(info, PROC_FDINFO_FLAGS)) {
		o.can_read = (info->flags & O_ACCMODE) != O_WRONLY;
		o.can_write = (info->flags & O_ACCMODE) != O_RDONLY;
	}
	/* All eventfds have one inode, so they have numbers of their own. */
	if (kind == FD_OWNED_EVENTFD) {
		if (!proc_fdinfo_has(info, PROC_FDINFO_EVENTFD_ID))
			return false;
		o.id = info->eventfd_id;
	}
	*ret_owner = o;
	return true;
}

static void add(struct fd_owners *o, const struct fd_owner *owner)
{
	if (o->len == o->cap && o->cap < FD_OWNERS_MAX) {
		size_t cap = o->cap ? 2 * o->cap : 1024;
		struct fd_owner *list = reallocarray(o->list, cap, sizeof(*list));

		if (list) {
			o->list = list;
			o->cap = cap;
		}
	}
	if (o->len < o->cap)
		o->list[o->len++] = *owner;
	else
		o->beyond++;
}

static int look_at_fd(uint32_t number, void *arg)
{
	struct scan *scan = arg;
	struct proc_fdinfo info = { 0 };
	char buf[PROC_LINK_SIZE];
	struct proc_fd_link link;
	struct fd_owner owner;
	enum fd_owned kind;

	/* One that is closed meanwhile is nobody's; the ends of a socket are alike. */
	if (read_fd_link(scan->pid_fd, number, buf, &link) || !is_owned(&link, &kind) ||
	    (kind != FD_OWNED_SOCKET && read_fdinfo(scan->pid_fd, number, &info)))
		return 0;
	if (fd_owner_take(&link, &info, &owner)) {
		owner.pid = scan->pid;
		add(scan->owners, &owner);
	}
	return 0;
}

static int look_at_process(uint32_t pid, void *arg)
{
	struct scan *scan = arg;
	_cleanup_close_ int fd = -1;
	int err = procfs_open(scan->pid_fd, pid, 0, &fd);
	struct scan below = { .owners = scan->owners, .pid = pid, .pid_fd = fd };

	if (!err)
		err = procfs_each_number(fd, "fd", look_at_fd, &below);
	scan->owners->denied += err == -EACCES || err == -EPERM;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct fd_owner *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Looks at all processes the first time it is called for this world. NULL: no memory. */
static const struct fd_owners *owners_of(struct world *w)
{
	struct scan scan = { .pid_fd = w->proc_fd };

	if (w->fd_owners)
		return w->fd_owners;
	scan.owners = calloc(1, sizeof(*scan.owners));
	if (!scan.owners)
		return NULL;
	procfs_each_pid(w->proc_fd, look_at_process, &scan);
	if (scan.owners->len)
		qsort(scan.owners->list, scan.owners->len, sizeof(*scan.owners->list), compare);
	w->fd_owners = scan.owners;
	return w->fd_owners;
}

void fd_owners_free(struct fd_owners *owners)
{
	if (owners)
		free(owners->list);
	free(owners);
}

const struct fd_owner *fd_owners_find(const struct fd_owners *owners, enum fd_owned kind,
				      uint64_t id, size_t *ret_len)
{
	const struct fd_owner key = { .kind = kind, .id = id };
	size_t from = 0, to = owners->len, len = 0;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(&owners->list[middle], &key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	while (from + len < owners->len && owners->list[from + len].kind == kind &&
	       owners->list[from + len].id == id)
		len++;
	*ret_len = len;
	return owners->list ? owners->list + from : NULL;
}

void fd_owners_put(struct world *w, const struct fd_owners_want *want, const char *key,
		   const char *title, struct doc *d)
{
	const struct fd_owners *owners = owners_of(w);
	const struct fd_owner *o;
	uint32_t last = want->except_pid;
	size_t len;

	if (!owners) {
		doc_missing(d, key, title, -ENOMEM);
		return;
	}
	world_scan(w);
	doc_short_list(d, key, title, OWNERS_SHOWN);
	o = fd_owners_find(owners, want->kind, want->id, &len);
	for (size_t i = 0; i < len; i++) {
		/* A process that has it twice is one, and those of one process stand together. */
		if (o[i].pid == last || o[i].pid == want->except_pid ||
		    (want->must_read && !o[i].can_read) || (want->must_write && !o[i].can_write))
			continue;
		last = o[i].pid;
		common_process(w, o[i].pid, d);
	}
	doc_end(d);
	doc_passing(d);
}

void fd_owners_put_unseen(const struct world *w, struct doc *d)
{
	const struct fd_owners *owners = w->fd_owners;

	if (owners && owners->denied) {
		doc_u64(d, "processes_denied", "not looked at", owners->denied);
		doc_passing(d);
	}
	if (owners && owners->beyond) {
		doc_u64(d, "descriptors_beyond", "descriptors beyond", owners->beyond);
		doc_passing(d);
	}
}
