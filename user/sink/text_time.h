/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_time.h - the time column
 */
#ifndef SINK_TEXT_TIME_H
#define SINK_TEXT_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "sink/text.h"

struct text_time {
	enum time_form form;
	bool began;	  /* first_ns and last_ns mean something */
	int64_t first_ns; /* wall time of the first line */
	int64_t last_ns;  /* of the line before */
	bool has_local;	  /* local is the text of second */
	int64_t second;	  /* since the epoch */
	char local[40];	  /* up to the second */
	char offset[8];	  /* from UTC, "+01:00" */
};

/* Columns the form needs; 0: there is no time column. */
unsigned int text_time_width(enum time_form form);

/* Relative times count from the first call on. */
void text_time_put(struct text_time *t, int64_t wall_ns, struct buf *out);

/* "2026-11-22T18:40:01", local. */
void text_time_second(int64_t wall_ns, struct buf *out);

#endif /* SINK_TEXT_TIME_H */
