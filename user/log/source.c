// SPDX-License-Identifier: Apache-2.0
/*
 * source.c - one file of a log, plain or compressed, line by line
 *
 * Not gzread(3): it waits until its buffer is full, so that a line in a pipe would wait
 * for others, and it takes what only begins like a member for plain text.
 */
#include "log/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "log/spool.h"

#define PIECE	    ((size_t)128 << 10) /* of one read */
#define GZIP_FIRST  0x1f		/* RFC 1952, 2.3.1 */
#define GZIP_SECOND 0x8b
#define GZIP_WINDOW (MAX_WBITS + 16) /* zlib.h: gzip and nothing else */

enum coding { CODING_UNKNOWN, CODING_PLAIN, CODING_GZIP };

struct log_source {
	int fd;
	bool is_stream;
	off_t begin, offset; /* of a regular file */
	enum coding coding;
	z_stream z;	/* of CODING_GZIP */
	bool in_member; /* a compressed member has begun and not ended */
	bool is_at_end; /* of the file, for now */
	int error;	/* negative errno, for good */
	char *raw;	/* compressed bytes, or the first of a file */
	size_t raw_pos, raw_len;
	char *data; /* lines: those from pos to len are not given out */
	size_t pos, len, cap;
	size_t searched; /* no newline before this */
	bool skipping;	 /* in a line that was too long */
	uint64_t number;
};

int log_source_new(int fd, struct log_source **ret_source)
{
	struct log_source *s = calloc(1, sizeof(*s));
	struct stat st;

	if (!s)
		return -ENOMEM;
	if (fstat(fd, &st) < 0) {
		int r = -errno;

		free(s);
		return r;
	}
	s->fd = fd;
	s->is_stream = !S_ISREG(st.st_mode);
	if (!s->is_stream) {
		/* Standard input may have been read by somebody before us. */
		s->begin = lseek(fd, 0, SEEK_CUR);
		if (s->begin < 0)
			s->begin = 0;
		s->offset = s->begin;
	}
	*ret_source = s;
	return 0;
}

static void free_memory(struct log_source *s)
{
	if (s->coding == CODING_GZIP)
		inflateEnd(&s->z);
	free(s->raw);
	free(s->data);
	s->raw = s->data = NULL;
	s->raw_pos = s->raw_len = 0;
	s->pos = s->len = s->cap = s->searched = 0;
	s->coding = CODING_UNKNOWN;
}

void log_source_free(struct log_source *s)
{
	if (!s)
		return;
	free_memory(s);
	close(s->fd);
	free(s);
}

void log_source_rewind(struct log_source *s)
{
	free_memory(s);
	s->offset = s->begin;
	s->in_member = s->is_at_end = s->skipping = false;
	s->error = 0;
	s->number = 0;
}

bool log_source_has_line(const struct log_source *s)
{
	return s->searched < s->len && memchr(s->data + s->searched, '\n', s->len - s->searched);
}

int log_source_keep(struct log_source *s, bool *ret_reading)
{
	int fd, r;

	if (!s->is_stream)
		return 0;
	r = spool_make(s->fd, &fd, ret_reading);
	if (r < 0)
		return r;
	close(s->fd);
	s->fd = fd;
	s->is_stream = false;
	return 0;
}

bool log_source_is_stream(const struct log_source *s)
{
	return s->is_stream;
}

bool log_source_is_compressed(const struct log_source *s)
{
	return s->coding == CODING_GZIP;
}

int log_source_fd(const struct log_source *s)
{
	return s->fd;
}

uint64_t log_source_offset(const struct log_source *s)
{
	return (uint64_t)s->offset;
}

