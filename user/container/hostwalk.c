// SPDX-License-Identifier: Apache-2.0
/*
 * hostwalk.c - opens a path of the host, but no file system that may never answer
 *
 * Component by component, each without leaving the mount that the one before is on
 * (RESOLVE_NO_XDEV). What is mounted on the next is looked up by its path in mountinfo, because the
 * kernel asks some network file systems already when their root is opened (d_weak_revalidate of
 * Documentation/filesystems/vfs.rst). Whoever mounts something there in that moment is found out by
 * the number of the mount: the root of a FUSE file system is opened with O_PATH without asking it.
 */
#include "container/hostwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fstype.h"
#include "container/cgline.h"

#define MOUNTS_MAX (16u << 20)
#define LINKS_MAX  40 /* MAXSYMLINKS of linux/namei.h */

/* ---- what is mounted */

/* A change shows as an exceptional condition, once (proc_pid_mounts(5)). */
static int refresh_mounts(struct hostwalk *w)
{
	struct pollfd changed = { .fd = w->mounts_fd, .events = POLLPRI };
	int err;

	if (w->mounts_fd < 0) {
		w->mounts.limit = MOUNTS_MAX;
		w->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
		if (w->mounts_fd < 0)
			return -errno;
	} else if (w->mounts.len && poll(&changed, 1, 0) == 0) {
		return 0;
	}
	buf_reset(&w->mounts);
	err = lseek(w->mounts_fd, 0, SEEK_SET) < 0 ? -errno :
						     buf_read(&w->mounts, w->mounts_fd, SIZE_MAX);
	if (err)
		buf_reset(&w->mounts);
	return err;
}

/* Takes a field that a space ends. */
static struct str take_field(struct str *rest)
{
	const char *space = rest->len ? memchr(rest->p, ' ', rest->len) : NULL;
	struct str field = str_from(rest->p, space ? (size_t)(space - rest->p) : rest->len);
	size_t used = field.len + (space != NULL);

	*rest = str_from(rest->p + used, rest->len - used);
	return field;
}

/* field: with blanks, newlines and backslashes as "\ooo". */
static bool is_path(struct str field, const char *path)
{
	size_t i = 0;

	for (; i < field.len && *path; path++) {
		unsigned char c = (unsigned char)field.p[i];

		if (c == '\\' && i + 3 < field.len) {
			c = (unsigned char)((field.p[i + 1] - '0') << 6 |
					    (field.p[i + 2] - '0') << 3 | (field.p[i + 3] - '0'));
			i += 3;
		}
		i++;
		if (c != (unsigned char)*path)
			return false;
	}
	return i == field.len && *path == '\0';
}

static uint64_t number_of(struct str digits)
{
	uint64_t number = 0;

	for (size_t i = 0; i < digits.len; i++)
		number = number * 10 + (uint64_t)(digits.p[i] - '0');
	return number;
}

/*
 * "36 35 98:0 / /mnt rw shared:1 - ext4 /dev/sda rw" (proc_pid_mountinfo(5)). Of several at one
 * place the last one is on top.
 */
static bool find_mount(const struct hostwalk *w, const char *point, uint64_t *ret_id,
		       struct str *ret_type)
{
	struct str rest = str_from(w->mounts.data, w->mounts.len), line;
	bool found = false;

	while (cgline_next(&rest, &line)) {
		const char *dash = memmem(line.p, line.len, " - ", 3);
		struct str fields = line, id = take_field(&fields);

		for (int i = 0; i < 3; i++)
			take_field(&fields);
		if (!dash || !is_path(take_field(&fields), point))
			continue;
		dash += 3;
		fields = str_from(dash, (size_t)(line.p + line.len - dash));
		*ret_type = take_field(&fields);
		*ret_id = number_of(id);
		found = true;
	}
	return found;
}

/* What the kernel knows of it by itself. */
static int look(int fd, struct statx *ret_st)
{
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;

	return statx(fd, "", flags, STATX_TYPE | STATX_MNT_ID, ret_st) < 0 ? -errno : 0;
}

bool hostwalk_knows(struct hostwalk *w, int fd)
{
	struct str rest, line;
	struct statx st;

	if (look(fd, &st) || refresh_mounts(w))
		return false;
	rest = str_from(w->mounts.data, w->mounts.len);
	while (cgline_next(&rest, &line))
		if (number_of(take_field(&line)) == st.stx_mnt_id)
			return true;
	return false;
}

/* ---- the way */

struct way {
	int root_fd;
	char root[PATH_MAX]; /* its own path in this process's namespace; "" is "/" */
	char path[PATH_MAX]; /* from there: what is still to be gone */
	char at[PATH_MAX];   /* from there: how far it got, without links */
};

