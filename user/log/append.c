// SPDX-License-Identifier: Apache-2.0
/*
 * append.c - the file of a log that is written now
 */
#include "log/append.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/append_state.h"

/* For one write(2): large enough to be rare, small enough for the CPU's cache. */
#define PIECE_MAX ((size_t)256 << 10)

static int say(const struct append *a, int error, struct why *ret_why)
{
	return why_set(ret_why, error, "cannot write the log '%s': %s", a->place.path,
		       strerror(-error));
}

/*
 * Somebody may have made the file shorter (logrotate's copytruncate), or what could not be
 * cut off again still stands there: what is behind the last record then is a fragment.
 */
static int check_size(struct append *a, struct why *ret_why)
{
	struct tail tail;
	struct stat st;
	int r;

	if (fstat(a->fd, &st) < 0)
		return say(a, -errno, ret_why);
	if ((uint64_t)st.st_size == a->size)
		return 0;
	r = tail_read(a->fd, &tail);
	if (r < 0 && r != -EBADMSG)
		return say(a, r, ret_why);
	if (r == 0)
		a->open.fragment = tail.fragment;
	if (a->open.reason == OWN_NONE)
		a->open.reason = (uint64_t)st.st_size < a->size ? OWN_TRUNCATED : OWN_REOPEN;
	a->size = (uint64_t)st.st_size;
	return 0;
}

/* The beginning of what was written that is whole lines. */
static size_t whole_len(const struct buf *out, size_t written)
{
	const char *newline = written ? memrchr(out->data, '\n', written) : NULL;

	return newline ? (size_t)(newline + 1 - out->data) : 0;
}

/*
 * Writes a->out. all: it is worth nothing in part. *ret_whole is how much of it stands in
 * the file. What is more is cut off again; where that cannot be, check_size() finds it.
 */
static int write_out(struct append *a, bool all, size_t *ret_whole)
{
	size_t written = 0, whole;
	struct stat st;
	int r = 0;

	*ret_whole = 0;
	while (written < a->out.len && r == 0) {
		ssize_t n = write(a->fd, a->out.data + written, a->out.len - written);

		if (n > 0)
			written += (size_t)n;
		else if (n == 0 || errno != EINTR)
			r = n == 0 ? -EIO : -errno;
	}
	a->dirty |= written > 0;
	/* What is in a file that nobody finds any more is not in the log. */
	if (fstat(a->fd, &st) == 0 && st.st_nlink == 0) {
		append_drop(a);
		return -ENOENT;
	}
	whole = r == 0 ? written : all ? 0 : whole_len(&a->out, written);
	if (whole < written && ftruncate(a->fd, (off_t)(a->size + whole)) < 0)
		r = -errno;
	a->size += whole;
	*ret_whole = whole;
	return r;
}

/*
 * A file that can only not take more stays open. Of another error the reason may be gone
 * when the file is opened again (it is on a file system that was checked and mounted anew),
 * and as long as we hold it that cannot even be done.
 */
static int fail(struct append *a, int error, struct why *ret_why)
{
	say(a, error, ret_why);
	if (error != -ENOSPC && error != -EDQUOT && error != -EFBIG && error != -ENOMEM)
		append_drop(a);
	return error;
}

/*
 * The record that was just written may carry a seal: its key must not stay, but that what it
 * sealed may not be on the disk. Then the log is in trouble like after any write that failed:
 * its file may be gone.
 */
static int give_key_up(struct append *a, struct why *ret_why)
{
	int synced, r;

	if (!a->seal)
		return 0;
	synced = append_sync(a, ret_why);
	if (synced < 0)
		a->keeps_key_why = *ret_why;
	r = seal_commit(a->seal, &a->chain, append_wall_ns(), synced == 0, &a->keeps_key_why);
	a->keeps_key = synced < 0 || r < 0;
	return synced;
}

