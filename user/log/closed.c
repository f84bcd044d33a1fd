// SPDX-License-Identifier: Apache-2.0
/*
 * closed.c - the closed files of a log: FILE.000001, FILE.000002 ..., with ".gz" or without
 */
#include "log/closed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DIGITS	   6  /* at least */
#define DIGITS_MAX 18 /* that fit 64 bits, whatever they are */

int closed_name(char name[CLOSED_NAME_MAX], const char *log_name, uint64_t number,
		const char *suffix)
{
	int n = snprintf(name, CLOSED_NAME_MAX, "%s.%0*" PRIu64 "%s", log_name, DIGITS, number,
			 suffix);

	return n >= CLOSED_NAME_MAX ? -ENAMETOOLONG : 0;
}

int closed_name_of(char name[CLOSED_NAME_MAX], const char *log_name, const struct closed *closed)
{
	const char *suffix = closed->undone ? CLOSED_UNDONE : CLOSED_GZ;

	return closed_name(name, log_name, closed->number,
			   closed->undone || closed->compressed ? suffix : "");
}

/* Only what closed_name() makes: no sign, no zero too many. */
static bool parse_name(const char *name, const char *log_name, struct closed *ret_closed)
{
	size_t len = strlen(log_name), digits;
	struct closed c = { 0 };

	if (strncmp(name, log_name, len) != 0 || name[len] != '.')
		return false;
	name += len + 1;
	digits = strspn(name, "0123456789");
	if (digits < DIGITS || digits > DIGITS_MAX || (digits > DIGITS && name[0] == '0'))
		return false;
	c.number = strtoull(name, NULL, 10);
	c.undone = !strcmp(name + digits, CLOSED_UNDONE);
	c.compressed = !strcmp(name + digits, CLOSED_GZ);
	if (c.number == 0 || (name[digits] && !c.undone && !c.compressed))
		return false;
	*ret_closed = c;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct closed *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->compressed - y->compressed;
}

static int add(struct closed **list, size_t *len, const struct closed *closed)
{
	struct closed *larger = *list;

	/* A power of two: full. */
	if ((*len & (*len - 1)) == 0) {
		larger = reallocarray(*list, *len ? 2 * *len : 1, sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		*list = larger;
	}
	larger[(*len)++] = *closed;
	return 0;
}

int closed_list(int dir_fd, const char *log_name, struct closed **ret_list, size_t *ret_len)
{
	/* A descriptor of its own: reading moves it. */
	_cleanup_close_ int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ struct closed *list = NULL;
	struct dirent *entry;
	size_t len = 0;
	int r;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	take_fd(&fd);
	while ((errno = 0, entry = readdir(dir))) {
		struct closed c;
		struct stat st;

		if (!parse_name(entry->d_name, log_name, &c))
			continue;
		if (fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			/* Its number must not be taken for one that is free. */
			return -errno;
		}
		if (!S_ISREG(st.st_mode))
			continue;
		c.bytes = (uint64_t)st.st_size;
		r = add(&list, &len, &c);
		if (r < 0)
			return r;
	}
	if (errno)
		return -errno;
	if (len)
		qsort(list, len, sizeof(*list), by_number);
	*ret_list = take_ptr(list);
	*ret_len = len;
	return 0;
}

int closed_last(int dir_fd, const char *log_name, struct closed *ret_last)
{
	_cleanup_free_ struct closed *list = NULL;
	struct closed last = { 0 };
	size_t len;
	int r = closed_list(dir_fd, log_name, &list, &len);

	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++) {
		if (!list[i].undone)
			last = list[i];
	}
	*ret_last = last;
	return 0;
}

int closed_remove_oldest(int dir_fd, const char *log_name)
{
	_cleanup_free_ struct closed *list = NULL;
	char name[CLOSED_NAME_MAX];
	size_t len;
	int r = closed_list(dir_fd, log_name, &list, &len);

	for (size_t i = 0; r == 0 && i < len; i++) {
		if (list[i].undone)
			continue;
		r = closed_name_of(name, log_name, &list[i]);
		if (r == 0)
			r = unlinkat(dir_fd, name, 0) < 0 ? -errno : 0;
		return r;
	}
	return r < 0 ? r : -ENOENT;
}
