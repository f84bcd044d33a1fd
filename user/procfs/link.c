// SPDX-License-Identifier: Apache-2.0
/*
 * link.c - /proc/<pid>/exe, cwd and root
 */
#include "procfs/link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/procfs.h"

#define DELETED STR_LITERAL(" (deleted)") /* fs/d_path.c */

#define STATX_WANTED (STATX_TYPE | STATX_MODE | STATX_UID | STATX_INO | STATX_NLINK)

static bool has_deleted_suffix(struct str path)
{
	struct str suffix = DELETED;

	return path.len > suffix.len &&
	       memcmp(path.p + path.len - suffix.len, suffix.p, suffix.len) == 0;
}

/*
 * AT_STATX_DONT_SYNC: a file system in user space (FUSE) or on the network
 * answers from the cache, so that a process cannot hold up who looks at it.
 */
static bool stat_cached(int dir_fd, const char *name, int flags, struct statx *ret_stat)
{
	return statx(dir_fd, name, flags | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_WANTED,
		     ret_stat) == 0;
}

static bool same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor;
}

/*
 * True if path, with its suffix, names this very file. Something that is in use
 * under its own name has that name in the dentry cache: RESOLVE_CACHED (Linux
 * 5.12, commit 99668f618062) looks no further. Older kernels say false: removed
 * names are far more common than names that end like one.
 */
static bool is_real_name(int pid_fd, struct str path, const struct statx *file)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_CACHED | RESOLVE_IN_ROOT };
	_cleanup_close_ int root_fd = openat(pid_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	char root_buf[PROC_LINK_SIZE], name[PROC_LINK_SIZE];
	struct str root, below;
	struct statx found;

	if (root_fd < 0 || procfs_readlink(pid_fd, "root", root_buf, sizeof(root_buf), &root))
		return false;
	below = proc_link_below(path, root);
	if (below.len == 0 || below.len >= sizeof(name) || below.p[0] != '/')
		/* cppcheck-suppress resourceLeak ; closed by its cleanup attribute */
		return false;
	memcpy(name, below.p, below.len);
	name[below.len] = '\0';
	fd = (int)syscall(SYS_openat2, root_fd, name, &how, sizeof(how));
	return fd >= 0 && stat_cached(fd, "", AT_EMPTY_PATH, &found) && same_file(&found, file);
}

/*
 * No links left: deleted, and the suffix is the kernel's. Links left: the suffix
 * is part of the name, or this name was removed and a hard link is left.
 */
static void take_deleted(int pid_fd, const struct statx *file, struct proc_link *l)
{
	bool suffix = has_deleted_suffix(l->path);

	if (!file) /* a copy of /proc has nothing to look at but the name */
		l->deleted = suffix;
	else if (suffix && file->stx_nlink)
		l->deleted = !is_real_name(pid_fd, l->path, file);
	else
		l->deleted = file->stx_nlink == 0;
	if (suffix && l->deleted)
		l->path.len -= DELETED.len;
}

static int read_link_file(int pid_fd, const char *name, bool want_file, char *buf,
			  struct proc_link *ret_link)
{
	struct proc_link l = { 0 };
	struct statx file = { 0 };
	int err = procfs_readlink(pid_fd, name, buf, PROC_LINK_SIZE, &l.path);

	if (err)
		return err;
	if (want_file || has_deleted_suffix(l.path)) {
		l.has_file = procfs_is_mounted(pid_fd) && stat_cached(pid_fd, name, 0, &file);
		take_deleted(pid_fd, l.has_file ? &file : NULL, &l);
	}
	if (l.has_file) {
		l.inode = file.stx_ino;
		l.dev_major = file.stx_dev_major;
		l.dev_minor = file.stx_dev_minor;
		l.mode = file.stx_mode;
		l.uid = file.stx_uid;
	}
	*ret_link = l;
	return 0;
}

int read_link(int pid_fd, const char *name, char *buf, struct proc_link *ret_link)
{
	return read_link_file(pid_fd, name, true, buf, ret_link);
}

int read_exe(int pid_fd, char *buf, struct proc_link *ret_exe)
{
	return read_link_file(pid_fd, "exe", true, buf, ret_exe);
}

int read_exe_name(int pid_fd, char *buf, struct proc_link *ret_exe)
{
	return read_link_file(pid_fd, "exe", false, buf, ret_exe);
}

int read_cwd(int pid_fd, char *buf, struct proc_link *ret_cwd)
{
	return read_link_file(pid_fd, "cwd", false, buf, ret_cwd);
}

int read_root(int pid_fd, char *buf, struct proc_link *ret_root)
{
	return read_link_file(pid_fd, "root", false, buf, ret_root);
}

struct str proc_link_below(struct str path, struct str root)
{
	if (root.len <= 1 || !str_has_prefix(path, root))
		return path;
	if (path.len == root.len)
		return STR_LITERAL("/");
	if (path.p[root.len] != '/')
		return path;
	return str_from(path.p + root.len, path.len - root.len);
}

int probe_memfd_device(uint32_t *ret_major, uint32_t *ret_minor)
{
	_cleanup_close_ int fd = memfd_create("proctrace-probe", MFD_CLOEXEC);
	struct statx file;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_INO, &file) < 0)
		return -errno;
	*ret_major = file.stx_dev_major;
	*ret_minor = file.stx_dev_minor;
	return 0;
}
