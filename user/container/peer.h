/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer.h - who listens on a runtime's socket, and who does not answer
 *
 * A name in a directory proves nothing: whoever may write there can put a socket of that
 * name. The kernel says who listens (unix(7), SO_PEERCRED), and endpoints.h what that
 * user may speak about.
 */
#ifndef CONTAINER_PEER_H
#define CONTAINER_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "container/endpoints.h"
#include "container/hostfs.h"

/*
 * Finds the socket below the host's root. One that a user named must be that user's own
 * from the outset, or we would bother root's for a stranger. Returns a descriptor (O_PATH)
 * to be connected to as /proc/self/fd/N, for a path may be longer than an address can be;
 * -ENOENT: not there, or a stranger's; or another negative errno.
 */
int peer_find(const struct hostfs *fs, const struct endpoint *e);

/*
 * Whether who listens at the other end of fd may speak about the container there. Returns 1, 0,
 * or a negative errno if it cannot be known.
 */
int peer_may_tell(int fd, const struct endpoint *e, const struct endpoints_place *place);

#define QUIET_MAX 16 /* of more the oldest is forgotten */

/* Sockets that did not answer in time, and until when they are left alone. */
struct quiet {
	struct quiet_one {
		char *path;
		uint64_t until_ns;
	} one[QUIET_MAX];
	unsigned int next;
};

void quiet_add(struct quiet *quiet, const char *path, uint64_t until_ns);
bool quiet_has(const struct quiet *quiet, const char *path, uint64_t now_ns);
void quiet_done(struct quiet *quiet);

#endif /* CONTAINER_PEER_H */
