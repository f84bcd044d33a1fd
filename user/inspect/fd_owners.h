/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd_owners.h - who on the host has which pipe, socket and eventfd open
 *
 * Looks at every descriptor of every process that may be looked at, once, and only when
 * somebody asks: it is the other end of a pipe that is looked for, and who listens. Bounded:
 * what is beyond FD_OWNERS_MAX is counted.
 */
#ifndef INSPECT_FD_OWNERS_H
#define INSPECT_FD_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspect/doc.h"
#include "inspect/world.h"
#include "procfs/fd.h"

#define FD_OWNERS_MAX ((size_t)1 << 20)

enum fd_owned { FD_OWNED_PIPE, FD_OWNED_SOCKET, FD_OWNED_EVENTFD };

struct fd_owner {
	uint64_t id; /* the inode; of an eventfd its own number */
	uint32_t pid;
	uint32_t kind : 8; /* enum fd_owned */
	uint32_t can_read : 1;
	uint32_t can_write : 1;
};

struct fd_owners {
	struct fd_owner *list; /* owned; by kind, id and pid */
	size_t len, cap;
	uint64_t beyond; /* descriptors that did not fit */
	uint64_t denied; /* processes that may not be looked at */
};

void fd_owners_free(struct fd_owners *owners); /* NULL is fine */

/* What a descriptor is listed under, but for the pid; false: under nothing. Pure. */
bool fd_owner_take(const struct proc_fd_link *link, const struct proc_fdinfo *info,
		   struct fd_owner *ret_owner);

/* Those who have it, one after the other. *ret_len: how many. */
const struct fd_owner *fd_owners_find(const struct fd_owners *owners, enum fd_owned kind,
				      uint64_t id, size_t *ret_len);

/*
 * A short list of those who have it: pid, name, container. Not of except_pid (0: of all), nor,
 * if must_read or must_write, of those who cannot.
 */
struct fd_owners_want {
	enum fd_owned kind;
	uint64_t id;
	uint32_t except_pid;
	bool must_read, must_write;
};
void fd_owners_put(struct world *w, const struct fd_owners_want *want, const char *key,
		   const char *title, struct doc *d);

/* What the lists above may lack: processes that may not be looked at, too many descriptors. */
void fd_owners_put_unseen(const struct world *w, struct doc *d);

#endif /* INSPECT_FD_OWNERS_H */
