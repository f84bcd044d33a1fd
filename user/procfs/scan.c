// SPDX-License-Identifier: Apache-2.0
/*
 * scan.c - the pieces of a /proc file: lines, words, numbers
 */
#include "procfs/scan.h"

#include <errno.h>

/* Nothing is added to a pointer that may be NULL, not even 0. */
static struct str skip(struct str s, size_t n)
{
	return n == 0 ? s : str_from(s.p + n, s.len - n);
}

struct str scan_line(struct str *rest)
{
	struct str line = *rest;

	if (scan_whole_line(rest, &line))
		return line;
	*rest = skip(*rest, rest->len);
	return line;
}

bool scan_whole_line(struct str *rest, struct str *ret_line)
{
	const char *end = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;

	if (!end)
		return false;
	*ret_line = str_from(rest->p, (size_t)(end - rest->p));
	*rest = skip(*rest, ret_line->len + 1);
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str scan_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (n < rest->len && is_blank(rest->p[n]))
		n++;
	*rest = skip(*rest, n);
	n = 0;
	while (n < rest->len && !is_blank(rest->p[n]))
		n++;
	word = str_from(rest->p, n);
	*rest = skip(*rest, n);
	return word;
}

struct str scan_trim(struct str s)
{
	while (s.len && (is_blank(s.p[s.len - 1]) || s.p[s.len - 1] == '\n'))
		s.len--;
	while (s.len && (is_blank(s.p[0]) || s.p[0] == '\n'))
		s = skip(s, 1);
	return s;
}

bool scan_u64(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*ret = v;
	return true;
}

bool scan_u32(struct str s, uint32_t *ret)
{
	uint64_t v;

	if (!scan_u64(s, &v) || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool scan_i64(struct str s, int64_t *ret)
{
	bool negative = s.len && s.p[0] == '-';
	uint64_t v;

	if (!scan_u64(negative ? skip(s, 1) : s, &v))
		return false;
	if (v > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = (int64_t)(negative ? -v : v);
	return true;
}

bool scan_hex(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = v;
	return true;
}

bool scan_hex32(struct str s, uint32_t *ret)
{
	uint32_t v = 0;

	if (s.len == 0 || s.len > 8)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			v = v << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	*ret = v;
	return true;
}

bool scan_octal(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '7' || v >> 61)
			return false;
		v = v << 3 | (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

bool scan_kib(struct str s, uint64_t *ret_bytes)
{
	struct str number = scan_word(&s);
	uint64_t kib;

	return scan_u64(number, &kib) && str_eq(scan_trim(s), STR_LITERAL("kB")) &&
	       !__builtin_mul_overflow(kib, 1024, ret_bytes);
}

bool scan_pair(struct str s, char between, struct str *ret_left, struct str *ret_right)
{
	const char *at = s.len ? memchr(s.p, between, s.len) : NULL;

	if (!at)
		return false;
	*ret_left = str_from(s.p, (size_t)(at - s.p));
	*ret_right = skip(s, ret_left->len + 1);
	return true;
}

int64_t scan_u32_list(struct str line, uint32_t *ret, size_t cap)
{
	size_t n = 0;

	for (;;) {
		struct str word = scan_word(&line);
		uint32_t v;

		if (word.len == 0)
			return (int64_t)n;
		if (!scan_u32(word, &v))
			return -EBADMSG;
		if (n < cap)
			ret[n] = v;
		n++;
	}
}
