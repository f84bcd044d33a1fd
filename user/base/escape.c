// SPDX-License-Identifier: Apache-2.0
/*
 * escape.c - text from processes made safe for a terminal
 */
#include "base/escape.h"

#include <stdint.h>

size_t utf8_decode(const char *p, size_t len, unsigned int *ret_code_point)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned int c, min;
	size_t n;

	if (len == 0)
		return 0;
	c = u[0];
	if (c < 0x80) {
		*ret_code_point = c;
		return 1;
	} else if (c >= 0xc2 && c <= 0xdf) {
		n = 2;
		min = 0x80;
		c &= 0x1f;
	} else if (c >= 0xe0 && c <= 0xef) {
		n = 3;
		min = 0x800;
		c &= 0x0f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		n = 4;
		min = 0x10000;
		c &= 0x07;
	} else {
		return 0;
	}
	if (len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_code_point = c;
	return n;
}

bool utf8_is_valid(struct str s)
{
	unsigned int code_point;

	for (size_t i = 0, n; i < s.len; i += n) {
		n = utf8_decode(s.p + i, s.len - i, &code_point);
		if (n == 0)
			return false;
	}
	return true;
}

bool escape_is_control(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
	       (c >= 0x200b && c <= 0x200f) || /* zero width, direction marks */
	       (c >= 0x2028 && c <= 0x202e) || /* separators, embeddings, overrides */
	       (c >= 0x2060 && c <= 0x206f) || /* isolates and other invisible ones */
	       c == 0xfeff || c == 0x061c || (c >= 0xe0000 && c <= 0xe007f);
}

static void put_hex_byte(struct buf *b, unsigned int byte)
{
	static const char digits[] = "0123456789abcdef";
	char out[4] = { '\\', 'x', digits[byte >> 4 & 15], digits[byte & 15] };

	buf_put(b, out, sizeof(out));
}

void escape_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		unsigned int c = 0;
		size_t n = utf8_decode(s.p + i, s.len - i, &c);

		if (n == 0) {
			put_hex_byte(b, (unsigned char)s.p[i]);
			n = 1;
		} else if (c == '\n') {
			BUF_LITERAL(b, "\\n");
		} else if (c == '\t') {
			BUF_LITERAL(b, "\\t");
		} else if (c == '\\') {
			BUF_LITERAL(b, "\\\\");
		} else if (c < 0x80 && escape_is_control(c)) {
			put_hex_byte(b, c);
		} else if (escape_is_control(c)) {
			BUF_LITERAL(b, "\\u{");
			buf_hex(b, c);
			buf_putc(b, '}');
		} else {
			buf_put(b, s.p + i, n);
		}
		i += n;
	}
}

/* A table, because every argument of every program passes here. */
static bool is_bare(char c)
{
	static const bool bare[256] = {
		['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['%'] = true,
		['+'] = true,	      [','] = true,	    ['-'] = true,	  ['.'] = true,
		['/'] = true,	      [':'] = true,	    ['='] = true,	  ['@'] = true,
		['_'] = true,
	};

	return bare[(unsigned char)c];
}

enum quoting { QUOTE_NONE, QUOTE_SINGLE, QUOTE_ANSI };

static enum quoting quoting_for(struct str s)
{
	enum quoting q = s.len ? QUOTE_NONE : QUOTE_SINGLE;
	size_t bare = 0;

	while (bare < s.len && is_bare(s.p[bare]))
		bare++;
	/* A word like '=cmd' or '%1' means something to zsh and to job control. */
	if (bare && (s.p[0] == '=' || s.p[0] == '%'))
		q = QUOTE_SINGLE;
	for (size_t i = bare; i < s.len;) {
		unsigned int c = 0;
		size_t n;

		if (is_bare(s.p[i])) {
			i++;
			continue;
		}
		n = utf8_decode(s.p + i, s.len - i, &c);
		if (n == 0 || escape_is_control(c))
			return QUOTE_ANSI;
		q = QUOTE_SINGLE;
		i += n;
	}
	return q;
}

static void put_single_quoted(struct buf *b, struct str s)
{
	buf_putc(b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\'')
			BUF_LITERAL(b, "'\\''");
		else
			buf_putc(b, s.p[i]);
	}
	buf_putc(b, '\'');
}

/* $'…': octal escapes, because \xhh would swallow hexadecimal digits that follow in zsh. */
static void put_ansi_quoted(struct buf *b, struct str s)
{
	BUF_LITERAL(b, "$'");
	for (size_t i = 0; i < s.len;) {
		unsigned int c = 0;
		size_t n = utf8_decode(s.p + i, s.len - i, &c);
		size_t escaped = n == 0 ? 1 : escape_is_control(c) ? n : 0;

		if (c == '\n' && n) {
			BUF_LITERAL(b, "\\n");
		} else if (c == '\t' && n) {
			BUF_LITERAL(b, "\\t");
		} else if (escaped) {
			for (size_t k = 0; k < escaped; k++) {
				unsigned int byte = (unsigned char)s.p[i + k];
				char out[4] = { '\\', (char)('0' + (byte >> 6)),
						(char)('0' + (byte >> 3 & 7)),
						(char)('0' + (byte & 7)) };

				buf_put(b, out, sizeof(out));
			}
		} else if (c == '\'' || c == '\\') {
			buf_putc(b, '\\');
			buf_putc(b, (char)c);
		} else {
			buf_put(b, s.p + i, n);
		}
		i += n ? n : 1;
	}
	buf_putc(b, '\'');
}

bool escape_shell(struct buf *b, struct str s)
{
	enum quoting quoting = quoting_for(s);

	switch (quoting) {
	case QUOTE_NONE:
		buf_str(b, s);
		break;
	case QUOTE_SINGLE:
		put_single_quoted(b, s);
		break;
	case QUOTE_ANSI:
		put_ansi_quoted(b, s);
		break;
	}
	return quoting != QUOTE_NONE;
}

bool escape_shell_args(struct buf *b, struct str args)
{
	bool quoted = false;

	for (size_t i = 0; i < args.len;) {
		size_t len = strnlen(args.p + i, args.len - i);

		if (i)
			buf_putc(b, ' ');
		quoted |= escape_shell(b, str_from(args.p + i, len));
		i += len + 1;
	}
	return quoted;
}
