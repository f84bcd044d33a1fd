// SPDX-License-Identifier: Apache-2.0
/*
 * row.c - what the value of an option becomes
 */
#include "cli/row.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/units.h"
#include "base/when.h"
#include "inspect/section.h"

#define SIZE_LEAST 4096 /* of a file: room for its first and last record, and some */

__attribute__((format(printf, 2, 3))) static int bad(char **ret_error, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(ret_error, fmt, ap);
	va_end(ap);
	if (n < 0) {
		*ret_error = NULL;
		return -ENOMEM;
	}
	return -EINVAL;
}

static int set_word(int *ret_word, const struct row *row, const char *value, char **ret_error)
{
	struct buf list = {};
	int r;

	for (int i = 0; row->words[i]; i++) {
		if (!strcmp(row->words[i], value)) {
			*ret_word = i;
			buf_done(&list);
			return 0;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", row->words[i]);
	}
	buf_putc(&list, '\0');
	r = list.failed ? -ENOMEM : bad(ret_error, "'%s' is none of %s", value, list.data);
	buf_done(&list);
	return r;
}

static int set_time(uint64_t *ret_ns, const char *value, char **ret_error)
{
	uint64_t ns;
	int r = parse_duration(value, &ns);

	if (r == -ERANGE)
		return bad(ret_error, "'%s' is too long a time", value);
	if (r < 0)
		return bad(ret_error,
			   "'%s' is no time: use a number and a unit, as 500ms, 1s, 5m, "
			   "2h or 1d",
			   value);
	if (ns == 0)
		return bad(ret_error, "'%s' is no time at all: use more than 0", value);
	*ret_ns = ns;
	return 0;
}

static int set_when(struct when *ret_when, const char *value, char **ret_error)
{
	struct when when = { .is_set = true };
	int64_t now_ns = (int64_t)clock_boot_ns() + clock_wall_offset_ns();
	int r = when_parse(value, now_ns, &when.wall_ns);

	if (r == -ERANGE)
		return bad(ret_error, "'%s' is too far away", value);
	if (r < 0)
		return bad(ret_error,
			   "'%s' is no moment: use '2026-11-29 08:00:00', 08:00, today, "
			   "yesterday, now, -5m or '5m ago'",
			   value);
	*ret_when = when;
	return 0;
}

static int set_number(uint64_t *ret_number, const char *value, char **ret_error)
{
	uint64_t number;

	if (parse_number(value, UINT64_MAX, &number) < 0 || number == 0)
		return bad(ret_error, "'%s' is no number from 1 on", value);
	*ret_number = number;
	return 0;
}

static int bad_size(const char *value, char **ret_error)
{
	return bad(ret_error,
		   "'%s' is no size: use a number of bytes, or one with K, M or "
		   "G, as 8M",
		   value);
}

static int set_size(uint64_t *ret_bytes, const char *value, char **ret_error)
{
	uint64_t bytes;
	int r = parse_bytes(value, &bytes);

	if (r == -ERANGE)
		return bad(ret_error, "'%s' is too large", value);
	if (r < 0)
		return bad_size(value, ret_error);
	if (bytes < SIZE_LEAST)
		return bad(ret_error, "'%s' is too small: use 4K or more", value);
	*ret_bytes = bytes;
	return 0;
}

/* The kernel takes a power of two only (BPF_MAP_TYPE_RINGBUF). */
static int set_buffer(uint64_t *ret_bytes, const char *value, char **ret_error)
{
	uint64_t bytes, power = BUFFER_MIN;
	int r = parse_bytes(value, &bytes);

	if (r == -EINVAL)
		return bad_size(value, ret_error);
	if (r < 0 || bytes < BUFFER_MIN || bytes > BUFFER_MAX)
		return bad(ret_error, "'%s' is out of range: use 512K to 1G", value);
	while (power < bytes)
		power *= 2;
	*ret_bytes = power;
	return 0;
}

/* "500", "500/1s": as often as that in a time, by itself in a second. */
static int set_rate(struct rate *ret_rate, const char *value, char **ret_error)
{
	struct rate rate = { .window_ns = NSEC_PER_SEC };
	const char *slash = strchr(value, '/');
	char *number = slash ? strndup(value, (size_t)(slash - value)) : strdup(value);
	int r;

	if (!number)
		return -ENOMEM;
	r = set_number(&rate.records, number, ret_error);
	free(number);
	if (r == 0 && slash)
		r = set_time(&rate.window_ns, slash + 1, ret_error);
	if (r == 0)
		*ret_rate = rate;
	return r;
}

static int add_globs(struct globs *ret_globs, const char *value, char **ret_error)
{
	int r = globs_add(ret_globs, value);

	return r == -EINVAL ? bad(ret_error, "'%s' has an empty name in it", value) : r;
}

static int set_columns(struct columns *ret_columns, enum columns_use use, const char *value,
		       char **ret_error)
{
	struct str word = {};

	if (columns_parse(value, use, ret_columns, &word) == 0)
		return 0;
	if (word.len == 0)
		return bad(ret_error, "'%s' has an empty name in it", value);
	return bad(ret_error, "'%.*s' is no column: 'proctrace --columns help' lists them",
		   (int)word.len, word.p);
}

static int set_sections(uint32_t *ret_sections, const char *value, char **ret_error)
{
	struct str word = {};

	if (sections_parse(value, ret_sections, &word) == 0)
		return 0;
	if (word.len == 0)
		return bad(ret_error, "'%s' has an empty name in it", value);
	return bad(ret_error, "'%.*s' is no section: 'proctrace inspect --section help' lists them",
		   (int)word.len, word.p);
}

int row_set(struct options *options, const struct row *row, const char *value, char **ret_error)
{
	void *to = (char *)options + row->offset;

	switch (row->type) {
	case ROW_SWITCH:
		*(bool *)to = true;
		return 0;
	case ROW_TEXT:
		if (*value == '\0')
			return bad(ret_error, "the name is empty");
		*(const char **)to = value;
		return 0;
	case ROW_WORD:
		return set_word(to, row, value, ret_error);
	case ROW_TIME:
		return set_time(to, value, ret_error);
	case ROW_WHEN:
		return set_when(to, value, ret_error);
	case ROW_NUMBER:
		return set_number(to, value, ret_error);
	case ROW_SIZE:
		return set_size(to, value, ret_error);
	case ROW_RATE:
		return set_rate(to, value, ret_error);
	case ROW_BUFFER:
		return set_buffer(to, value, ret_error);
	case ROW_FILTER:
		return filter_add(options->filter, row->filter_key, value, ret_error);
	case ROW_GLOBS:
		return add_globs(to, value, ret_error);
	case ROW_COLUMNS:
		return set_columns(to, options_columns_use(options), value, ret_error);
	case ROW_SECTIONS:
		return set_sections(to, value, ret_error);
	case ROW_TARGET:
	case ROW_HELP:
	case ROW_VERSION:
		return 0;
	}
	return 0;
}
