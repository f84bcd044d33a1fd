// SPDX-License-Identifier: Apache-2.0
/*
 * peer.c - who listens on a runtime's socket, and who does not answer
 */
#include "container/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int peer_find(const struct hostfs *fs, const struct endpoint *e)
{
	struct stat st;
	int fd = hostfs_open_socket(fs, e->path, &st);

	if (fd >= 0 && e->uid != 0 && st.st_uid != e->uid) {
		close(fd);
		return -ENOENT;
	}
	return fd;
}

int peer_may_tell(int fd, const struct endpoint *e, const struct endpoints_place *place)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	return (e->uid == 0 || peer.uid == e->uid) && endpoints_may_tell(peer.uid, place);
}

bool quiet_has(const struct quiet *quiet, const char *path, uint64_t now_ns)
{
	for (int i = 0; i < QUIET_MAX; i++)
		if (quiet->one[i].path && now_ns < quiet->one[i].until_ns &&
		    strcmp(quiet->one[i].path, path) == 0)
			return true;
	return false;
}

void quiet_add(struct quiet *quiet, const char *path, uint64_t until_ns)
{
	struct quiet_one *one = &quiet->one[quiet->next++ % QUIET_MAX];

	free(one->path);
	*one = (struct quiet_one){ .path = strdup(path), .until_ns = until_ns };
}

void quiet_done(struct quiet *quiet)
{
	for (int i = 0; i < QUIET_MAX; i++)
		free(quiet->one[i].path);
	*quiet = (struct quiet){ 0 };
}
