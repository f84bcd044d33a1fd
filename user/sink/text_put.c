// SPDX-License-Identifier: Apache-2.0
/*
 * text_put.c - text from processes for a terminal of either kind
 */
#include "sink/text_put.h"

#include <wchar.h>

#include "base/escape.h"
#include "event/names.h"

#define SHORT_ID_LEN 12

static size_t ascii_prefix(struct str s)
{
	size_t n = 0;

	while (n < s.len && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

void text_plain(const struct text_put *t, struct str s)
{
	if (!t->ascii) {
		escape_text(t->out, s);
		return;
	}
	while (s.len) {
		size_t n = ascii_prefix(s);
		unsigned int c;

		escape_text(t->out, str_from(s.p, n));
		s = str_from(s.p + n, s.len - n);
		if (s.len == 0)
			break;
		n = utf8_decode(s.p, s.len, &c);
		if (n) {
			BUF_LITERAL(t->out, "\\u{");
			buf_hex(t->out, c);
			buf_putc(t->out, '}');
		} else {
			n = 1;
			escape_text(t->out, str_from(s.p, n));
		}
		s = str_from(s.p + n, s.len - n);
	}
}

void text_token(const struct text_put *t, struct str s)
{
	while (s.len) {
		const char *space = memchr(s.p, ' ', s.len);
		size_t n = space ? (size_t)(space - s.p) : s.len;

		text_plain(t, str_from(s.p, n));
		if (space) {
			BUF_LITERAL(t->out, "\\x20");
			n++;
		}
		s = str_from(s.p + n, s.len - n);
	}
}

/* $'…' with every byte that is not printable ASCII in octal. */
static void put_ascii_shell(struct buf *out, struct str s)
{
	BUF_LITERAL(out, "$'");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\'' || c == '\\') {
			buf_putc(out, '\\');
			buf_putc(out, (char)c);
		} else if (c < 0x20 || c >= 0x7f) {
			buf_putc(out, '\\');
			buf_putc(out, (char)('0' + (c >> 6)));
			buf_putc(out, (char)('0' + (c >> 3 & 7)));
			buf_putc(out, (char)('0' + (c & 7)));
		} else {
			buf_putc(out, (char)c);
		}
	}
	buf_putc(out, '\'');
}

void text_shell_word(const struct text_put *t, struct str s)
{
	if (t->ascii && ascii_prefix(s) < s.len)
		put_ascii_shell(t->out, s);
	else
		escape_shell(t->out, s);
}

void text_shell_args(const struct text_put *t, struct str args)
{
	for (size_t at = 0; at < args.len;) {
		struct str word = str_of_array(args.p + at, args.len - at);

		if (at)
			buf_putc(t->out, ' ');
		text_shell_word(t, word);
		at += word.len + 1;
	}
}

void text_ref(const struct text_put *t, const struct event_ref *ref)
{
	if (ref->name.len)
		text_plain(t, ref->name);
	if (ref->pid) {
		buf_putc(t->out, '[');
		buf_u64(t->out, ref->pid);
		buf_putc(t->out, ']');
	} else if (!ref->name.len) {
		buf_putc(t->out, '?');
	}
}

struct str text_short_id(struct str id)
{
	if (id.len <= SHORT_ID_LEN)
		return id;
	for (size_t i = 0; i < SHORT_ID_LEN; i++) {
		char c = id.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return id;
	}
	return str_from(id.p, SHORT_ID_LEN);
}

void text_isolated(const struct text_put *t, const struct event_isolated *group)
{
	buf_putc(t->out, '(');
	if (group->container) {
		text_container(t, group->container);
	} else if (group->name.len) {
		text_token(t, group->name);
		if (group->maker.pid) {
			buf_putc(t->out, '[');
			buf_u64(t->out, group->maker.pid);
			buf_putc(t->out, ']');
		}
	} else {
		buf_puts(t->out, ns_name(group->type));
		buf_putc(t->out, ':');
		buf_u64(t->out, group->ns);
	}
	buf_putc(t->out, ')');
}

void text_container(const struct text_put *t, const struct container_info *c)
{
	text_token(t, c->name.len ? c->name : text_short_id(c->id));
	if (c->unconfirmed || (!c->name.len && !c->id.len))
		buf_putc(t->out, '?');
}

void text_image(const struct text_put *t, const struct container_info *c)
{
	struct str image = c->image.len ? c->image : c->image_id;

	text_token(t, image);
	if (c->image_tag.len) {
		buf_putc(t->out, ':');
		text_token(t, c->image_tag);
	}
}

void text_pod(const struct text_put *t, const struct container_info *c)
{
	if (c->pod_namespace.len) {
		text_token(t, c->pod_namespace);
		buf_putc(t->out, '/');
	}
	text_token(t, c->pod_name);
}

void text_ns_list(const struct text_put *t, uint32_t ns_bits)
{
	bool first = true;

	for (int i = 0; i < PTC_NS_COUNT; i++) {
		if (!(ns_bits & 1u << i))
			continue;
		if (!first)
			buf_putc(t->out, ',');
		buf_puts(t->out, ns_name((enum ptc_ns)i));
		first = false;
	}
}

/* Columns of the character at s, which is not empty; its length in *ret_len. */
static unsigned int char_width(struct str s, size_t *ret_len)
{
	unsigned int c = 0;
	size_t n = utf8_decode(s.p, s.len, &c);
	int width;

	*ret_len = n ? n : 1;
	if (n <= 1)
		return 1;
	width = wcwidth((wchar_t)c);
	return width >= 0 ? (unsigned int)width : 1;
}

unsigned int text_width(struct str s)
{
	unsigned int width = 0;
	size_t n;

	for (size_t i = 0; i < s.len; i += n)
		width += char_width(str_from(s.p + i, s.len - i), &n);
	return width;
}

size_t text_fitting(struct str s, unsigned int width)
{
	unsigned int used = 0;
	size_t i = 0, n;

	for (; i < s.len; i += n) {
		used += char_width(str_from(s.p + i, s.len - i), &n);
		if (used > width)
			break;
	}
	return i;
}
