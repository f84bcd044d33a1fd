// SPDX-License-Identifier: Apache-2.0
/*
 * files.c - the files of logs, found and put in order
 */
#include "log/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/hash.h"
#include "log/closed.h"
#include "log/files_head.h"
#include "log/files_order.h"

#define LOOKS_MAX 11 /* at a directory that changes, after naps of 1, 2, 4… ms: 2 s in all */

struct log_files {
	struct log_files_item *items;
	size_t len, cap;
	size_t ordered; /* of them are read */
	log_files_refused refused;
	void *arg;
};

const char *log_files_reason(int error)
{
	switch (-error) {
	case EBADMSG:
		return "what is compressed in it is damaged";
	case ENODATA:
		return "what is compressed in it ends early";
	case ENOMSG:
		return "it does not begin as a log of proctrace";
	case EAGAIN:
		return "its files are renamed all the time, some may be left out: try again";
	default:
		return strerror(-error);
	}
}

static void done_item(struct log_files_item *item)
{
	log_source_free(item->file.source);
	free((char *)item->file.path);
	free((char *)item->file.name);
	free(item->host);
}

void log_files_free(struct log_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->len; i++)
		done_item(&files->items[i]);
	free(files->items);
	free(files);
}

size_t log_files_len(const struct log_files *files)
{
	return files->ordered;
}

const struct log_file *log_files_at(const struct log_files *files, size_t index)
{
	return &files->items[index].file;
}

/* In a directory the names are somebody else's. NULL without memory. */
static char *name_of(const char *path)
{
	struct buf name = { 0 };

	if (!strcmp(path, "-"))
		return strdup("standard input");
	escape_text(&name, str_of(path));
	buf_putc(&name, '\0');
	if (!name.failed)
		return name.data;
	buf_done(&name);
	return NULL;
}

static void refuse(struct log_files *files, const char *path, int error)
{
	_cleanup_free_ char *name = name_of(path);

	if (files->refused)
		files->refused(name ? name : "a file", error, files->arg);
}

/* Takes fd and path, also if it fails. Returns 0 or -ENOMEM. */
static int add(struct log_files *files, char *path, int fd, const struct stat *st,
	       bool in_directory)
{
	struct log_files_item item = { .given = files->len, .in_directory = in_directory };
	int r = -ENOMEM;

	item.file.path = path;
	item.file.name = name_of(path);
	if (S_ISREG(st->st_mode)) {
		item.dev = st->st_dev;
		item.inode = st->st_ino;
	}
	if (item.file.name && files->len == files->cap) {
		size_t cap = files->cap ? files->cap * 2 : 16;
		struct log_files_item *items = reallocarray(files->items, cap, sizeof(*items));

		if (items) {
			files->items = items;
			files->cap = cap;
		}
	}
	if (item.file.name && files->len < files->cap)
		r = log_source_new(fd, &item.file.source);
	if (r < 0)
		close(fd);
	files_name(&item);
	if (r == 0 && item.inode)
		r = files_head(&item);
	if (r < 0) {
		if (r != -ENOMEM)
			refuse(files, path, r);
		done_item(&item);
		return r == -ENOMEM ? r : 0;
	}
	files->items[files->len++] = item;
	return 0;
}

/* A log may have more files than a process usually has descriptors. */
static int open_file(int directory, const char *name, int flags)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE)
		return fd >= 0 ? fd : -errno;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return -EMFILE;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -EMFILE;
	return open_file(directory, name, flags);
}

static char *join_path(const char *directory, const char *name)
{
	bool has_slash = *directory == '\0' || directory[strlen(directory) - 1] == '/';
	char *path = NULL;

	return asprintf(&path, "%s%s%s", directory, has_slash ? "" : "/", name) < 0 ? NULL : path;
}

/* One entry of a directory. stem: only the files of that log; empty: all. */
static int add_entry(struct log_files *files, const char *directory, int directory_fd,
		     const char *name, struct str stem)
{
	_cleanup_free_ char *path = join_path(directory, name);
	_cleanup_close_ int fd = -1;
	struct log_files_item item = { .file.path = path };
	struct stat st;

	if (!path)
		return -ENOMEM;
	files_name(&item);
	if (stem.len && !str_eq(item.stem, stem))
		return 0;
	/* O_NONBLOCK: a FIFO must not be waited for. */
	fd = open_file(directory_fd, name, O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		if (fd != -ELOOP && fd != -ENOENT && fd != -ENXIO)
			refuse(files, path, fd);
		return 0;
	}
	if (fstat(fd, &st) < 0)
		refuse(files, path, -errno);
	/* One that is to become the log has that name then: here it would come too early. */
	else if (S_ISREG(st.st_mode) && (st.st_size || item.number == NUMBER_CURRENT))
		return add(files, take_ptr(path), take_fd(&fd), &st, true);
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	const struct log_files_item *x = a, *y = b;

	return strcmp(x->file.path, y->file.path);
}

/* By name, not as the file system happens to list them. */
static void sort_entries(struct log_files *files, size_t from)
{
	qsort(files->items + from, files->len - from, sizeof(*files->items), compare_paths);
	for (size_t i = from; i < files->len; i++)
		files->items[i].given = i;
}

/* A copy that is being compressed, or was when a crash came. */
static bool is_undone(const char *name)
{
	size_t len = strlen(name), suffix = sizeof(CLOSED_UNDONE) - 1;

	return len > suffix && !strcmp(name + len - suffix, CLOSED_UNDONE);
}

