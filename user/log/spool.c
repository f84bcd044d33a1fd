// SPDX-License-Identifier: Apache-2.0
/*
 * spool.c - a copy of what can be read only once
 */
#include "log/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define PIECE ((size_t)64 << 10)

const char *spool_directory(void)
{
	const char *directory = getenv("TMPDIR");

	return directory && *directory ? directory : "/tmp";
}

/* Returns a file descriptor or a negative errno. */
static int open_unnamed(void)
{
	_cleanup_free_ char *path = NULL;
	int fd = open(spool_directory(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0)
		return fd;
	/* Not every file system can; a kernel without it opens the directory itself. */
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;
	if (asprintf(&path, "%s/proctrace.XXXXXX", spool_directory()) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int spool_make(int fd, int *ret_fd, bool *ret_reading)
{
	_cleanup_free_ char *piece = malloc(PIECE);
	_cleanup_close_ int spool = -1;
	ssize_t n;
	int r;

	*ret_reading = false;
	if (!piece)
		return -ENOMEM;
	spool = open_unnamed();
	if (spool < 0)
		return spool;
	while ((n = read(fd, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*ret_reading = true;
			return -errno;
		}
		r = write_all(spool, piece, (size_t)n);
		if (r < 0)
			return r;
	}
	if (lseek(spool, 0, SEEK_SET) < 0)
		return -errno;
	*ret_fd = take_fd(&spool);
	return 0;
}
