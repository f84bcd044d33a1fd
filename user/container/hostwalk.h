/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostwalk.h - opens a path of the host, but no file system that may never answer
 *
 * A home on a server that is down, or one that a program of the user's answers for (FUSE), keeps
 * waiting whoever looks a name up in it, and the call does not return. So each mount on the way
 * is judged by its type before anything is asked of it.
 */
#ifndef CONTAINER_HOSTWALK_H
#define CONTAINER_HOSTWALK_H

#include <stdbool.h>

#include "base/buf.h"

/* The mounts of this process's own namespace, read again when they have changed. */
struct hostwalk {
	int mounts_fd; /* /proc/self/mountinfo; -1: not opened yet */
	struct buf mounts;
};

#define HOSTWALK_NONE ((struct hostwalk){ .mounts_fd = -1 })

/*
 * Whether the descriptor's mount is one of them: /proc/<pid>/root of a process in another mount
 * namespace is not.
 */
bool hostwalk_knows(struct hostwalk *w, int fd);

/*
 * Like openat2(2) with RESOLVE_IN_ROOT, for a root_fd that is known. Links are
 * followed, the last one not with O_NOFOLLOW. Returns the descriptor, close-on-exec, or a
 * negative errno: -EREMOTE if the way leads through a file system on a network or in user
 * space, or one that cannot be told; -ELOOP through /proc. What root_fd is on is not judged.
 */
int hostwalk_open(struct hostwalk *w, int root_fd, const char *path, int flags);

void hostwalk_done(struct hostwalk *w);

#endif /* CONTAINER_HOSTWALK_H */
