// SPDX-License-Identifier: Apache-2.0
/*
 * append_files.c - how one file of a log follows another
 *
 * A new file is made under the name that the old one will have, and then the two names are
 * exchanged: there is no moment at which the log has no file, and another process that would
 * write it finds one that is locked.
 */
#include "log/append.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log/append_state.h"
#include "log/closed.h"

#define TRIES 16 /* for a number that somebody else uses */

void append_drop(struct append *a)
{
	if (a->fd >= 0)
		close(a->fd);
	if (a->dir_fd >= 0)
		close(a->dir_fd);
	a->fd = a->dir_fd = -1;
	a->doubt |= a->dirty;
	a->dirty = false;
	if (a->open.reason == OWN_NONE)
		a->open.reason = OWN_REOPEN;
}

static int sync_directory(const struct append *a)
{
	/* A file system that cannot do it for directories has them written anyhow. */
	if (a->options.sync && fsync(a->dir_fd) < 0 && errno != EINVAL)
		return -errno;
	return 0;
}

/*
 * The number of the next closed file. An empty one was to become the log when a crash came.
 * A directory that is read while names change in it, as when a file is compressed, may not
 * show that file: its number is not free.
 */
static int next_number(const struct append *a, uint64_t *ret_number)
{
	char name[CLOSED_NAME_MAX];
	struct closed last;
	int r;

	for (;;) {
		r = closed_last(a->dir_fd, a->place.name, &last);
		if (r < 0)
			return r;
		if (last.number == 0 || last.bytes || last.compressed)
			break;
		r = closed_name_of(name, a->place.name, &last);
		if (r == 0 && unlinkat(a->dir_fd, name, 0) < 0)
			r = -errno;
		if (r < 0)
			return r;
	}
	*ret_number = (last.number > a->closed ? last.number : a->closed) + 1;
	return 0;
}