/* Changes whenever a name comes, goes, or becomes another file's. */
static uint64_t print_of(DIR *directory)
{
	uint64_t print = 0;
	struct dirent *entry;

	rewinddir(directory);
	while ((entry = readdir(directory))) {
		unsigned int hash;

		HASH_JEN(entry->d_name, strlen(entry->d_name), hash);
		/* A sum of sums would not tell two files that exchange their names. */
		print += hash * (uint64_t)entry->d_ino;
	}
	return print;
}

static int add_entries(struct log_files *files, const char *path, DIR *directory, struct str stem)
{
	struct dirent *entry;
	int r = 0;

	rewinddir(directory);
	errno = 0;
	while (r == 0 && (entry = readdir(directory))) {
		if (entry->d_name[0] != '.' && !is_undone(entry->d_name))
			r = add_entry(files, path, dirfd(directory), entry->d_name, stem);
		errno = 0;
	}
	return r == 0 ? -errno : r;
}

static void drop_from(struct log_files *files, size_t from)
{
	while (files->len > from)
		done_item(&files->items[--files->len]);
}

/*
 * Takes fd. A log that is rotated while its files are looked for would lack one, or have
 * one twice: they are looked for again. Returns 0, -EAGAIN if they never came to rest, or
 * why they cannot be found.
 */
static int add_directory(struct log_files *files, const char *path, int fd, struct str stem)
{
	DIR *directory = fdopendir(fd);
	size_t from = files->len;
	int r = -EAGAIN;

	if (!directory) {
		r = -errno;
		close(fd);
		return r;
	}
	for (int i = 0; i < LOOKS_MAX && r == -EAGAIN; i++) {
		uint64_t print = print_of(directory);

		drop_from(files, from);
		r = add_entries(files, path, directory, stem);
		if (r == 0 && print_of(directory) != print) {
			r = -EAGAIN;
			usleep(1000u << i);
		}
	}
	closedir(directory);
	if (files->len > from)
		sort_entries(files, from);
	return r;
}

static int add_path(struct log_files *files, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	char *copy;
	int r;

	if (!strcmp(path, "-")) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		fd = fd < 0 ? -errno : fd;
	} else {
		fd = open_file(AT_FDCWD, path, 0);
	}
	r = fd < 0 ? fd : (fstat(fd, &st) < 0 ? -errno : 0);
	if (r < 0) {
		refuse(files, path, r);
		return 0;
	}
	if (S_ISDIR(st.st_mode)) {
		r = add_directory(files, path, take_fd(&fd), str_from("", 0));
		if (r < 0 && r != -ENOMEM)
			refuse(files, path, r);
		return r == -ENOMEM ? r : 0;
	}
	copy = strdup(path);
	return copy ? add(files, copy, take_fd(&fd), &st, false) : -ENOMEM;
}

static bool is_beside(const struct log_files_item *a, const struct log_files_item *b)
{
	return b->is_log && str_eq(a->stem, b->stem) && str_eq(a->directory, b->directory);
}

/* In a directory there may be other things. A damaged file of a log is one of its files. */
static bool is_stranger(struct log_files *files, const struct log_files_item *item)
{
	struct stat st;

	if (!item->in_directory || item->is_log)
		return false;
	/* Is about to be written to. */
	if (fstat(log_source_fd(item->file.source), &st) == 0 && st.st_size == 0)
		return false;
	for (size_t i = 0; i < files->len; i++) {
		if (is_beside(item, &files->items[i]))
			return false;
	}
	return true;
}

static void drop_strangers(struct log_files *files)
{
	size_t kept = 0;

	/* While all are there: a stranger has no log beside it. */
	for (size_t i = 0; i < files->len; i++) {
		struct log_files_item *item = &files->items[i];

		if (is_stranger(files, item)) {
			refuse(files, item->file.path, -ENOMSG);
			done_item(item);
			*item = (struct log_files_item){ 0 };
		}
	}
	for (size_t i = 0; i < files->len; i++) {
		if (files->items[i].file.path)
			files->items[kept++] = files->items[i];
	}
	files->len = kept;
}

/* r: 0, or why they are not all found. Gives them in order, or frees them. */
static int finish(struct log_files *files, int r, struct log_files **ret_files)
{
	if (r == 0)
		r = files_order(files->items, files->len, &files->ordered);
	if (r == 0)
		*ret_files = files;
	else
		log_files_free(files);
	return r;
}

int log_files_open(const char *const *paths, size_t len, log_files_refused refused, void *arg,
		   struct log_files **ret_files)
{
	struct log_files *files = calloc(1, sizeof(*files));
	int r = files ? 0 : -ENOMEM;

	if (r == 0)
		*files = (struct log_files){ .refused = refused, .arg = arg };
	for (size_t i = 0; r == 0 && i < len; i++)
		r = add_path(files, paths[i]);
	if (r == 0)
		drop_strangers(files);
	return finish(files, r, ret_files);
}

int log_files_of(const char *path, struct log_files **ret_files)
{
	struct log_files_item item = { .file.path = path };
	struct log_files *files = calloc(1, sizeof(*files));
	_cleanup_free_ char *directory = NULL;
	int r;

	if (!files)
		return -ENOMEM;
	files_name(&item);
	directory = str_dup(item.directory);
	r = directory ? open_file(AT_FDCWD, *directory ? directory : ".", O_DIRECTORY) : -ENOMEM;
	if (r >= 0)
		r = add_directory(files, directory, r, item.stem);
	return finish(files, r, ret_files);
}
