/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - a byte buffer that grows to a limit
 *
 * Appending never fails at the call: running out of memory or passing the limit
 * sets .failed, keeps what was there before that append, and ignores everything
 * after it, so that a whole record is written and then checked once. The buffer
 * keeps its memory across buf_reset(), so the hot path does not allocate.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

struct buf {
	char *data; /* owned; NULL before the first append */
	size_t len;
	size_t cap;
	size_t limit; /* cap never passes it; 0: BUF_LIMIT_DEFAULT */
	bool failed;
};

#define BUF_LIMIT_DEFAULT ((size_t)64 << 20)

/* An empty buffer is all zero: struct buf b = {}. */
void buf_done(struct buf *b);

static inline void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

/* Makes room for n more bytes. True if there is room now. */
bool buf_reserve(struct buf *b, size_t n);

/*
 * Appends what fd has, up to its end or until there are limit bytes in all. Returns 0, -ENOMEM
 * where there is no room for another step, or what read(2) fails with.
 */
int buf_read(struct buf *b, int fd, size_t limit);
#define BUF_READ_STEP 4096

void buf_put(struct buf *b, const void *p, size_t n);
void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);
void buf_hex(struct buf *b, uint64_t v);			    /* lower case, no prefix */
void buf_u64_padded(struct buf *b, uint64_t v, unsigned int width); /* with leading zeros */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *fmt, ...);

static inline void buf_putc(struct buf *b, char c)
{
	if (b->len < b->cap && !b->failed)
		b->data[b->len++] = c;
	else
		buf_put(b, &c, 1);
}

static inline void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

static inline void buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.len);
}

#define BUF_LITERAL(b, s) buf_put((b), (s), sizeof(s) - 1)

#endif /* BASE_BUF_H */
