// SPDX-License-Identifier: Apache-2.0
/*
 * mountinfo.c - /proc/<pid>/mountinfo
 */
#include "procfs/mountinfo.h"

#include <errno.h>

#include "procfs/scan.h"

static bool is_octal(struct str s, size_t at)
{
	return s.len - at >= 4 && s.p[at] == '\\' && s.p[at + 1] >= '0' && s.p[at + 1] <= '3' &&
	       s.p[at + 2] >= '0' && s.p[at + 2] <= '7' && s.p[at + 3] >= '0' && s.p[at + 3] <= '7';
}

struct str proc_mount_unescape(struct buf *text, struct str s)
{
	size_t start = text->len;

	for (size_t i = 0; i < s.len; i++) {
		if (is_octal(s, i)) {
			buf_putc(text, (char)((s.p[i + 1] - '0') << 6 | (s.p[i + 2] - '0') << 3 |
					      (s.p[i + 3] - '0')));
			i += 3;
		} else {
			buf_putc(text, s.p[i]);
		}
	}
	/* Before the first append there is no data to be pointed into. */
	if (text->failed || text->len == start)
		return str_from(NULL, 0);
	return str_from(text->data + start, text->len - start);
}

/* "shared:3": 0, or -EBADMSG if the word is that but for the number. */
static int take_group(struct str word, const char *key, uint32_t *ret_group)
{
	struct str left, right;

	if (!scan_pair(word, ':', &left, &right) || !str_eq(left, str_of(key)))
		return 0;
	return scan_u32(right, ret_group) ? 0 : -EBADMSG;
}

/* What stands up to the "-": words that are not known are for later kernels. */
static int parse_optional(struct str *rest, struct proc_mount *m)
{
	for (;;) {
		struct str word = scan_word(rest);

		if (word.len == 0)
			return -EBADMSG;
		if (str_eq(word, STR_LITERAL("-")))
			return 0;
		if (str_eq(word, STR_LITERAL("unbindable")))
			m->unbindable = true;
		if (take_group(word, "shared", &m->shared) ||
		    take_group(word, "master", &m->master) ||
		    take_group(word, "propagate_from", &m->propagate_from))
			return -EBADMSG;
	}
}

int parse_mount(struct str line, struct buf *text, struct proc_mount *ret_mount)
{
	struct proc_mount m = { 0 };
	struct str major, minor, source;

	/* Nothing gets longer, so that it does not move once there is room. */
	buf_reset(text);
	if (!buf_reserve(text, line.len + 1))
		return -ENOMEM;
	if (!scan_u32(scan_word(&line), &m.id) || !scan_u32(scan_word(&line), &m.parent_id) ||
	    !scan_pair(scan_word(&line), ':', &major, &minor) || !scan_u32(major, &m.dev_major) ||
	    !scan_u32(minor, &m.dev_minor))
		return -EBADMSG;
	m.root = proc_mount_unescape(text, scan_word(&line));
	m.point = proc_mount_unescape(text, scan_word(&line));
	m.options = scan_word(&line);
	if (m.root.len == 0 || m.point.len == 0 || m.options.len == 0 || parse_optional(&line, &m))
		return -EBADMSG;
	/* A file system that was given an empty source writes nothing between two blanks. */
	m.type = scan_word(&line);
	if (m.type.len == 0 || line.len < 2)
		return -EBADMSG;
	line = str_from(line.p + 1, line.len - 1);
	if (!scan_pair(line, ' ', &source, &line))
		return -EBADMSG;
	m.source = proc_mount_unescape(text, source);
	m.super_options = line;
	*ret_mount = m;
	return 0;
}

bool proc_mount_next_option(struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str option;

	if (rest->len == 0)
		return false;
	if (!scan_pair(*rest, ',', &option, rest)) {
		option = *rest;
		*rest = str_from(NULL, 0);
	}
	if (!scan_pair(option, '=', ret_name, ret_value)) {
		*ret_name = option;
		*ret_value = str_from(NULL, 0);
	}
	return true;
}

bool proc_overlay_next_layer(struct str *rest, struct buf *text, struct str *ret_path)
{
	size_t start = text->len, n = 0;

	/* Two colons stand before a layer that has data only. */
	while (rest->len && rest->p[0] == ':')
		*rest = str_from(rest->p + 1, rest->len - 1);
	if (rest->len == 0)
		return false;
	while (n < rest->len && rest->p[n] != ':') {
		n += rest->p[n] == '\\' && rest->len - n > 1;
		buf_putc(text, rest->p[n++]);
	}
	*rest = str_from(rest->p + n, rest->len - n);
	if (text->failed)
		return false;
	*ret_path = str_from(text->data + start, text->len - start);
	return true;
}
