// SPDX-License-Identifier: Apache-2.0
/*
 * procfs.c - getting at the files of one process without mixing two up
 */
#include "procfs/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "procfs/scan.h"

#define STAT_SIZE 4096 /* 52 numbers and a name take a quarter of it */

int procfs_open_root(const char *path, int *ret_fd)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/*
 * Tells "the process is gone" from "this kernel has no such file": both are
 * ENOENT when a name is looked up below the directory of a reaped process.
 */
static int error_below(int pid_fd, int error)
{
	if (error != ENOENT || faccessat(pid_fd, "stat", F_OK, 0) == 0)
		return -error;
	return errno == ENOENT ? -ESRCH : -errno;
}

/* Reads to the end of the file or of the buffer. Returns a length or a negative errno. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int procfs_open_file(int pid_fd, const char *name, int *ret_fd)
{
	int fd = openat(pid_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_below(pid_fd, errno);
	*ret_fd = fd;
	return 0;
}

ssize_t procfs_read_piece(int pid_fd, int fd, char *buf, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, buf, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? error_below(pid_fd, errno) : n;
}

int procfs_read_once(int pid_fd, const char *name, char *buf, size_t size, size_t *ret_len,
		     bool *ret_truncated)
{
	_cleanup_close_ int fd = -1;
	int err = procfs_open_file(pid_fd, name, &fd);
	ssize_t n;

	if (err)
		return err;
	n = procfs_read_piece(pid_fd, fd, buf, size);
	if (n < 0)
		return (int)n;
	if ((size_t)n == size && !ret_truncated)
		return -EFBIG;
	if (ret_truncated)
		*ret_truncated = (size_t)n == size;
	*ret_len = (size_t)n;
	return 0;
}

int procfs_read(int pid_fd, const char *name, char *buf, size_t size, size_t *ret_len,
		bool *ret_truncated)
{
	_cleanup_close_ int fd = -1;
	ssize_t len, more = 0;
	char extra;
	int err = procfs_open_file(pid_fd, name, &fd);

	if (err)
		return err;
	len = read_all(fd, buf, size);
	if (len < 0)
		return error_below(pid_fd, (int)-len);
	/* Lengths are not known before: only a read that finds nothing proves the end. */
	if ((size_t)len == size)
		more = read_all(fd, &extra, 1);
	if (more < 0)
		return error_below(pid_fd, (int)-more);
	if (more && !ret_truncated)
		return -EFBIG;
	if (ret_truncated)
		*ret_truncated = more != 0;
	*ret_len = (size_t)len;
	return 0;
}

int procfs_readlink(int pid_fd, const char *name, char *buf, size_t size, struct str *ret_target)
{
	ssize_t len = readlinkat(pid_fd, name, buf, size);

	if (len < 0)
		return error_below(pid_fd, errno);
	if ((size_t)len == size)
		return -ENAMETOOLONG;
	/* No link is empty: so does Linux 5.10 answer who may not ask (fs/proc/namespaces.c). */
	if (len == 0)
		return -EACCES;
	*ret_target = str_from(buf, (size_t)len);
	return 0;
}

int read_stat(int pid_fd, struct proc_stat *ret_stat)
{
	char buf[STAT_SIZE];
	size_t len;
	int err = procfs_read_once(pid_fd, "stat", buf, sizeof(buf), &len, NULL);

	/* Every process has it, so what has none is no process any more. */
	if (err == -ENOENT)
		return -ESRCH;
	return err ? err : parse_stat(str_from(buf, len), ret_stat);
}

/* Opens the directory of a number below another one. */
static int open_number(int dir_fd, const char *prefix, uint32_t number, int *ret_fd)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "%s%u", prefix, number);
	fd = openat(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ESRCH : -errno;
	*ret_fd = fd;
	return 0;
}

int procfs_open_stat(int proc_fd, uint32_t pid, uint64_t start_ns, struct proc_stat *ret_stat,
		     int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;
	int err = open_number(proc_fd, "", pid, &fd);

	if (!err)
		err = read_stat(fd, &stat);
	if (err)
		return err;
	if (start_ns && stat.start_ticks != start_ns / clock_tick_ns())
		return -ESRCH;
	*ret_stat = stat;
	*ret_fd = take_fd(&fd);
	return 0;
}

int procfs_open(int proc_fd, uint32_t pid, uint64_t start_ns, int *ret_fd)
{
	struct proc_stat stat;

	return procfs_open_stat(proc_fd, pid, start_ns, &stat, ret_fd);
}

int procfs_open_thread(int pid_fd, uint32_t tid, int *ret_fd)
{
	return open_number(pid_fd, "task/", tid, ret_fd);
}

/* Opens a directory for reading its entries, without moving the descriptor it came from. */
static int open_entries(int dir_fd, const char *name, DIR **ret_dir)
{
	_cleanup_close_ int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	take_fd(&fd);
	*ret_dir = dir;
	return 0;
}

/* The next entry that is a number, min or more. 1: there is one, 0: no more, or a negative errno. */
static int next_number(DIR *dir, uint32_t min, uint32_t *ret_number)
{
	struct dirent *entry;

	do {
		errno = 0;
		/* cppcheck-suppress readdirCalled ; safe on a DIR that one thread has */
		entry = readdir(dir);
		if (!entry)
			return -errno;
	} while (!scan_u32(str_of(entry->d_name), ret_number) || *ret_number < min);
	return 1;
}

int procfs_open_live_thread(int pid_fd, int *ret_fd)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct proc_stat stat;
	uint32_t tid;
	int err = open_entries(pid_fd, "task", &dir);

	while (!err && next_number(dir, 1, &tid) == 1) {
		_cleanup_close_ int fd = -1;

		if (procfs_open_thread(pid_fd, tid, &fd) || read_stat(fd, &stat) ||
		    proc_stat_is_zombie(&stat))
			continue; /* this one ended; another may run */
		*ret_fd = take_fd(&fd);
		return 0;
	}
	return err ? err : -ESRCH;
}

bool procfs_is_mounted(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static int each_number(int dir_fd, const char *name, uint32_t min,
		       int (*each)(uint32_t number, void *arg), void *arg)
{
	_cleanup_closedir_ DIR *dir = NULL;
	uint32_t number;
	int ret = open_entries(dir_fd, name, &dir);

	while (ret == 0) {
		ret = next_number(dir, min, &number);
		if (ret != 1)
			break;
		ret = each(number, arg);
	}
	return ret;
}

int procfs_each_pid(int proc_fd, int (*each)(uint32_t pid, void *arg), void *arg)
{
	return each_number(proc_fd, ".", 1, each, arg);
}

int procfs_each_number(int pid_fd, const char *name, int (*each)(uint32_t number, void *arg),
		       void *arg)
{
	int ret = each_number(pid_fd, name, 0, each, arg);

	/* A directory that was emptied because the process ended looks like an empty one. */
	if (ret == 0 && faccessat(pid_fd, "stat", F_OK, 0) < 0 && errno == ENOENT)
		return -ESRCH;
	return ret;
}