static int open_mount(struct hostwalk *w, const struct way *way, int dir_fd, const char *name)
{
	char point[2 * PATH_MAX + NAME_MAX];
	struct statx st;
	struct str type;
	uint64_t id;
	int fd;

	snprintf(point, sizeof(point), "%s%s/%s", way->root, way->at, name);
	if (refresh_mounts(w) || !find_mount(w, point, &id, &type) || fstype_may_wait(type))
		return -EREMOTE;
	/* Its links lead elsewhere than they read. */
	if (str_eq(type, STR_LITERAL("proc")))
		return -ELOOP;
	fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (look(fd, &st) || st.stx_mnt_id != id) {
		close(fd);
		return -EREMOTE;
	}
	return fd;
}

static int open_step(struct hostwalk *w, const struct way *way, int dir_fd, const char *name)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
				.resolve = RESOLVE_NO_XDEV };
	int fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));

	if (fd < 0 && errno == EXDEV)
		return open_mount(w, way, dir_fd, name);
	return fd < 0 ? -errno : fd;
}

/* The way becomes that of the link, or of "..", and what comes behind it. */
static int turn(struct way *way, const char *to, const char *rest)
{
	char path[sizeof(way->path)];
	int len = snprintf(path, sizeof(path), "%s%s%s/%s", to[0] == '/' ? "" : way->at,
			   to[0] == '/' ? "" : "/", to, rest);

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(way->path, path, (size_t)len + 1);
	return -ERESTART;
}

static int follow(struct way *way, int fd, const char *rest)
{
	char link[PATH_MAX];
	ssize_t len = readlinkat(fd, "", link, sizeof(link) - 1);

	if (len < 0)
		return -errno;
	link[len] = '\0';
	return len ? turn(way, link, rest) : -ENOENT;
}

static int go_up(struct way *way, const char *rest)
{
	char *slash = strrchr(way->at, '/');

	if (slash)
		*slash = '\0';
	return turn(way, ".", rest);
}

/* What an O_PATH descriptor stands for, opened: no way leads elsewhere any more. */
static int open_found(int fd, int flags)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = open(path, (flags & ~O_NOFOLLOW) | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

/* Returns what hostwalk_open() does, or -ERESTART: the path has become another. */
static int go(struct hostwalk *w, struct way *way, int flags)
{
	_cleanup_close_ int fd = openat(way->root_fd, ".", O_PATH | O_CLOEXEC);
	const char *p = way->path;
	struct statx st = { 0 };
	size_t at_len = 0;

	if (fd < 0)
		return -errno;
	way->at[0] = '\0';
	for (;;) {
		char name[NAME_MAX + 1];
		size_t len;
		int next;

		p += strspn(p, "/");
		len = strcspn(p, "/");
		if (len == 0)
			break;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, p, len);
		name[len] = '\0';
		p += len;
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0)
			return go_up(way, p);
		next = open_step(w, way, fd, name);
		if (next < 0)
			return next;
		close(fd);
		fd = next;
		if (look(fd, &st))
			return -EREMOTE;
		if (S_ISLNK(st.stx_mode) && (p[strspn(p, "/")] || !(flags & O_NOFOLLOW)))
			return follow(way, fd, p);
		if (snprintf(way->at + at_len, sizeof(way->at) - at_len, "/%s", name) >=
		    (int)(sizeof(way->at) - at_len))
			return -ENAMETOOLONG;
		at_len += 1 + len;
	}
	if (flags & O_PATH)
		return take_fd(&fd);
	return S_ISLNK(st.stx_mode) ? -ELOOP : open_found(fd, flags);
}

int hostwalk_open(struct hostwalk *w, int root_fd, const char *path, int flags)
{
	struct way way = { .root_fd = root_fd };
	char link[64];
	ssize_t len;
	int r = -ELOOP;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", root_fd);
	len = readlink(link, way.root, sizeof(way.root) - 1);
	if (len < 0)
		return -errno;
	way.root[len == 1 ? 0 : len] = '\0';
	if (strlen(path) >= sizeof(way.path))
		return -ENAMETOOLONG;
	strcpy(way.path, path);
	for (int links = 0; links <= LINKS_MAX; links++) {
		r = go(w, &way, flags);
		if (r != -ERESTART)
			return r;
	}
	return -ELOOP;
}

void hostwalk_done(struct hostwalk *w)
{
	if (w->mounts_fd >= 0)
		close(w->mounts_fd);
	buf_done(&w->mounts);
	*w = HOSTWALK_NONE;
}
