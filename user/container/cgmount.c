// SPDX-License-Identifier: Apache-2.0
/*
 * cgmount.c - a mounted cgroup hierarchy: walking it, and asking it for one cgroup
 */
#include "container/cgmount.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/cgline.h"

#define DEPTH_MAX     128
#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h, since Linux 5.5 */
#define ROOT_ID	      1

/* One line of mountinfo that may be the wanted mount (proc(5)). */
struct candidate {
	char *root;
	char *point;
};

/* Undoes the octal escapes of mountinfo, in place. */
static void unescape_octal(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* The fields point into the line, which is changed. */
static bool parse_mount(char *line, const char *controller, struct candidate *ret)
{
	char *save = NULL, *field[6], *type, *options;
	char *tail = strstr(line, " - ");

	if (!tail)
		return false;
	*tail = '\0';
	tail += 3;
	for (int i = 0; i < 6; i++) {
		field[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!field[i])
			return false;
	}
	type = strtok_r(tail, " ", &save);
	if (!type || !strtok_r(NULL, " ", &save))
		return false;
	options = strtok_r(NULL, " \n", &save);
	if (!controller) {
		if (strcmp(type, "cgroup2") != 0)
			return false;
	} else if (strcmp(type, "cgroup") != 0 || !options ||
		   !cgline_has_controller(str_of(options), str_of(controller))) {
		return false;
	}
	ret->root = field[3];
	ret->point = field[4];
	unescape_octal(ret->root);
	unescape_octal(ret->point);
	return true;
}

/* What the kernel calls the file behind fd, from its own link in /proc. */
static int read_fd_link(int fd, char *out, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, size - 1);
	if (n < 0)
		return -errno;
	out[n] = '\0';
	return 0;
}

int cgmount_open_point(const char *point, const char *root, struct cgmount *ret_mount)
{
	struct cgmount m = CGMOUNT_NONE;
	char shown[PATH_MAX];
	struct stat st;
	int err = 0;

	m.fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	if (m.fd < 0)
		return -errno;
	if (fstat(m.fd, &st) < 0)
		err = -errno;
	else
		err = read_fd_link(m.fd, shown, sizeof(shown));
	if (!err) {
		m.dev = st.st_dev;
		m.root_id = st.st_ino;
		m.shown = strdup(shown);
		/* From inside a namespace even the true root has a root like "/..". */
		m.prefix = strdup(m.root_id == ROOT_ID || strcmp(root, "/") == 0 ? "" : root);
		if (!m.shown || !m.prefix)
			err = -ENOMEM;
	}
	if (err) {
		cgmount_close(&m);
		return err;
	}
	*ret_mount = m;
	return 0;
}

int cgmount_open(const char *proc_root, const char *controller, struct cgmount *ret_mount)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	struct cgmount m, best = CGMOUNT_NONE;
	char path[PATH_MAX];
	size_t size = 0;
	int err = -ENOENT;

	snprintf(path, sizeof(path), "%s/self/mountinfo", proc_root);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		struct candidate c;
		int e;

		if (!parse_mount(line, controller, &c))
			continue;
		e = cgmount_open_point(c.point, c.root, &m);
		if (e) {
			err = best.fd < 0 ? e : 0;
			continue;
		}
		if (best.fd < 0 || (m.root_id == ROOT_ID && best.root_id != ROOT_ID)) {
			cgmount_close(&best);
			best = m;
		} else {
			cgmount_close(&m);
		}
		err = 0;
	}
	if (!err)
		*ret_mount = best;
	return err;
}

void cgmount_close(struct cgmount *m)
{
	if (m->fd >= 0)
		close(m->fd);
	free(m->shown);
	free(m->prefix);
	*m = CGMOUNT_NONE;
}

/* Takes the fd. */
static int walk_below(const struct cgmount *m, int fd, uint64_t id, int depth, cgmount_visit visit,
		      void *arg)
{
	_cleanup_closedir_ DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int err;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		int child;

		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		err = visit(entry->d_ino, id, str_of(entry->d_name), arg);
		if (err)
			return err;
		if (depth == DEPTH_MAX)
			continue;
		child = openat(dirfd(dir), entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue; /* removed meanwhile: a record says so, if anybody asks */
		err = walk_below(m, child, entry->d_ino, depth + 1, visit, arg);
		if (err)
			return err;
	}
	return 0;
}

