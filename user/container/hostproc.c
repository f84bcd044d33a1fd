// SPDX-License-Identifier: Apache-2.0
/*
 * hostproc.c - the little that this room asks /proc itself
 */
#include "container/hostproc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define CMDLINE_MAX  32768
#define LOOK_LEN     4096
#define CGROUP_MAX   (256 * 1024) /* a line per hierarchy, each path up to 4096 bytes */
#define STAT_MAX     4096
#define STATUS_MAX   16384
#define START_FIELDS 20 /* starttime is the 20th after the comm (proc(5), field 22) */
#define HOST_USER_NS UINT64_C(0xeffffffd) /* linux/proc_ns.h */

int hostproc_read_at(int dir_fd, const char *name, size_t limit, struct buf *out)
{
	_cleanup_close_ int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	buf_reset(out);
	return buf_read(out, fd, limit);
}

/* The comm may hold anything, so counting starts behind its last parenthesis. */
static int parse_start_ticks(struct str stat, uint64_t *ret_ticks)
{
	const char *p = stat.len ? memrchr(stat.p, ')', stat.len) : NULL;
	const char *end = stat.p + stat.len;
	uint64_t ticks = 0;
	int field = 0;

	if (!p)
		return -EBADMSG;
	for (; p < end && field < START_FIELDS; p++) {
		if (*p == ' ')
			field++;
	}
	if (field < START_FIELDS || p == end || *p < '0' || *p > '9')
		return -EBADMSG;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		ticks = ticks * 10 + (uint64_t)(*p - '0');
	*ret_ticks = ticks;
	return 0;
}

int hostproc_read_cgroup(const char *proc_root, uint32_t pid, uint64_t start_ns, struct buf *out,
			 bool *ret_same)
{
	_cleanup_close_ int dir_fd = -1;
	uint64_t ticks;
	char path[4096];
	int err;

	snprintf(path, sizeof(path), "%s/%u", proc_root, pid);
	dir_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	*ret_same = false;
	if (start_ns) {
		err = hostproc_read_at(dir_fd, "stat", STAT_MAX, out);
		if (!err)
			err = parse_start_ticks(str_from(out->data, out->len), &ticks);
		if (err)
			return err;
		if (ticks != start_ns / clock_tick_ns())
			return -ESRCH;
		*ret_same = true;
	}
	return hostproc_read_at(dir_fd, "cgroup", CGROUP_MAX, out);
}

static void each_process(int proc_fd, const char *pid, struct buf *args,
			 void (*each)(const struct hostproc *p, void *arg), void *arg)
{
	_cleanup_close_ int dir_fd = openat(proc_fd, pid, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *slash = strrchr(pid, '/'); /* it may be a path to it */
	struct hostproc p;

	/* A process that ended meanwhile is none that a container needs. */
	if (dir_fd < 0 || hostproc_read_at(dir_fd, "cmdline", CMDLINE_MAX, args) || args->len == 0)
		return;
	p = (struct hostproc){ .pid = (uint32_t)strtoul(slash ? slash + 1 : pid, NULL, 10),
			       .args = str_from(args->data, args->len),
			       .dir_fd = dir_fd };
	each(&p, arg);
}

/*
 * Its arguments alone, in three system calls: of thousands of processes hardly one is wanted.
 * True also if they are too long to tell by.
 */
static bool is_wanted(int proc_fd, const char *pid, bool (*wanted)(struct str args))
{
	char path[NAME_MAX + sizeof("/cmdline")], args[LOOK_LEN];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/cmdline", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd < 0 ? -1 : read(fd, args, sizeof(args));
	return n == (ssize_t)sizeof(args) || (n > 0 && wanted(str_from(args, (size_t)n)));
}

bool hostproc_some(DIR *dir, unsigned int max, bool (*wanted)(struct str args),
		   void (*each)(const struct hostproc *p, void *arg), void *arg)
{
	struct buf args = { 0 };
	struct dirent *entry = NULL;

	while (max-- && (entry = readdir(dir))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    is_wanted(dirfd(dir), entry->d_name, wanted))
			each_process(dirfd(dir), entry->d_name, &args, each, arg);
	}
	buf_done(&args);
	return entry;
}

void hostproc_one(const char *proc_root, uint32_t pid,
		  void (*each)(const struct hostproc *p, void *arg), void *arg)
{
	struct buf args = { 0 };
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%u", proc_root, pid) < (int)sizeof(path))
		each_process(AT_FDCWD, path, &args, each, arg);
	buf_done(&args);
}

bool hostproc_next_arg(struct str *rest, struct str *ret_arg)
{
	size_t len;

	if (rest->len == 0)
		return false;
	len = strnlen(rest->p, rest->len);
	*ret_arg = str_from(rest->p, len);
	if (len < rest->len)
		len++;
	*rest = str_from(rest->p + len, rest->len - len);
	return true;
}

