/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets.h - what the sockets of a process are: addresses, states, and who is at the other end
 *
 * From the tables below /proc/<pid>/net, so that no namespace is entered. Only what was
 * asked for is kept, however long the tables are.
 */
#ifndef INSPECT_SOCKETS_H
#define INSPECT_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "procfs/netsock.h"

struct socket_fact {
	uint64_t inode;
	bool found;	     /* in a table; the rest is not known else */
	bool forged;	     /* its line may be somebody's: see sockets.c */
	bool confirmed;	     /* by the kernel, which was asked; only unix */
	struct netsock sock; /* its path is the set's */
	uint64_t peer_inode; /* 0: none, or not known */
};

struct sockets {
	struct arena arena;
	struct socket_fact *list; /* owned; by inode */
	size_t len;
	uint64_t malformed; /* lines of the tables */
	int peer_error;	    /* 0, or why the other ends of unix sockets are not known */
};

/* Makes room for max of them. 0 or -ENOMEM. */
int sockets_init(struct sockets *s, size_t max);
void sockets_done(struct sockets *s);

/* One that is asked for; at most as many as there is room for. */
void sockets_want(struct sockets *s, uint64_t inode);

/*
 * Looks them up in the tables of the network namespace of a process (the directory of which is
 * pid_fd), and their other ends if those are in it. is_own_ns: it is ours as well, where the kernel
 * can be asked more than the tables have. 0 or a negative errno.
 */
int sockets_resolve(struct sockets *s, int pid_fd, bool is_own_ns);

/* NULL: it was not asked for. */
const struct socket_fact *sockets_find(const struct sockets *s, uint64_t inode);

#endif /* INSPECT_SOCKETS_H */
