// SPDX-License-Identifier: Apache-2.0
/*
 * fd.c - /proc/<pid>/fd and fdinfo: what a process has open
 */
#include "procfs/fd.h"

#include <errno.h>
#include <stdio.h>
#include <sys/xattr.h>

#include "procfs/lines.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"

#define MEMFD_PREFIX "/memfd:"

/* "name:[7]": what stands before the colon and between the brackets. */
static bool split_brackets(struct str target, struct str *ret_name, struct str *ret_inside)
{
	struct str inside;

	if (!scan_pair(target, ':', ret_name, &inside) || ret_name->len == 0)
		return false;
	if (inside.len >= 2 && inside.p[0] == '[' && inside.p[inside.len - 1] == ']')
		inside = str_from(inside.p + 1, inside.len - 2);
	else if (!str_eq(*ret_name, STR_LITERAL("anon_inode")))
		return false; /* only these may have no brackets */
	*ret_inside = inside;
	return inside.len != 0;
}

int parse_fd_link(struct str target, struct proc_fd_link *ret_link)
{
	struct proc_fd_link l = { 0 };
	struct str prefix = STR_LITERAL(MEMFD_PREFIX), inside;

	if (target.len && target.p[0] == '/') {
		/* A file of that name in the root is told apart by its device: see read_fd(). */
		l.kind = str_has_prefix(target, prefix) ? PROC_FD_MEMFD : PROC_FD_PATH;
		l.name = target;
	} else if (!split_brackets(target, &l.name, &inside)) {
		/* A file outside of every root that can be reached: "(unreachable)/x", "pipe:x". */
		if (target.len == 0)
			return -EBADMSG;
		l.kind = PROC_FD_PATH;
		l.name = target;
	} else if (str_eq(l.name, STR_LITERAL("anon_inode"))) {
		l.kind = PROC_FD_ANON;
		l.name = inside;
	} else {
		l.kind = str_eq(l.name, STR_LITERAL("socket")) ? PROC_FD_SOCKET :
			 str_eq(l.name, STR_LITERAL("pipe"))   ? PROC_FD_PIPE :
								 PROC_FD_OTHER;
		if (!scan_u64(inside, &l.id))
			return -EBADMSG;
	}
	*ret_link = l;
	return 0;
}

/* Of a file "/memfd:x" in the root of a file system and a memfd, only one lies on its device. */
static bool is_on_memfd_device(const struct proc_link *file)
{
	uint32_t major, minor;

	return !file->has_file || (probe_memfd_device(&major, &minor) == 0 &&
				   file->dev_major == major && file->dev_minor == minor);
}

int read_fd_link(int pid_fd, uint32_t number, char *buf, struct proc_fd_link *ret_link)
{
	struct str target;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "fd/%u", number);
	err = procfs_readlink(pid_fd, name, buf, PROC_LINK_SIZE, &target);
	return err ? err : parse_fd_link(target, ret_link);
}

static void take_memfd(struct proc_fd *f)
{
	struct str prefix = STR_LITERAL(MEMFD_PREFIX);

	if (is_on_memfd_device(&f->file))
		f->link.name = str_from(f->link.name.p + prefix.len, f->link.name.len - prefix.len);
	else
		f->link.kind = PROC_FD_PATH;
}

int read_fd(int pid_fd, uint32_t number, char *buf, struct proc_fd *ret_fd)
{
	struct proc_fd f = { .number = number };
	char name[32];
	int err = read_fd_link(pid_fd, number, buf, &f.link);

	if (!err && (f.link.kind == PROC_FD_PATH || f.link.kind == PROC_FD_MEMFD)) {
		snprintf(name, sizeof(name), "fd/%u", number);
		err = read_link(pid_fd, name, buf, &f.file);
		/* The descriptor may be another file by now. */
		if (!err)
			err = parse_fd_link(f.file.path, &f.link);
		if (!err && f.link.kind == PROC_FD_MEMFD)
			take_memfd(&f);
	}
	if (!err)
		*ret_fd = f;
	return err;
}

