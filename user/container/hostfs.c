// SPDX-License-Identifier: Apache-2.0
/*
 * hostfs.c - files of the host that others wrote
 */
#include "container/hostfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

int hostfs_init(struct hostfs *fs, const char *root)
{
	struct stat st;
	int fd = open(root && root[0] ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	*fs = (struct hostfs){ .root_fd = fd,
			       .root_dev = st.st_dev,
			       .root_ino = st.st_ino,
			       .root_uid = st.st_uid,
			       .walk = calloc(1, sizeof(*fs->walk)) };
	if (!fs->walk) {
		close(fd);
		return -ENOMEM;
	}
	*fs->walk = HOSTWALK_NONE;
	fs->may_wait = !hostwalk_knows(fs->walk, fd);
	fs->scratch.limit = HOSTFS_SIZE_MAX + 2 * BUF_READ_STEP;
	return 0;
}

void hostfs_done(struct hostfs *fs)
{
	if (fs->root_fd >= 0)
		close(fs->root_fd);
	fs->root_fd = -1;
	if (fs->walk)
		hostwalk_done(fs->walk);
	free(fs->walk);
	fs->walk = NULL;
	buf_done(&fs->scratch);
}

static int open_below(const struct hostfs *fs, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
			   (fs->may_wait ? 0 : RESOLVE_NO_XDEV),
	};
	int fd = (int)syscall(SYS_openat2, fs->root_fd, path, &how, sizeof(how));

	if (fd < 0 && errno == EXDEV)
		return hostwalk_open(fs->walk, fs->root_fd, path, flags);
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		/* An old seccomp filter around the agent knows no openat2. */
		while (*path == '/')
			path++;
		fd = openat(fs->root_fd, *path ? path : ".", flags | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

static int read_all(int fd, struct buf *out)
{
	int err = buf_read(out, fd, HOSTFS_SIZE_MAX + 1);

	if (err == -ENOMEM && out->len + BUF_READ_STEP > HOSTFS_SIZE_MAX)
		return -EFBIG;
	return !err && out->len > HOSTFS_SIZE_MAX ? -EFBIG : err;
}

static int check_regular(int fd, struct stat *ret_st)
{
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (S_ISLNK(ret_st->st_mode))
		return -ELOOP;
	return S_ISREG(ret_st->st_mode) ? 0 : -ENODEV;
}

/*
 * Opening alone can do harm: it wakes who waits at a FIFO, rewinds a tape, starts a
 * watchdog. So it is looked at first, and again when it is open, for it may be another
 * by then.
 */
static int open_regular(const struct hostfs *fs, const char *path, struct stat *ret_st)
{
	_cleanup_close_ int seen = open_below(fs, path, O_PATH | O_NOFOLLOW);
	int fd, err;

	if (seen < 0)
		return seen;
	err = check_regular(seen, ret_st);
	if (err)
		return err;
	fd = open_below(fs, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	err = check_regular(fd, ret_st);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int read_regular(struct hostfs *fs, const char *path, bool trusted, struct buf *out)
{
	struct stat st;
	_cleanup_close_ int fd = open_regular(fs, path, &st);

	if (fd < 0)
		return fd;
	if (trusted && st.st_uid != 0 && st.st_uid != fs->root_uid)
		return -EUCLEAN;
	if (st.st_size > (off_t)HOSTFS_SIZE_MAX)
		return -EFBIG;
	buf_reset(out);
	return read_all(fd, out);
}

/* That there is no such directory either is the usual case. */
static int count_error(struct hostfs *fs, int err)
{
	if (err == -ENOTDIR)
		err = -ENOENT;
	if (err && err != -ENOENT)
		fs->errors++;
	return err;
}

int hostfs_read(struct hostfs *fs, const char *path, bool trusted, struct buf *out)
{
	return count_error(fs, read_regular(fs, path, trusted, out));
}

int hostfs_check(struct hostfs *fs, const char *path)
{
	_cleanup_close_ int fd = open_below(fs, path, O_PATH);
	struct stat st;

	return count_error(fs, fd < 0 ? fd : check_regular(fd, &st));
}

static bool has_type(const struct hostfs *fs, const char *path, mode_t type)
{
	_cleanup_close_ int fd = open_below(fs, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

bool hostfs_is_dir(const struct hostfs *fs, const char *path)
{
	return has_type(fs, path, S_IFDIR);
}

bool hostfs_is_file(const struct hostfs *fs, const char *path)
{
	return has_type(fs, path, S_IFREG);
}

int hostfs_open_socket(const struct hostfs *fs, const char *path, struct stat *ret_stat)
{
	_cleanup_close_ int fd = open_below(fs, path, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd == -ENOTDIR ? -ENOENT : fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	*ret_stat = st;
	return take_fd(&fd);
}

bool hostfs_each_dir(const struct hostfs *fs, const char *path, size_t limit,
		     bool (*each)(const char *name, void *arg), void *arg)
{
	_cleanup_closedir_ DIR *dir = NULL;
	int fd = open_below(fs, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;

	if (fd < 0)
		return false;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return false;
	}
	while (limit-- && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		if (each(entry->d_name, arg))
			return true;
	}
	return false;
}
