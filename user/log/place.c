// SPDX-License-Identifier: Apache-2.0
/*
 * place.c - where a log lies, and whether that is a place for evidence
 */
#include "log/place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/units.h"

#define LOG_FLAGS (O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define OTHERS	  (S_IWGRP | S_IWOTH)
#define TRIES	  16 /* to open a file that somebody rotates away under us */

int why_set(struct why *why, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	/* cppcheck-suppress ctuuninitvar - an output is written */
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return error;
}

/*
 * From the file itself and not through NSS, as for users (users.h): a static program cannot
 * load that, and it may ask the network.
 */
static int find_group(const char *name, const char *path, gid_t *ret_gid)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *text = malloc(1 << 16);
	struct group entry, *found;
	uint64_t number;

	if (!text)
		return -ENOMEM;
	/* The last one means "no group" to the kernel. */
	if (parse_number(name, UINT32_MAX - 1, &number) == 0) {
		*ret_gid = (gid_t)number;
		return 0;
	}
	file = fopen(path, "re");
	while (file && fgetgrent_r(file, &entry, text, 1 << 16, &found) == 0) {
		if (!strcmp(entry.gr_name, name)) {
			*ret_gid = entry.gr_gid;
			return 0;
		}
	}
	return -ENOENT;
}

int place_init(struct place *p, const char *path, const char *group, const char *group_path,
	       struct why *ret_why)
{
	const char *slash = strrchr(path, '/');
	struct place place = { .path = path, .name = slash ? slash + 1 : path };
	int r;

	if (!*place.name || !strcmp(place.name, ".") || !strcmp(place.name, ".."))
		return why_set(ret_why, -EISDIR, "'%s' is a directory: name a file in it", path);
	if (group) {
		r = find_group(group, group_path, &place.group);
		if (r < 0)
			return why_set(ret_why, r, "there is no group '%s' in %s", group,
				       group_path);
		place.has_group = true;
	}
	if (!slash)
		place.directory = strdup(".");
	else
		place.directory = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (!place.directory)
		return why_set(ret_why, -ENOMEM, "out of memory");
	*p = place;
	return 0;
}

void place_done(struct place *p)
{
	free(p->directory);
	*p = (struct place){ 0 };
}

/* Whose it is may do with it what he likes: only root, and who runs us. */
static bool is_somebody_elses(const struct stat *st)
{
	return st->st_uid != 0 && st->st_uid != geteuid();
}

int place_open_directory(const struct place *p, int *ret_fd, struct why *ret_why)
{
	_cleanup_close_ int fd = open(p->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return why_set(ret_why, -errno, "cannot open '%s': %s; choose another file",
			       p->path, strerror(errno));
	/* The sticky bit does not help: a file that is yet to come can be put there by anybody. */
	if (st.st_mode & OTHERS)
		return why_set(ret_why, -EPERM,
			       "others may put files into the directory of '%s'; choose one of "
			       "root's own, such as \"install -d -m 700 /var/log/proctrace\" makes",
			       p->path);
	if (is_somebody_elses(&st))
		return why_set(ret_why, -EPERM,
			       "the directory of '%s' belongs to user %u, who could replace the "
			       "log; choose one of root's own, such as \"install -d -m 700 "
			       "/var/log/proctrace\" makes",
			       p->path, st.st_uid);
	*ret_fd = take_fd(&fd);
	return 0;
}

static int check_file(const struct place *p, const struct stat *st, struct why *ret_why)
{
	if (!S_ISREG(st->st_mode))
		return why_set(ret_why, -EINVAL, "'%s' is no regular file: choose another one",
			       p->path);
	if (st->st_mode & OTHERS)
		return why_set(ret_why, -EPERM,
			       "others may write '%s': run \"chmod go-w\" on it, or choose "
			       "another file",
			       p->path);
	if (is_somebody_elses(st))
		return why_set(ret_why, -EPERM,
			       "'%s' belongs to user %u: run \"chown root\" on it, or choose "
			       "another file",
			       p->path, st->st_uid);
	return 0;
}

/*
 * A POSIX lock, because only that says who has it. It goes with any descriptor of the file
 * that this process closes, so a log must not be opened a second time by whoever writes it.
 */
static int lock_file(int fd, pid_t *ret_holder)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &lock) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return -errno;
	*ret_holder = 0;
	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		*ret_holder = lock.l_pid;
	return -EBUSY;
}

/* umask(2) may have taken bits away, and a file that was there may have had others. */
static int give_to_group(const struct place *p, int fd)
{
	if (p->has_group && (fchown(fd, (uid_t)-1, p->group) < 0 || fchmod(fd, 0640) < 0))
		return -errno;
	return 0;
}

int place_has_name(const struct place *p, int dir_fd, int fd)
{
	struct stat st, named;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (fstatat(dir_fd, p->name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return st.st_dev == named.st_dev && st.st_ino == named.st_ino;
}

static int say_busy(const struct place *p, pid_t holder, struct why *ret_why)
{
	char who[32] = "another process";

	if (holder > 0)
		snprintf(who, sizeof(who), "process %d", holder);
	return why_set(ret_why, -EBUSY, "%s writes '%s' already: choose another file, or end it",
		       who, p->path);
}

int place_open(const struct place *p, int dir_fd, int *ret_fd, struct why *ret_why)
{
	pid_t holder;
	struct stat st;
	int r, named;

	for (int i = 0; i < TRIES; i++) {
		_cleanup_close_ int fd = openat(dir_fd, p->name, LOG_FLAGS, 0600);

		if (fd < 0 && errno == ELOOP)
			return why_set(ret_why, -ELOOP,
				       "'%s' is a symbolic link: name the file itself", p->path);
		if (fd < 0 || fstat(fd, &st) < 0)
			return why_set(ret_why, -errno, "cannot open '%s': %s; choose another file",
				       p->path, strerror(errno));
		r = check_file(p, &st, ret_why);
		if (r < 0)
			return r;
		r = lock_file(fd, &holder);
		/* Who held it may have rotated it away meanwhile: then it is not the log. */
		named = place_has_name(p, dir_fd, fd);
		if (named == 0)
			continue;
		if (named < 0)
			r = named;
		if (r == -EBUSY)
			return say_busy(p, holder, ret_why);
		if (r == 0)
			r = give_to_group(p, fd);
		if (r < 0)
			return why_set(ret_why, r, "cannot have '%s' for ourselves: %s", p->path,
				       strerror(-r));
		*ret_fd = take_fd(&fd);
		return 0;
	}
	return why_set(ret_why, -EBUSY, "another process rotates '%s' without end", p->path);
}

int place_create(const struct place *p, int dir_fd, const char *name, int *ret_fd)
{
	_cleanup_close_ int fd = openat(dir_fd, name, LOG_FLAGS | O_EXCL, 0600);
	pid_t holder;
	int r;

	if (fd < 0)
		return -errno;
	r = lock_file(fd, &holder);
	if (r == 0)
		r = give_to_group(p, fd);
	if (r < 0) {
		unlinkat(dir_fd, name, 0);
		return r;
	}
	*ret_fd = take_fd(&fd);
	return 0;
}
