// SPDX-License-Identifier: Apache-2.0
/*
 * buf.c - a byte buffer that grows to a limit
 */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_CAP 4096

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .limit = b->limit };
}

bool buf_reserve(struct buf *b, size_t n)
{
	size_t limit = b->limit ? b->limit : BUF_LIMIT_DEFAULT;
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	char *data;

	if (b->failed)
		return false;
	if (b->cap - b->len >= n)
		return true;
	if (n > limit || b->len > limit - n) {
		b->failed = true;
		return false;
	}
	while (cap - b->len < n)
		cap *= 2;
	if (cap > limit)
		cap = limit;
	data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

int buf_read(struct buf *b, int fd, size_t limit)
{
	while (b->len < limit) {
		ssize_t n;

		if (!buf_reserve(b, BUF_READ_STEP))
			return -ENOMEM;
		n = read(fd, b->data + b->len, b->cap - b->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		b->len += (size_t)n;
	}
	return 0;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->data + b->len, p, n);
	b->len += n;
}

/* Writes v so that it ends before end; returns where it starts. */
static char *digits_before(char *end, uint64_t v)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return end;
}

void buf_u64(struct buf *b, uint64_t v)
{
	char tmp[20];
	char *end = tmp + sizeof(tmp);
	char *start = digits_before(end, v);

	buf_put(b, start, (size_t)(end - start));
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	buf_u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void buf_u64_padded(struct buf *b, uint64_t v, unsigned int width)
{
	char tmp[20];
	char *end = tmp + sizeof(tmp);
	char *start = digits_before(end, v);

	while (start > tmp && (size_t)(end - start) < width)
		*--start = '0';
	buf_put(b, start, (size_t)(end - start));
}

void buf_hex(struct buf *b, uint64_t v)
{
	char tmp[16];
	char *end = tmp + sizeof(tmp);
	char *start = end;

	do {
		*--start = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	buf_put(b, start, (size_t)(end - start));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	/* vsnprintf() ends its output with a NUL, which does not count as ours. */
	if (n < 0 || !buf_reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}
