// SPDX-License-Identifier: Apache-2.0
/*
 * follow.c - a log that goes on: through what is appended, and through rotation
 */
#include "log/follow.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define LOOK_MS 1000 /* inotify(7) does not tell of what happens elsewhere on a network */
#define POLL_MS 250  /* without it */

struct follow {
	char *path;
	const struct log_file *file; /* that is read */
	struct log_files *files;     /* owned: of which it is one; NULL: the caller's */
	size_t next;		     /* of files */
	bool is_last;		     /* nothing of files comes after it */
	bool is_broken;		     /* it cannot be read any further */
	int inotify_fd;		     /* -1: none */
	int file_watch;		     /* -1: none */
};

static void watch_file(struct follow *f)
{
	if (f->inotify_fd < 0)
		return;
	if (f->file_watch >= 0)
		inotify_rm_watch(f->inotify_fd, f->file_watch);
	f->file_watch = inotify_add_watch(f->inotify_fd, f->path, IN_MODIFY);
}

/* Its directory tells of renames and of the new file. */
static void watch(struct follow *f)
{
	_cleanup_free_ char *directory = strdup(f->path);
	char *slash = directory ? strrchr(directory, '/') : NULL;

	f->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->inotify_fd < 0 || !directory)
		return; /* then it is looked at now and then */
	if (slash)
		slash[slash == directory] = '\0';
	inotify_add_watch(f->inotify_fd, slash ? directory : ".",
			  IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR);
	watch_file(f);
}

int follow_new(const struct log_file *file, struct follow **ret_follow)
{
	struct follow *f;

	if (!strcmp(file->path, "-") || log_source_is_stream(file->source) ||
	    log_source_is_compressed(file->source))
		return -EINVAL;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->file = file;
	f->is_last = true;
	f->file_watch = -1;
	f->path = strdup(file->path);
	if (!f->path) {
		free(f);
		return -ENOMEM;
	}
	watch(f);
	*ret_follow = f;
	return 0;
}

void follow_free(struct follow *f)
{
	if (!f)
		return;
	if (f->inotify_fd >= 0)
		close(f->inotify_fd);
	log_files_free(f->files);
	free(f->path);
	free(f);
}

const char *follow_name(const struct follow *f)
{
	return f->file->name;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Has another file taken the name? Not yet while there is none: the writer goes on in the old. */
static bool is_replaced(const struct follow *f)
{
	struct stat now, ours;

	return stat(f->path, &now) == 0 && S_ISREG(now.st_mode) &&
	       fstat(log_source_fd(f->file->source), &ours) == 0 && !is_same_file(&now, &ours);
}

/* It became shorter, as after logrotate's copytruncate. */
static bool is_cut(const struct follow *f)
{
	struct stat st;

	return fstat(log_source_fd(f->file->source), &st) == 0 &&
	       (uint64_t)st.st_size < log_source_offset(f->file->source);
}

/* The first file from here on that has what was not read; the number of files: none has. */
static size_t find_next(const struct follow *f, const struct log_files *files, size_t from,
			uint64_t last_seq)
{
	size_t i = from;

	for (; i < log_files_len(files); i++) {
		const struct log_file *file = log_files_at(files, i);

		if (!strcmp(file->path, f->path) ||
		    (file->has_seq && last_seq && file->seq > last_seq))
			break;
	}
	return i;
}

static void begin_file(struct follow *f, size_t index)
{
	f->file = log_files_at(f->files, index);
	f->next = index + 1;
	f->is_last = f->next == log_files_len(f->files);
	f->is_broken = false;
	if (f->is_last)
		watch_file(f);
}

/* Finds what came after the file that was read to its end. */
static int turn_over(struct follow *f, uint64_t last_seq)
{
	struct log_files *files;
	int r = log_files_of(f->path, &files);
	size_t i;

	if (r < 0)
		return r == -ENOMEM ? r : 0; /* it is gone, or changes: perhaps later */
	i = find_next(f, files, 0, last_seq);
	if (i == log_files_len(files)) {
		log_files_free(files);
		return 0;
	}
	log_files_free(f->files);
	f->files = files;
	begin_file(f, i);
	return -EAGAIN;
}

/* One that was closed before we came to it. */
static int next_closed(struct follow *f, uint64_t last_seq, struct log_line *ret_line)
{
	int r = log_source_next(f->file->source, ret_line);
	size_t i;

	if (r == 1)
		return r;
	i = find_next(f, f->files, f->next, last_seq);
	if (i < log_files_len(f->files))
		begin_file(f, i);
	else
		f->is_last = true; /* what should come after it has gone */
	return r < 0 ? r : -EAGAIN;
}

int follow_next(struct follow *f, uint64_t last_seq, struct log_line *ret_line)
{
	struct log_source *source = f->file->source;
	int r;

	if (!f->is_last)
		return next_closed(f, last_seq, ret_line);
	r = f->is_broken ? 0 : log_source_follow(source, ret_line);
	if (r < 0)
		f->is_broken = true;
	if (r != 0)
		return r;
	if (is_replaced(f)) {
		/* Asked before it is read for the last time, so that nothing comes in between. */
		r = f->is_broken ? 0 : log_source_next(source, ret_line);
		return r == 0 ? turn_over(f, last_seq) : r;
	}
	if (!is_cut(f))
		return 0;
	log_source_rewind(source);
	f->is_broken = false;
	return -EAGAIN;
}

int follow_wait(struct follow *f, int output_fd, const sigset_t *mask)
{
	long ms = f->inotify_fd < 0 ? POLL_MS : LOOK_MS;
	const struct timespec timeout = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd fds[] = {
		{ .fd = f->inotify_fd, .events = POLLIN },
		{ .fd = output_fd }, /* POLLERR comes without being asked for */
	};
	char events[4096];

	ppoll(fds, 2, &timeout, mask);
	if (fds[1].revents & (POLLERR | POLLHUP))
		return -EPIPE;
	while (f->inotify_fd >= 0 && read(f->inotify_fd, events, sizeof(events)) > 0)
		;
	return 0;
}
