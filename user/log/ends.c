// SPDX-License-Identifier: Apache-2.0
/*
 * ends.c - taking apart the end of a stored line, from its last byte on
 */
#include "log/ends.h"

#include <string.h>

#define DIGITS_MAX 20 /* of 64 bits */

bool ends_cut(struct str *line, struct str text)
{
	if (line->len < text.len || memcmp(line->p + line->len - text.len, text.p, text.len) != 0)
		return false;
	line->len -= text.len;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1; /* upper case too: a record is written in one way only */
}

bool ends_cut_hex(struct str *line, unsigned char *ret_bytes, size_t len)
{
	const char *p;

	if (line->len < 2 * len)
		return false;
	p = line->p + line->len - 2 * len;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(p[2 * i]), low = hex_digit(p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret_bytes[i] = (unsigned char)(high << 4 | low);
	}
	line->len -= 2 * len;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool ends_cut_number(struct str *line, uint64_t *ret_number)
{
	uint64_t v = 0;
	size_t len = 0;
	const char *p;

	while (len < line->len && len <= DIGITS_MAX && is_digit(line->p[line->len - len - 1]))
		len++;
	if (len == 0 || len > DIGITS_MAX)
		return false;
	p = line->p + line->len - len;
	if (len > 1 && p[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(p[i] - '0'), &v))
			return false;
	}
	line->len -= len;
	*ret_number = v;
	return true;
}
