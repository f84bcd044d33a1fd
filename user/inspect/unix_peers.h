/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_peers.h - the other ends of unix sockets, and their names as they are
 *
 * No file of /proc has the first, and none can be trusted with the second.
 */
#ifndef INSPECT_UNIX_PEERS_H
#define INSPECT_UNIX_PEERS_H

#include <stdint.h>

#include "base/str.h"

struct unix_peer {
	uint32_t inode;
	uint32_t peer_inode; /* 0: not connected */
	struct str name;     /* as it was bound; its first byte may be a NUL; empty: it was not */
};

/*
 * Asks the kernel (sock_diag(7)) for all unix sockets of our own network namespace. Needs no
 * privilege. 0 or a negative errno: -ENOENT where the kernel is built without.
 */
int unix_peers_each(void (*each)(const struct unix_peer *peer, void *arg), void *arg);

#endif /* INSPECT_UNIX_PEERS_H */