/* Writes a->line as a record; before it, a newline behind what a crash left. */
static int put_own(struct append *a, bool newline, struct why *ret_why)
{
	struct str line = str_from(a->line.data, a->line.len);
	struct chain next = a->chain;
	size_t whole;
	int r = a->line.failed ? -ENOMEM : 0;

	buf_reset(&a->out);
	if (newline)
		buf_putc(&a->out, '\n');
	if (r == 0 && a->seal) {
		buf_reset(&a->sealed);
		r = seal_line(a->seal, &a->chain, line, &a->sealed);
		line = str_from(a->sealed.data, a->sealed.len);
	}
	if (r == 0)
		r = chain_append(&next, line, &a->out);
	if (r == 0)
		r = write_out(a, true, &whole);
	if (r < 0)
		return fail(a, r, ret_why);
	a->chain = next;
	a->records++;
	return 0;
}

static int put_open(struct append *a, struct why *ret_why)
{
	int64_t now = append_wall_ns();
	int r;

	buf_reset(&a->line);
	own_put_open(&a->line, &a->options.facts, &a->open, now);
	r = put_own(a, a->open.fragment.bytes > 0, ret_why);
	if (r < 0)
		return r;
	a->records = 1;
	a->lost = 0;
	if (!a->begun_ns)
		a->begun_ns = now;
	a->open = (struct own_open){ 0 };
	return give_key_up(a, ret_why);
}

int append_ready(struct append *a, struct why *ret_why)
{
	int r = a->fd < 0 ? append_open(a, false, ret_why) : 0;

	if (r == 0)
		r = check_size(a, ret_why);
	if (r == 0 && a->open.reason != OWN_NONE)
		r = put_open(a, ret_why);
	return r;
}

int append_put_close(struct append *a, enum own_reason reason, struct why *ret_why)
{
	const struct own_close close = {
		.reason = reason,
		.records = a->records + 1,
		.lost = a->lost,
	};
	int r;

	buf_reset(&a->line);
	own_put_close(&a->line, &a->options.facts, &close, append_wall_ns());
	r = put_own(a, false, ret_why);
	if (r < 0)
		return r;
	a->open.reason = OWN_REOPEN; /* of what follows, if it was not the end */
	return give_key_up(a, ret_why);
}

int append_seal(struct append *a, struct why *ret_why)
{
	int r = append_ready(a, ret_why);

	if (r < 0)
		return r;
	buf_reset(&a->line);
	own_put_seal(&a->line, &a->options.facts, append_wall_ns());
	r = put_own(a, false, ret_why);
	return r < 0 ? r : give_key_up(a, ret_why);
}

bool append_keeps_key(const struct append *a, struct why *ret_why)
{
	if (a->keeps_key)
		*ret_why = a->keeps_key_why;
	return a->keeps_key;
}

/* Takes the first line, with its newline, off lines. */
static struct str take_line(struct str *lines)
{
	const char *end = memchr(lines->p, '\n', lines->len);
	size_t len = end ? (size_t)(end + 1 - lines->p) : lines->len;
	struct str line = str_from(lines->p, len);

	*lines = str_from(lines->p + len, lines->len - len);
	return line;
}

/* Makes records of as many lines as fit into a->out. Returns 0 or a negative errno. */
static int make_records(struct append *a, struct str lines, uint64_t max_bytes, struct chain *next)
{
	buf_reset(&a->out);
	while (lines.len) {
		struct str line = take_line(&lines);
		size_t len = a->out.len + line.len + CHAIN_SUFFIX_MAX;
		int r;

		if (a->out.len && len > PIECE_MAX)
			break;
		if (max_bytes && (a->begun || a->out.len) &&
		    a->size + len + OWN_CLOSE_MAX > max_bytes)
			break;
		r = chain_append(next, line, &a->out);
		if (r < 0)
			return a->out.len ? 0 : r;
	}
	return 0;
}

