// SPDX-License-Identifier: Apache-2.0
/*
 * compress.c - one closed file, made a compressed one
 */
#include "log/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/cleanup.h"

#define PIECE ((size_t)256 << 10)

static void gzclosep(gzFile *file)
{
	if (*file)
		gzclose(*file);
}

/* zlib's error as ours. */
static int error_of(gzFile file)
{
	int code;

	gzerror(file, &code);
	if (code == Z_ERRNO)
		return errno ? -errno : -EIO;
	return code == Z_MEM_ERROR ? -ENOMEM : -EIO;
}

static int copy(int from, gzFile to, bool (*stop)(void *arg), void *arg)
{
	_cleanup_free_ char *piece = malloc(PIECE);

	if (!piece)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(from, piece, PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		if (gzwrite(to, piece, (unsigned int)n) != n)
			return error_of(to);
		if (stop(arg))
			return -ECANCELED;
	}
}

/* Fills a file with what another has, and has it on the disk. */
static int fill(int from, int to, bool (*stop)(void *arg), void *arg)
{
	_cleanup_(gzclosep) gzFile file = NULL;
	int copied = fcntl(to, F_DUPFD_CLOEXEC, 0);
	int r;

	if (copied < 0)
		return -errno;
	file = gzdopen(copied, "w");
	if (!file) {
		close(copied);
		return -ENOMEM;
	}
	r = copy(from, file, stop, arg);
	if (r < 0)
		return r;
	errno = 0;
	switch (gzclose(take_ptr(file))) {
	case Z_OK:
		return fsync(to) < 0 ? -errno : 0;
	case Z_ERRNO:
		return errno ? -errno : -EIO;
	default:
		return -EIO;
	}
}

/* The copy belongs to whom the file belongs, is of its time, and no more can read it. */
static int dress(int from, int to)
{
	struct timespec times[2];
	struct stat st;

	if (fstat(from, &st) < 0)
		return -errno;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (fchown(to, st.st_uid, st.st_gid) < 0 || fchmod(to, st.st_mode & 0640) < 0 ||
	    futimens(to, times) < 0)
		return -errno;
	return 0;
}

int compress_closed(int dir_fd, const char *log_name, const struct closed *closed,
		    bool (*stop)(void *arg), void *arg)
{
	char name[CLOSED_NAME_MAX], undone[CLOSED_NAME_MAX], done[CLOSED_NAME_MAX];
	_cleanup_close_ int from = -1;
	_cleanup_close_ int to = -1;
	int r = closed_name(undone, log_name, closed->number, CLOSED_UNDONE);

	if (r < 0)
		return r;
	closed_name(done, log_name, closed->number, CLOSED_GZ);
	closed_name(name, log_name, closed->number, "");
	from = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (from < 0)
		return -errno;
	if (unlinkat(dir_fd, undone, 0) < 0 && errno != ENOENT)
		return -errno;
	to = openat(dir_fd, undone, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to < 0)
		return -errno;
	r = fill(from, to, stop, arg);
	if (r == 0)
		r = dress(from, to);
	if (r == 0 && renameat(dir_fd, undone, dir_fd, done) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dir_fd, undone, 0);
		return r;
	}
	/* The name is on the disk before the other one goes. */
	if ((fsync(dir_fd) < 0 && errno != EINVAL) || unlinkat(dir_fd, name, 0) < 0)
		return -errno;
	return 0;
}