/* Gives the file the name of the next closed one. Where names cannot be exchanged. */
static int move_away(const struct append *a, const char *name)
{
	if (renameat2(a->dir_fd, a->place.name, a->dir_fd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* A second name and then one less: also where that is unknown, nothing is replaced. */
	if (linkat(a->dir_fd, a->place.name, a->dir_fd, name, 0) < 0 ||
	    unlinkat(a->dir_fd, a->place.name, 0) < 0)
		return -errno;
	return 0;
}

/* --- opening ----------------------------------------------------------------------- */

/* Before anybody changes names: the number that the next one is to be above. An empty one goes. */
static int find_closed(struct append *a, struct why *ret_why)
{
	uint64_t next;
	int r = next_number(a, &next);

	if (r < 0)
		return why_set(ret_why, r, "cannot read the directory of '%s': %s", a->place.path,
			       strerror(-r));
	a->closed = next - 1;
	return 0;
}

/* Where the file says nothing of how far the log got, the last closed one does. */
static int look_before(struct append *a, struct tail *tail, struct why *ret_why)
{
	const struct fragment fragment = tail->fragment;
	const int64_t first_wall_ns = tail->first_wall_ns;
	char name[CLOSED_NAME_MAX];
	struct closed last;
	int r = closed_last(a->dir_fd, a->place.name, &last);

	if (r < 0 || last.number == 0)
		return r < 0 ? why_set(ret_why, r, "cannot read the directory of '%s': %s",
				       a->place.path, strerror(-r)) :
			       0;
	r = closed_name_of(name, a->place.name, &last);
	if (r == 0)
		r = tail_read_closed(a->dir_fd, name, tail);
	if (r < 0)
		return why_set(ret_why, r,
			       "cannot read how far the log got in '%s' beside '%s': %s; move "
			       "it away to begin another log",
			       name, a->place.path, strerror(-r));
	tail->fragment = fragment;
	tail->first_wall_ns = first_wall_ns;
	return 0;
}

static void set_previous(struct append *a, const struct tail *tail, bool unchained)
{
	bool has_previous = tail->chain.seq || unchained || tail->fragment.bytes;
	bool closed = tail->closed && tail->fragment.bytes == 0;

	a->chain = tail->chain;
	a->open = (struct own_open){
		.reason = has_previous && !closed && !unchained ? OWN_RESTART : OWN_OPEN,
		.has_previous = has_previous,
		.previous_closed = closed,
		.previous_unchained = unchained,
		.previous_wall_ns = tail->wall_ns,
	};
}

/* A log that has no chain is kept beside the one that begins. */
static int set_aside(struct append *a, struct why *ret_why)
{
	char name[CLOSED_NAME_MAX];
	uint64_t number;
	int r = next_number(a, &number);

	if (r == 0)
		r = closed_name(name, a->place.name, number, "");
	if (r == 0)
		r = move_away(a, name);
	if (r < 0)
		return why_set(ret_why, r,
			       "'%s' is of a version that made no chain, and cannot be set aside: "
			       "%s; move it away, or choose another file",
			       a->place.path, strerror(-r));
	return 0;
}

/*
 * The kernel had taken them, and the disk never got them. The chain goes on from what was
 * written nevertheless: one that goes on from what is left would hide that somebody cut it.
 */
static void note_missing(struct append *a, uint64_t missing)
{
	a->open.missing = missing;
	a->missing += missing;
}

static int read_tail(const struct append *a, int fd, struct tail *ret_tail, struct why *ret_why)
{
	int r = tail_read(fd, ret_tail);

	if (r == -EBADMSG)
		return why_set(ret_why, r,
			       "'%s' is no log of proctrace, or the end of it is damaged: choose "
			       "another file, or move it away",
			       a->place.path);
	if (r < 0)
		return why_set(ret_why, r, "cannot read '%s': %s", a->place.path, strerror(-r));
	return 0;
}

int append_open(struct append *a, bool is_first, struct why *ret_why)
{
	_cleanup_close_ int fd = -1;
	bool unchained = false;
	struct tail tail;
	struct stat st;
	int r;

	if (a->dir_fd >= 0)
		close(a->dir_fd);
	a->dir_fd = -1;
	r = place_open_directory(&a->place, &a->dir_fd, ret_why);
	if (r == 0)
		r = place_open(&a->place, a->dir_fd, &fd, ret_why);
	if (r == 0)
		r = read_tail(a, fd, &tail, ret_why);
	if (r == 0 && tail.unchained) {
		unchained = true;
		r = set_aside(a, ret_why);
		cleanup_closep(&fd);
		fd = -1;
		if (r == 0)
			r = place_open(&a->place, a->dir_fd, &fd, ret_why);
		tail = (struct tail){ .wall_ns = tail.wall_ns };
	}
	if (r < 0)
		return r;
	a->begun = tail.chain.seq > 0;
	r = is_first ? find_closed(a, ret_why) : 0;
	if (r < 0)
		return r;
	if (is_first && !tail.chain.seq && !unchained)
		r = look_before(a, &tail, ret_why);
	if (r < 0)
		return r;
	if (is_first)
		set_previous(a, &tail, unchained);
	else if (tail.chain.seq && tail.chain.seq < a->chain.seq)
		note_missing(a, a->chain.seq - tail.chain.seq);
	a->open.fragment = tail.fragment;
	a->begun_ns = tail.first_wall_ns;
	if (fstat(fd, &st) < 0)
		return why_set(ret_why, -errno, "cannot read '%s': %s", a->place.path,
			       strerror(errno));
	a->size = (uint64_t)st.st_size;
	sync_directory(a);
	a->fd = take_fd(&fd);
	return 0;
}

/* --- rotation ---------------------------------------------------------------------- */

/* Makes the file that is to be the log, under the name that this will have then. */
static int make_next(const struct append *a, char name[CLOSED_NAME_MAX], uint64_t *ret_number,
		     int *ret_fd)
{
	uint64_t number;
	int r = next_number(a, &number);

	for (int i = 0; i < TRIES && r == 0; i++, number++) {
		r = closed_name(name, a->place.name, number, "");
		if (r == 0)
			r = place_create(&a->place, a->dir_fd, name, ret_fd);
		*ret_number = number;
		if (r != -EEXIST)
			return r;
		r = 0;
	}
	return r ? r : -EEXIST;
}

/* Gives the two files each other's names. */
static int exchange(const struct append *a, const char *name, int *next_fd)
{
	int r;

	if (renameat2(a->dir_fd, a->place.name, a->dir_fd, name, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* Not every file system can: then for a moment there is no log. */
	cleanup_closep(next_fd);
	*next_fd = -1;
	if (unlinkat(a->dir_fd, name, 0) < 0)
		return -errno;
	r = move_away(a, name);
	return r < 0 ? r : place_create(&a->place, a->dir_fd, a->place.name, next_fd);
}

static void begin_file(struct append *a, int fd, enum own_reason reason)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = fd;
	a->size = 0;
	a->begun = false;
	a->begun_ns = 0;
	a->dirty = false;
	a->open = (struct own_open){ .reason = reason };
}

static int say(const struct append *a, int error, struct why *ret_why)
{
	return why_set(ret_why, error, "cannot rotate the log '%s': %s", a->place.path,
		       strerror(-error));
}

int append_rotate(struct append *a, struct why *ret_why)
{
	_cleanup_close_ int fd = -1;
	char name[CLOSED_NAME_MAX];
	uint64_t number = 0;
	int r = append_ready(a, ret_why);

	if (r < 0)
		return r;
	r = place_has_name(&a->place, a->dir_fd, a->fd);
	if (r == 0)
		return append_reopen(a, ret_why);
	if (r < 0)
		return say(a, r, ret_why);
	r = make_next(a, name, &number, &fd);
	if (r < 0)
		return say(a, r, ret_why);
	r = append_put_close(a, OWN_ROTATE, ret_why);
	if (r == 0 && a->options.sync)
		r = append_sync(a, ret_why);
	if (r < 0) {
		if (a->dir_fd >= 0)
			unlinkat(a->dir_fd, name, 0);
		return r;
	}
	r = exchange(a, name, &fd);
	if (r < 0) {
		if (place_has_name(&a->place, a->dir_fd, a->fd) > 0)
			unlinkat(a->dir_fd, name, 0);
		else
			append_drop(a);
		return say(a, r, ret_why);
	}
	a->closed = number;
	begin_file(a, take_fd(&fd), OWN_ROTATE);
	sync_directory(a);
	/* A disk that takes no log-open is the trouble of what is written next, not of this. */
	return 0;
}

int append_reopen(struct append *a, struct why *ret_why)
{
	struct why ignored;

	/* Opening it a second time would lose its lock. */
	if (a->fd >= 0) {
		int r = place_has_name(&a->place, a->dir_fd, a->fd);

		if (r)
			return r > 0 ? 0 : say(a, r, ret_why);
	}
	/* Somebody has the old file and may miss its end: if it takes none, nothing can be done. */
	if (a->fd >= 0 && append_ready(a, &ignored) == 0 &&
	    append_put_close(a, OWN_REOPEN, &ignored) == 0 && a->options.sync)
		append_sync(a, &ignored);
	append_drop(a);
	return append_ready(a, ret_why);
}

int append_make_room(struct append *a)
{
	return a->dir_fd < 0 ? -ENOENT : closed_remove_oldest(a->dir_fd, a->place.name);
}