/* Returns how many bytes there are now, 0 at the end, or a negative errno. */
static ssize_t read_bytes(struct log_source *s, char *to, size_t size)
{
	ssize_t n;

	do {
		n = s->is_stream ? read(s->fd, to, size) : pread(s->fd, to, size, s->offset);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	s->offset += n;
	s->is_at_end = n == 0;
	return n;
}

/* Room for another piece after what is not given out. Returns 0 or -ENOMEM. */
static int make_room(struct log_source *s)
{
	char *data;
	size_t cap;

	if (s->cap - s->len >= PIECE)
		return 0;
	if (s->pos)
		memmove(s->data, s->data + s->pos, s->len - s->pos);
	s->len -= s->pos;
	s->searched -= s->pos;
	s->pos = 0;
	if (s->cap - s->len >= PIECE)
		return 0;
	cap = s->cap ? s->cap * 2 : 2 * PIECE;
	data = realloc(s->data, cap);
	if (!data)
		return -ENOMEM;
	s->data = data;
	s->cap = cap;
	return 0;
}

static int fill_raw(struct log_source *s)
{
	ssize_t n;

	if (s->raw_pos) {
		memmove(s->raw, s->raw + s->raw_pos, s->raw_len - s->raw_pos);
		s->raw_len -= s->raw_pos;
		s->raw_pos = 0;
	}
	n = read_bytes(s, s->raw + s->raw_len, PIECE - s->raw_len);
	if (n < 0)
		return (int)n;
	s->raw_len += (size_t)n;
	return 0;
}

/* By its first two bytes: a name can say anything. */
static int find_coding(struct log_source *s)
{
	int r = 0;

	if (!s->raw)
		s->raw = malloc(PIECE);
	if (!s->raw)
		return -ENOMEM;
	do {
		r = fill_raw(s);
	} while (r == 0 && !s->is_at_end && s->raw_len == 1 &&
		 (unsigned char)s->raw[0] == GZIP_FIRST);
	if (r < 0 || s->raw_len == 0)
		return r;
	if (s->raw_len < 2 || (unsigned char)s->raw[0] != GZIP_FIRST ||
	    (unsigned char)s->raw[1] != GZIP_SECOND) {
		s->coding = CODING_PLAIN;
		return 0;
	}
	s->z = (z_stream){ 0 };
	if (inflateInit2(&s->z, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	s->coding = CODING_GZIP;
	s->in_member = true;
	return 0;
}

/* What was read to find the coding out, then straight from the file. */
static int fill_plain(struct log_source *s)
{
	ssize_t n = (ssize_t)(s->raw_len - s->raw_pos);

	if (n > 0) {
		memcpy(s->data + s->len, s->raw + s->raw_pos, (size_t)n);
		s->raw_pos = s->raw_len;
	} else {
		n = read_bytes(s, s->data + s->len, s->cap - s->len);
	}
	if (n < 0)
		return (int)n;
	s->len += (size_t)n;
	return 0;
}

/* gzip(1): members may follow each other, as after "cat a.gz b.gz". */
static int begin_member(struct log_source *s)
{
	if (inflateReset(&s->z) != Z_OK)
		return -EBADMSG;
	s->in_member = true;
	return 0;
}

static int fill_gzip(struct log_source *s)
{
	int r = 0;

	while (r == 0) {
		if (s->raw_pos == s->raw_len) {
			r = fill_raw(s);
			if (r < 0 || s->is_at_end)
				return r < 0 ? r : (s->in_member ? -ENODATA : 0);
		}
		if (!s->in_member)
			r = begin_member(s);
		if (r < 0)
			return r;
		s->z.next_in = (unsigned char *)s->raw + s->raw_pos;
		s->z.avail_in = (unsigned int)(s->raw_len - s->raw_pos);
		s->z.next_out = (unsigned char *)s->data + s->len;
		s->z.avail_out = (unsigned int)PIECE;
		r = inflate(&s->z, Z_NO_FLUSH);
		s->raw_pos = s->raw_len - s->z.avail_in;
		s->len += PIECE - s->z.avail_out;
		if (r == Z_STREAM_END)
			s->in_member = false;
		else if (r != Z_OK && r != Z_BUF_ERROR)
			return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
		r = s->z.avail_out < PIECE;
	}
	return 0;
}

/* Adds what there is now. Returns 0, with .is_at_end at the end, or a negative errno. */
static int fill(struct log_source *s)
{
	int r = 0;

	if (s->coding == CODING_UNKNOWN)
		r = find_coding(s);
	if (r < 0 || s->coding == CODING_UNKNOWN)
		return r;
	r = make_room(s);
	if (r < 0)
		return r;
	return s->coding == CODING_GZIP ? fill_gzip(s) : fill_plain(s);
}

static void give(struct log_source *s, size_t len, bool torn, struct log_line *ret_line)
{
	*ret_line = (struct log_line){
		.text = str_from(len <= LOG_LINE_MAX ? s->data + s->pos : "",
				 len <= LOG_LINE_MAX ? len : 0),
		.number = ++s->number,
		.too_long = len > LOG_LINE_MAX,
		.torn = torn,
	};
	s->pos += len + !torn;
	s->searched = s->pos;
}

/* A whole line of what is there, or one that is too long. */
static bool take_line(struct log_source *s, struct log_line *ret_line)
{
	while (s->searched < s->len) {
		char *end = memchr(s->data + s->searched, '\n', s->len - s->searched);
		size_t len = (end ? (size_t)(end - s->data) : s->len) - s->pos;

		if (s->skipping) {
			s->pos = s->searched = end ? s->pos + len + 1 : s->len;
			s->skipping = !end;
			continue;
		}
		if (end) {
			give(s, len, false, ret_line);
			return true;
		}
		s->searched = s->len;
		if (len > LOG_LINE_MAX) {
			/* Told at once: it may go on for longer than anybody wants to wait. */
			give(s, len, true, ret_line);
			ret_line->torn = false;
			s->skipping = true;
			return true;
		}
	}
	return false;
}

static int next_line(struct log_source *s, bool grows, struct log_line *ret_line)
{
	int error = s->error;

	while (!take_line(s, ret_line)) {
		if (error == 0) {
			error = fill(s);
			if (error == 0 && !s->is_at_end)
				continue;
			if (error == 0 && take_line(s, ret_line))
				return 1;
		}
		s->error = error;
		/* The lines before what is damaged are good; what is left of one comes last. */
		if (s->pos < s->len && !s->skipping && (!grows || error)) {
			give(s, s->len - s->pos, true, ret_line);
			return 1;
		}
		return error;
	}
	return 1;
}

int log_source_next(struct log_source *s, struct log_line *ret_line)
{
	return next_line(s, false, ret_line);
}

int log_source_follow(struct log_source *s, struct log_line *ret_line)
{
	return next_line(s, s->coding != CODING_GZIP, ret_line);
}
