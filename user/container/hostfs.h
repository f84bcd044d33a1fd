/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostfs.h - files of the host that others wrote
 *
 * Everything is looked up below one directory, symbolic links included
 * (openat2(2), RESOLVE_IN_ROOT), so a tree copied from another host is a fixture
 * and a link inside it cannot lead out. The file itself must be a regular one, no
 * link, no FIFO, of limited size; what is neither is not even opened. Nor is anything on a
 * file system that may never answer (-EREMOTE), see hostwalk.h.
 */
#ifndef CONTAINER_HOSTFS_H
#define CONTAINER_HOSTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/str.h"
#include "container/hostwalk.h"

#define HOSTFS_SIZE_MAX ((size_t)4 << 20)

struct hostfs {
	int root_fd;
	dev_t root_dev;
	ino_t root_ino;
	uid_t root_uid;		/* who owns it: the host's root, also in a tree that was copied */
	uint64_t users_rest_ns; /* boot time until which no user's file is parsed, see hostjson.c */
	uint64_t users_since_ns, users_sum_ns; /* what they cost lately */
	uint64_t errors;		       /* files that were there but could not be used */
	/* Its mounts are another namespace's, which are not judged here; or who sets this bears a wait. */
	bool may_wait;
	struct hostwalk *walk; /* used where a path leaves the root's mount */
	struct buf scratch;
};

/* root "" is "/". Returns 0 or a negative errno. */
int hostfs_init(struct hostfs *fs, const char *root);
void hostfs_done(struct hostfs *fs);

/*
 * Reads a whole file into out (reset first). trusted: it is said to be root's, and
 * another user's is refused. Returns 0, -ENOENT if it is not there, -EFBIG, -ELOOP,
 * -ENODEV for what is no regular file, -EUCLEAN for another user's, or another
 * negative errno. All but -ENOENT are counted.
 */
int hostfs_read(struct hostfs *fs, const char *path, bool trusted, struct buf *out);

/*
 * Why a file cannot be used, without opening it; a link at the end is followed. Returns
 * 0 for a regular one, else as above.
 */
int hostfs_check(struct hostfs *fs, const char *path);

/* True if it is there and a directory (regular file); links at the end are followed. */
bool hostfs_is_dir(const struct hostfs *fs, const char *path);
bool hostfs_is_file(const struct hostfs *fs, const char *path);

/*
 * A descriptor (O_PATH) of a socket; links at the end are followed. Returns it, -ENOENT,
 * -ENOTSOCK, or another negative errno.
 */
int hostfs_open_socket(const struct hostfs *fs, const char *path, struct stat *ret_stat);

/*
 * Calls back with the name of each directory directly below path, at most limit
 * entries are looked at; true ends it. Returns true if a callback did.
 */
bool hostfs_each_dir(const struct hostfs *fs, const char *path, size_t limit,
		     bool (*each)(const char *name, void *arg), void *arg);

#endif /* CONTAINER_HOSTFS_H */
