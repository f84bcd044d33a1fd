/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_line.h - one event as one line, for the tests of the text sink
 */
#ifndef TESTS_TEXT_LINE_H
#define TESTS_TEXT_LINE_H

/* After the headers that cmocka.h wants. */
#include <cmocka.h>

#include "sink/text.h"

/* The line of one event, without time, in memory of this function. */
static inline const char *line_of(const struct text_options *options, const struct event *e)
{
	static struct buf b;
	struct text_sink *sink;

	assert_int_equal(text_new(options, &sink), 0);
	buf_reset(&b);
	text_emit(sink, e, &b);
	text_free(sink);
	assert_false(b.failed);
	assert_int_equal(b.data[b.len - 1], '\n');
	b.data[b.len - 1] = '\0';
	return b.data;
}

static inline struct text_options only(const char *columns)
{
	struct text_options options = { .time_form = TIME_FORM_NONE };
	struct str bad;

	assert_int_equal(columns_parse(columns, COLUMNS_TIMELINE, &options.columns, &bad), 0);
	return options;
}

#endif /* TESTS_TEXT_LINE_H */