int read_fd_protocol(int pid_fd, uint32_t number, char *buf, size_t size, struct str *ret_name)
{
	char path[64];
	ssize_t len;

	if (!procfs_is_mounted(pid_fd))
		return -ENOENT;
	/* There is no getxattrat(2) before Linux 6.13, and an O_PATH descriptor is no place to ask. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d/fd/%u", pid_fd, number);
	len = getxattr(path, "system.sockprotoname", buf, size);
	if (len < 0)
		return errno == EOPNOTSUPP || errno == ENODATA ? -ENOENT : -errno;
	*ret_name = str_of_array(buf, (size_t)len);
	return 0;
}

/* Numbers in which base each key has; the field is where in struct proc_fdinfo. */
static const struct {
	struct str key;
	enum proc_fdinfo_field field;
	enum { BASE_8, BASE_10, BASE_16, SIGNED } base;
	bool is_wide; /* 64 bits */
	size_t off;
} fdinfo_keys[] = {
#define KEY(key_, field_, base_, is_wide_, member)                   \
	{                                                            \
		{ key_, sizeof(key_) - 1 }, field_, base_, is_wide_, \
			offsetof(struct proc_fdinfo, member)         \
	}
	KEY("pos", PROC_FDINFO_POS, SIGNED, true, pos),
	KEY("flags", PROC_FDINFO_FLAGS, BASE_8, false, flags),
	KEY("mnt_id", PROC_FDINFO_MNT_ID, BASE_10, false, mnt_id),
	KEY("ino", PROC_FDINFO_INO, BASE_10, true, ino),
	KEY("eventfd-count", PROC_FDINFO_EVENTFD_COUNT, BASE_16, true, eventfd_count),
	KEY("eventfd-id", PROC_FDINFO_EVENTFD_ID, BASE_10, false, eventfd_id),
	KEY("Pid", PROC_FDINFO_PIDFD, SIGNED, true, pidfd),
	KEY("clockid", PROC_FDINFO_CLOCK, BASE_10, false, clock),
	KEY("sigmask", PROC_FDINFO_SIGMASK, BASE_16, true, sigmask),
	KEY("prog_id", PROC_FDINFO_PROG_ID, BASE_10, false, prog_id),
	KEY("map_id", PROC_FDINFO_MAP_ID, BASE_10, false, map_id),
	KEY("link_id", PROC_FDINFO_LINK_ID, BASE_10, false, link_id),
#undef KEY
};

static bool scan_based(struct str value, int base, uint64_t *ret)
{
	int64_t v;

	switch (base) {
	case BASE_8:
		return scan_octal(value, ret);
	case BASE_16:
		return scan_hex(value, ret);
	case SIGNED:
		if (!scan_i64(value, &v))
			return false;
		*ret = (uint64_t)v;
		return true;
	}
	return scan_u64(value, ret);
}

static void take_field(struct str key, struct str value, struct proc_fdinfo *info)
{
	for (size_t i = 0; i < sizeof(fdinfo_keys) / sizeof(fdinfo_keys[0]); i++) {
		char *at = (char *)info + fdinfo_keys[i].off;
		uint64_t v;
		uint32_t narrow;

		if (!str_eq(key, fdinfo_keys[i].key) || info->has >> fdinfo_keys[i].field & 1 ||
		    !scan_based(value, fdinfo_keys[i].base, &v) ||
		    (!fdinfo_keys[i].is_wide && v > UINT32_MAX))
			continue;
		narrow = (uint32_t)v;
		if (fdinfo_keys[i].is_wide)
			memcpy(at, &v, sizeof(v));
		else
			memcpy(at, &narrow, sizeof(narrow));
		info->has |= 1u << fdinfo_keys[i].field;
	}
}

void parse_fdinfo_line(struct str line, struct proc_fdinfo *info)
{
	struct str key, value, rest = line, word = scan_word(&rest);

	/* "tfd: …" of epoll, "inotify wd:…", "fanotify ino:…"; not "fanotify flags:…" */
	if (str_eq(word, STR_LITERAL("tfd:")) || str_eq(word, STR_LITERAL("inotify")) ||
	    (str_eq(word, STR_LITERAL("fanotify")) &&
	     !str_has_prefix(scan_trim(rest), STR_LITERAL("flags:"))))
		info->watches++;
	else if (str_eq(word, STR_LITERAL("lock:")))
		info->locks++;
	else if (scan_pair(line, ':', &key, &value))
		take_field(key, scan_trim(value), info);
}

int read_fdinfo(int pid_fd, uint32_t number, struct proc_fdinfo *ret_info)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct proc_fdinfo info = { 0 };
	struct str line;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "fdinfo/%u", number);
	err = proc_lines_open(&lines, pid_fd, name);
	while (!err && (err = proc_lines_next(&lines, &line)) == 1) {
		parse_fdinfo_line(line, &info);
		err = 0;
	}
	if (!err)
		*ret_info = info;
	return err;
}