int cgmount_walk(const struct cgmount *m, cgmount_visit visit, void *arg)
{
	int fd, err;

	if (m->fd < 0)
		return -ENOENT;
	err = visit(m->root_id, 0, str_of(m->prefix), arg);
	if (err)
		return err;
	fd = openat(m->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return walk_below(m, fd, m->root_id, 1, visit, arg);
}

int cgmount_path_of(const struct cgmount *m, uint64_t id, struct buf *out)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + sizeof(uint64_t)];
	} h = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };
	static const char deleted[] = " (deleted)";
	_cleanup_close_ int fd = -1;
	char shown[PATH_MAX + sizeof(deleted)];
	size_t base_len, len;
	int err;

	if (m->fd < 0)
		return -ENOENT;
	memcpy(h.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(m->fd, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_fd_link(fd, shown, sizeof(shown));
	if (err)
		return err;
	len = strlen(shown);
	if (len > sizeof(deleted) && strcmp(shown + len - sizeof(deleted) + 1, deleted) == 0)
		return -ESTALE;
	base_len = strcmp(m->shown, "/") == 0 ? 0 : strlen(m->shown);
	if (strncmp(shown, m->shown, base_len) != 0 || (shown[base_len] && shown[base_len] != '/'))
		return -ESTALE; /* outside of what is mounted here */
	buf_reset(out);
	buf_puts(out, m->prefix);
	buf_puts(out, shown + base_len);
	if (out->len == 0)
		buf_putc(out, '/');
	return out->failed ? -ENOMEM : 0;
}

static bool has_dotdot(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p += 2) {
		if ((p == path || p[-1] == '/') && (p[2] == '\0' || p[2] == '/'))
			return true;
	}
	return false;
}

/* The path below the mount point, as the *at() calls take it. */
static int below_mount(const struct cgmount *m, struct str path, char ret_rel[PATH_MAX])
{
	struct str prefix = str_of(m->prefix);
	int len;

	if (!str_has_prefix(path, prefix))
		return -ENOENT;
	len = snprintf(ret_rel, PATH_MAX, ".%.*s", (int)(path.len - prefix.len),
		       path.p + prefix.len);
	if (len < 0 || len >= PATH_MAX)
		return -ENAMETOOLONG;
	return (ret_rel[1] && ret_rel[1] != '/') || has_dotdot(ret_rel) ? -ENOENT : 0;
}

int cgmount_open_cgroup(const struct cgmount *m, struct str path, int *ret_fd)
{
	char rel[PATH_MAX];
	int fd, err = m->fd < 0 ? -ENOENT : below_mount(m, path, rel);

	if (err)
		return err;
	fd = openat(m->fd, rel, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

size_t cgmount_read_procs(const struct cgmount *m, struct str path, uint32_t *ret_pids, size_t max)
{
	_cleanup_close_ int dir_fd = -1;
	_cleanup_fclose_ FILE *f = NULL;
	size_t n = 0;
	int fd;

	if (cgmount_open_cgroup(m, path, &dir_fd))
		return 0;
	fd = openat(dir_fd, "cgroup.procs", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return 0;
	}
	while (n < max && fscanf(f, "%u", &ret_pids[n]) == 1)
		n += ret_pids[n] != 0;
	return n;
}

static int stat_path(const struct cgmount *m, struct str path, struct stat *ret_st)
{
	char rel[PATH_MAX];
	int err;

	if (m->fd < 0)
		return -ENOENT;
	err = below_mount(m, path, rel);
	if (err)
		return err;
	if (fstatat(m->fd, rel, ret_st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return ret_st->st_dev == m->dev && S_ISDIR(ret_st->st_mode) ? 0 : -ENOENT;
}

int cgmount_id_of(const struct cgmount *m, struct str path, uint64_t *ret_id)
{
	struct stat st;
	int err = stat_path(m, path, &st);

	if (!err)
		*ret_id = st.st_ino;
	return err;
}

int cgmount_uid_of(const struct cgmount *m, struct str path, uid_t *ret_uid)
{
	struct stat st;
	int err = stat_path(m, path, &st);

	if (!err)
		*ret_uid = st.st_uid;
	return err;
}