bool hostproc_option(struct str arg, const char *name, struct str *rest, struct str *ret_value)
{
	size_t dashes = 0, name_len = strlen(name);

	while (dashes < 2 && dashes < arg.len && arg.p[dashes] == '-')
		dashes++;
	arg = str_from(arg.p + dashes, arg.len - dashes);
	if (!dashes || arg.len < name_len || memcmp(arg.p, name, name_len) != 0)
		return false;
	if (arg.len == name_len)
		return hostproc_next_arg(rest, ret_value);
	if (arg.p[name_len] != '=')
		return false;
	*ret_value = str_from(arg.p + name_len + 1, arg.len - name_len - 1);
	return true;
}

static uid_t status_uid(int dir_fd)
{
	static const char line[] = "\nUid:";
	unsigned int uid[4]; /* real, effective, saved, file system */
	uid_t found = (uid_t)-1;
	struct buf text = { 0 };
	const char *at;

	if (hostproc_read_at(dir_fd, "status", STATUS_MAX, &text) == 0 && text.len &&
	    buf_reserve(&text, 1)) {
		text.data[text.len] = '\0';
		at = memmem(text.data, text.len, line, sizeof(line) - 1);
		if (at && sscanf(at + sizeof(line) - 1, "%u %u %u %u", &uid[0], &uid[1], &uid[2],
				 &uid[3]) == 4)
			found = uid[0] ? uid[0] : uid[1] ? uid[1] : uid[2] ? uid[2] : uid[3];
	}
	buf_done(&text);
	return found;
}

/* Of what cannot be asked nothing is believed that its root does not show (hostproc_has_root()). */
static bool is_set_id(const struct hostproc *p)
{
	struct statx st;

	/* Without asking the file system, see hostproc_has_root(). */
	return statx(p->dir_fd, "exe", AT_STATX_DONT_SYNC, STATX_MODE, &st) == 0 &&
	       (st.stx_mode & (S_ISUID | S_ISGID));
}

/* Or did it execute another program since? */
static bool has_args_still(const struct hostproc *p)
{
	struct buf args = { 0 };
	bool same = hostproc_read_at(p->dir_fd, "cmdline", CMDLINE_MAX, &args) == 0 &&
		    str_eq(str_from(args.data, args.len), p->args);

	buf_done(&args);
	return same;
}

bool hostproc_has_program(const struct hostproc *p, const char *name)
{
	static const struct str deleted = STR_LITERAL(" (deleted)"); /* by an upgrade, say */
	char path[PATH_MAX];
	ssize_t n = readlinkat(p->dir_fd, "exe", path, sizeof(path));
	struct str program;

	if (n <= 0 || n == sizeof(path))
		return false;
	program = str_basename(str_from(path, (size_t)n));
	if (program.len > deleted.len &&
	    !memcmp(program.p + program.len - deleted.len, deleted.p, deleted.len))
		program.len -= deleted.len;
	return str_eq(program, str_of(name));
}

/* Last the arguments: those that were read before may be of another program, of anybody's. */
uid_t hostproc_uid(const struct hostproc *p)
{
	uid_t uid = status_uid(p->dir_fd);

	return is_set_id(p) || (p->args.len && !has_args_still(p)) ? (uid_t)-1 : uid;
}

uid_t hostproc_uid_of(const char *proc_root, uint32_t pid)
{
	struct hostproc p = { 0 };
	char path[4096];
	uid_t uid;

	snprintf(path, sizeof(path), "%s/%u", proc_root, pid);
	p.dir_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p.dir_fd < 0)
		return (uid_t)-1;
	uid = hostproc_uid(&p);
	close(p.dir_fd);
	return uid;
}

bool hostproc_has_root(const struct hostproc *p, dev_t dev, ino_t ino)
{
	struct statx st;

	/*
	 * What is known without asking the file system: a user's own may never answer, and the
	 * host's root is always known.
	 */
	return statx(p->dir_fd, "root", AT_STATX_DONT_SYNC, STATX_INO, &st) == 0 &&
	       makedev(st.stx_dev_major, st.stx_dev_minor) == dev && st.stx_ino == ino;
}

uint64_t hostproc_ns(const struct hostproc *p, const char *type)
{
	char name[32], link[64];
	uint64_t ino;
	ssize_t n;

	snprintf(name, sizeof(name), "ns/%s", type);
	n = readlinkat(p->dir_fd, name, link, sizeof(link) - 1);
	if (n <= 0)
		return 0;
	link[n] = '\0';
	return sscanf(link, "%*[a-z_]:[%" SCNu64 "]", &ino) == 1 ? ino : 0;
}

bool hostproc_has_host_users(int dir_fd)
{
	return hostproc_ns(&(struct hostproc){ .dir_fd = dir_fd }, "user") == HOST_USER_NS;
}

bool hostproc_cwd(const struct hostproc *p, char *ret_path)
{
	ssize_t n = readlinkat(p->dir_fd, "cwd", ret_path, PATH_MAX);

	if (n <= 0 || n == PATH_MAX || ret_path[0] != '/')
		return false;
	ret_path[n] = '\0';
	return true;
}