/* The lines of the first whole bytes of a->out are in the file: so far the chain goes on. */
static struct appended commit(struct append *a, struct str lines, size_t whole,
			      const struct chain *made)
{
	struct appended appended = { 0 };
	struct str rest = lines;
	const char *p = a->out.data;
	size_t left = whole;
	const char *newline;

	while (left && (newline = memchr(p, '\n', left))) {
		appended.bytes += take_line(&rest).len;
		appended.lines++;
		left -= (size_t)(newline + 1 - p);
		p = newline + 1;
	}
	if (whole == a->out.len) {
		a->chain = *made;
	} else {
		rest = lines;
		buf_reset(&a->out);
		for (size_t i = 0; i < appended.lines; i++)
			chain_append(&a->chain, take_line(&rest), &a->out);
	}
	a->records += appended.lines;
	a->begun |= appended.lines > 0;
	return appended;
}

int append_lines(struct append *a, struct str lines, uint64_t max_bytes,
		 struct appended *ret_appended, struct why *ret_why)
{
	struct chain next;
	size_t whole;
	int r;

	*ret_appended = (struct appended){ 0 };
	r = append_ready(a, ret_why);
	if (r < 0)
		return r;
	next = a->chain;
	r = make_records(a, lines, max_bytes, &next);
	if (r < 0 || a->out.len == 0)
		return r < 0 ? say(a, r, ret_why) : 0;
	r = write_out(a, false, &whole);
	*ret_appended = commit(a, lines, whole, &next);
	return r < 0 ? fail(a, r, ret_why) : 0;
}

void append_note_lost(struct append *a, uint64_t lost)
{
	a->lost += lost;
}

uint64_t append_take_missing(struct append *a)
{
	uint64_t missing = a->missing;

	a->missing = 0;
	return missing;
}

int append_sync(struct append *a, struct why *ret_why)
{
	if (a->fd < 0 || !a->dirty)
		return 0;
	if (fdatasync(a->fd) < 0) {
		a->doubt = true;
		return fail(a, -errno, ret_why);
	}
	a->dirty = false;
	return 0;
}

bool append_take_doubt(struct append *a)
{
	bool doubt = a->doubt;

	a->doubt = false;
	return doubt;
}

int append_close(struct append *a, struct why *ret_why)
{
	int r = append_ready(a, ret_why);

	if (r == 0)
		r = append_put_close(a, OWN_END, ret_why);
	if (r == 0 && a->options.sync)
		r = append_sync(a, ret_why);
	return r;
}

int append_new(const struct append_options *options, struct append **ret_append,
	       struct why *ret_why)
{
	struct append *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return why_set(ret_why, -ENOMEM, "out of memory");
	ret_why->text[0] = '\0';
	a->options = *options;
	a->fd = a->dir_fd = -1;
	r = chain_ready();
	if (r < 0)
		why_set(ret_why, r, "the system gives no random numbers");
	if (r == 0)
		r = place_init(&a->place, options->path, options->group, options->group_path,
			       ret_why);
	if (r == 0)
		r = append_open(a, true, ret_why);
	if (r == 0 && options->seal_path)
		r = seal_open(options->seal_path, &a->seal, ret_why);
	if (r == 0 && a->seal)
		r = seal_resume(a->seal, a->fd, &a->chain, ret_why);
	if (r < 0) {
		append_free(a);
		return r;
	}
	*ret_append = a;
	return 0;
}

void append_free(struct append *a)
{
	if (!a)
		return;
	append_drop(a);
	seal_close(a->seal);
	place_done(&a->place);
	buf_done(&a->out);
	buf_done(&a->line);
	buf_done(&a->sealed);
	free(a);
}

int64_t append_begun_ns(const struct append *a)
{
	return a->begun_ns;
}

bool append_group(const struct append *a, gid_t *ret_group)
{
	*ret_group = a->place.group;
	return a->place.has_group;
}

bool append_is_begun(const struct append *a)
{
	return a->begun;
}
