/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - events as a timeline for people, a line each
 *
 * Nothing that a process or a container chose reaches the line unescaped: no
 * control character, no byte that is not UTF-8, nothing that could pass for
 * another line. What the sink adds itself stands where it cannot be taken for
 * an argument: a bare '…' or '(' never comes from shell quoting.
 */
#ifndef SINK_TEXT_H
#define SINK_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "event/event.h"
#include "sink/columns.h"

enum time_form {
	TIME_FORM_CLOCK,    /* 18:40:01.123, local */
	TIME_FORM_ISO,	    /* 2026-11-22T18:40:01.123456+01:00 */
	TIME_FORM_UTC,	    /* 2026-11-22T17:40:01.123456Z */
	TIME_FORM_RELATIVE, /* seconds since the first line */
	TIME_FORM_DELTA,    /* seconds since the line before */
	TIME_FORM_NONE,	    /* no column at all */
	TIME_FORM_COUNT,
};

/* "clock", "iso", …; -1 if it is none of them. */
int time_form_parse(const char *name);

struct text_options {
	struct columns columns; /* len 0: the usual ones */
	enum time_form time_form;
	bool color;
	bool header;
	bool tree;		 /* indent WHAT by ancestry */
	bool ascii;		 /* the locale is not UTF-8: nothing but ASCII is printed */
	unsigned int trim_width; /* cut lines to this many columns; 0: never */
	/*
	 * What is printed is known before: columns are as wide as text_measure() was told.
	 * Else they have a width of their own.
	 */
	bool measured;
	const char *what_title; /* of WHAT; NULL: "WHAT" */
};

struct text_sink;

/* Copies the options. Returns 0 or -ENOMEM. */
int text_new(const struct text_options *options, struct text_sink **ret_sink);
void text_free(struct text_sink *sink); /* NULL is fine */

/* How deep WHAT is indented from now on, where the sink has no tree of its own. */
void text_indent(struct text_sink *sink, unsigned int depth);

/* An event that will be printed: no cell is cut for it, but one that is very wide. */
void text_measure(struct text_sink *sink, const struct event *e);

/* The column titles, once; text_emit() writes them before the first line if this did not. */
void text_header(struct text_sink *sink, struct buf *out);

/* For --tree: an event that is not shown, but says who descends from whom. */
void text_note(struct text_sink *sink, const struct event *e);

/* Appends one line, with its '\n'. */
void text_emit(struct text_sink *sink, const struct event *e, struct buf *out);

#endif /* SINK_TEXT_H */
