// SPDX-License-Identifier: Apache-2.0
/*
 * tail.c - how far a log got that is gone on with
 */
#include "log/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "log/source.h"

#define WINDOW_FIRST ((size_t)64 << 10)
#define WINDOW_MAX   ((size_t)64 << 20) /* a fragment is no longer than that */
/* How every line that a version of ours wrote begins. */
#define BEGINNING    "{\"@timestamp\":\""

_Static_assert(FRAGMENT_HASH_BYTES == crypto_generichash_BYTES, "it is BLAKE2b-256");

static bool is_ours(struct str line)
{
	const size_t len = sizeof(BEGINNING) - 1;

	return line.len >= len ? !memcmp(line.p, BEGINNING, len) :
				 !memcmp(line.p, BEGINNING, line.len);
}

/* The time that a line begins with; 0: none. */
static int64_t time_of(struct str line)
{
	const size_t at = sizeof(BEGINNING) - 1;
	int64_t wall_ns;

	if (line.len < at + TIMEFMT_UTC_LEN || !is_ours(line) ||
	    !timefmt_parse_utc(str_from(line.p + at, TIMEFMT_UTC_LEN), &wall_ns))
		return 0;
	return wall_ns;
}

/*
 * Whether a record is a log-close. These words are in no string, where quotes are escaped,
 * and the only keys that somebody else chose, labels, have no objects.
 */
static bool ends_with_close(struct str body)
{
	const struct str words = STR_LITERAL("\"log_close\":{");

	return body.len && memmem(body.p, body.len, words.p, words.len);
}

/* Takes the last line, with its newline, off text. False: there is none. */
static bool take_last_line(struct str *text, struct str *ret_line)
{
	const char *end = text->len ? memrchr(text->p, '\n', text->len) : NULL;
	const char *before;

	if (!end)
		return false;
	before = memrchr(text->p, '\n', (size_t)(end - text->p));
	*ret_line = str_from(before ? before + 1 : text->p,
			     (size_t)(end - (before ? before + 1 : text->p)));
	text->len = (size_t)(ret_line->p - text->p);
	return true;
}

/*
 * Notes the record that a line is. False: it is none. After a power failure blocks may be
 * there whose neighbours are not, filled with NULs.
 */
static bool take_record(struct str line, struct tail *t)
{
	struct chain_parts parts;

	if (line.len > LOG_LINE_MAX || !is_ours(line) || memchr(line.p, '\0', line.len) ||
	    !chain_split(line, &parts))
		return false;
	t->chain.seq = parts.seq;
	memcpy(t->chain.head, parts.chain, CHAIN_BYTES);
	t->wall_ns = time_of(line);
	t->closed = ends_with_close(parts.body);
	return true;
}

/* Looks for the last one in the last bytes of a file. *ret_end: where in text it ends. */
static bool find_record(struct str text, struct tail *t, size_t *ret_end)
{
	struct str line;

	while (take_last_line(&text, &line)) {
		if (!take_record(line, t))
			continue;
		*ret_end = (size_t)(line.p + line.len + 1 - text.p);
		return true;
	}
	return false;
}

static void set_fragment(struct fragment *f, const char *data, size_t len)
{
	f->bytes = len;
	crypto_generichash(f->hash, sizeof(f->hash), (const unsigned char *)data, len, NULL, 0);
}

/*
 * Judges the last bytes of a file; whole: they are all of it. Returns 0, -EBADMSG, or
 * -EAGAIN: more of the file is needed.
 */
static int judge(struct str text, bool whole, struct tail *t)
{
	struct str line = text, rest = text;
	size_t end = 0;

	if (find_record(text, t, &end)) {
		set_fragment(&t->fragment, text.p + end, text.len - end);
		return 0;
	}
	if (!whole)
		return -EAGAIN;
	if (text.len && !is_ours(text))
		return -EBADMSG;
	/* The first record may have been torn; more than that is a version's without a chain. */
	t->unchained = take_last_line(&rest, &line);
	if (t->unchained)
		t->wall_ns = time_of(line);
	else
		set_fragment(&t->fragment, text.p, text.len);
	return 0;
}

static int read_at(int fd, char *data, size_t len, off_t at)
{
	while (len) {
		ssize_t n = pread(fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO; /* it got shorter meanwhile */
		data += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

static int read_first_time(int fd, off_t size, struct tail *t)
{
	char first[sizeof(BEGINNING) - 1 + TIMEFMT_UTC_LEN];

	if (size < (off_t)sizeof(first))
		return 0;
	t->first_wall_ns = 0;
	if (read_at(fd, first, sizeof(first), 0) == 0)
		t->first_wall_ns = time_of(str_from(first, sizeof(first)));
	return 0;
}

int tail_read(int fd, struct tail *ret_tail)
{
	_cleanup_free_ char *window = NULL;
	struct tail t = { 0 };
	size_t want = WINDOW_FIRST;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	read_first_time(fd, st.st_size, &t);
	do {
		size_t len = (uint64_t)st.st_size < want ? (size_t)st.st_size : want;
		char *larger = realloc(window, len + 1);

		if (!larger)
			return -ENOMEM;
		window = larger;
		r = read_at(fd, window, len, st.st_size - (off_t)len);
		if (r == 0)
			r = judge(str_from(window, len), len == (size_t)st.st_size, &t);
		want *= 4;
	} while (r == -EAGAIN && want <= WINDOW_MAX);
	if (r == 0)
		*ret_tail = t;
	return r == -EAGAIN ? -EBADMSG : r;
}

static void log_source_freep(struct log_source **source)
{
	log_source_free(*source);
}

/* From its beginning: what is compressed has no other way. */
int tail_read_closed(int dir_fd, const char *name, struct tail *ret_tail)
{
	_cleanup_(log_source_freep) struct log_source *source = NULL;
	_cleanup_close_ int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct tail t = { 0 };
	struct log_line line;
	int r;

	if (fd < 0)
		return -errno;
	r = log_source_new(fd, &source);
	if (r < 0)
		return r;
	take_fd(&fd);
	while ((r = log_source_next(source, &line)) == 1)
		take_record(line.text, &t);
	/* One that is damaged is known up to there. */
	if (r < 0 && (!t.chain.seq || !log_source_is_damaged(r)))
		return r;
	*ret_tail = t;
	return 0;
}
