// SPDX-License-Identifier: Apache-2.0
/*
 * text.c - events as a timeline for people: lines, columns, colours
 */
#include "sink/text.h"

#include <errno.h>
#include <stdlib.h>

#include "sink/text_cell.h"
#include "sink/text_time.h"
#include "sink/text_tree.h"
#include "sink/text_what.h"

#define GAP	      2			/* blanks between columns */
#define INDENT	      2			/* for each generation, with --tree */
#define INDENT_MAX    20		/* generations; deeper ones are not moved further */
#define MEASURED_MAX  48		/* a wider cell moves only what stands behind it */
#define CELL_KEEP_MAX ((size_t)1 << 20) /* a larger cell's memory is given back */

struct text_sink {
	struct text_options options;
	struct text_time time;
	struct text_tree *tree; /* NULL without --tree */
	struct buf cell;	/* the one that is being laid out */
	unsigned int width[COLUMN_COUNT];
	unsigned int depth; /* without a tree */
	bool header_done;
};

/* The line that is being written. */
struct line {
	struct buf *out;
	unsigned int column;  /* where the next cell begins */
	unsigned int padding; /* blanks owed before it */
	bool full;	      /* --trim: nothing more fits */
};

static const char *title_of(const struct text_sink *sink, enum column column)
{
	return column == COLUMN_WHAT && sink->options.what_title ? sink->options.what_title :
								   column_specs[column].title;
}

int text_new(const struct text_options *options, struct text_sink **ret_sink)
{
	struct text_sink *sink = calloc(1, sizeof(*sink));

	if (!sink)
		return -ENOMEM;
	sink->options = *options;
	sink->time.form = options->time_form;
	if (!sink->options.columns.len)
		columns_usual(COLUMNS_TIMELINE, &sink->options.columns);
	if (options->tree && text_tree_new(&sink->tree) < 0) {
		free(sink);
		return -ENOMEM;
	}
	for (int i = 0; i < COLUMN_COUNT; i++)
		sink->width[i] = options->measured ?
					 text_width(str_of(title_of(sink, (enum column)i))) :
					 column_specs[i].width;
	sink->width[COLUMN_TIME] = text_time_width(options->time_form);
	*ret_sink = sink;
	return 0;
}

void text_free(struct text_sink *sink)
{
	if (!sink)
		return;
	text_tree_free(sink->tree);
	buf_done(&sink->cell);
	free(sink);
}

void text_note(struct text_sink *sink, const struct event *e)
{
	if (sink->tree)
		text_tree_depth(sink->tree, e);
}

/* Cuts a cell that the line has no room for, and says so with one character. */
static struct str trim(const struct text_sink *sink, struct line *line, struct str text)
{
	unsigned int room, limit = sink->options.trim_width;

	if (!limit || line->column + text_width(text) <= limit)
		return text;
	line->full = true;
	if (line->column >= limit)
		return str_from("", 0);
	room = limit - line->column - 1;
	return str_from(text.p, text_fitting(text, room));
}

/* Blanks are owed, not written, so that no line ends in them. */
static void pay_padding(struct line *line)
{
	for (; line->padding; line->padding--)
		buf_putc(line->out, ' ');
}

static void put_cell(const struct text_sink *sink, struct line *line, struct str text,
		     const char *color, unsigned int width)
{
	struct str shown = line->full ? str_from("", 0) : trim(sink, line, text);
	unsigned int used = text_width(text);
	unsigned int cell = used > width ? used : width;

	if (shown.len) {
		pay_padding(line);
		if (color)
			buf_puts(line->out, color);
		buf_str(line->out, shown);
		if (shown.len < text.len)
			buf_puts(line->out, sink->options.ascii ? ">" : "…");
		if (color)
			buf_puts(line->out, "\033[0m");
	}
	line->padding += cell - used + GAP;
	line->column += cell + GAP;
}

/* A stable colour for each container; red is kept for what went wrong. */
static const char *container_color(const struct event *e)
{
	static const char *const colors[] = {
		"\033[32m", "\033[33m", "\033[34m", "\033[35m", "\033[36m",
		"\033[92m", "\033[93m", "\033[94m", "\033[95m", "\033[96m",
	};
	const struct container_info *c = text_event_container(e);
	uint32_t hash = 2166136261u; /* FNV-1a */

	if (!c)
		return NULL;
	for (size_t i = 0; i < c->id.len; i++)
		hash = (hash ^ (unsigned char)c->id.p[i]) * 16777619u;
	return colors[hash % (sizeof(colors) / sizeof(colors[0]))];
}

static const char *color_of(const struct text_sink *sink, enum column column, const struct event *e)
{
	static const char *const tones[] = {
		[TONE_PLAIN] = NULL,
		[TONE_WARN] = "\033[33m",
		[TONE_BAD] = "\033[31m",
	};

	if (!sink->options.color)
		return NULL;
	switch (column) {
	case COLUMN_TIME:
		return "\033[2m";
	case COLUMN_CONTAINER:
		return e->kind == EVENT_LOST ? tones[TONE_BAD] : container_color(e);
	case COLUMN_EVENT:
	case COLUMN_WHAT:
		return tones[text_tone(e)];
	default:
		return NULL;
	}
}

static void fill_cell(struct text_sink *sink, enum column column, const struct event *e)
{
	struct text_put put = { .out = &sink->cell, .ascii = sink->options.ascii };
	unsigned int depth;

	buf_reset(&sink->cell);
	if (column == COLUMN_TIME) {
		text_time_put(&sink->time, e->wall_ns, &sink->cell);
	} else if (column == COLUMN_WHAT) {
		depth = sink->tree ? text_tree_depth(sink->tree, e) : sink->depth;
		depth = depth < INDENT_MAX ? depth : INDENT_MAX;
		for (unsigned int i = 0; i < depth * INDENT; i++)
			buf_putc(&sink->cell, ' ');
		text_what(&put, e);
	} else {
		text_cell(&put, column, e);
	}
}

void text_indent(struct text_sink *sink, unsigned int depth)
{
	sink->depth = depth;
}

void text_measure(struct text_sink *sink, const struct event *e)
{
	const struct columns *columns = &sink->options.columns;

	/* The last column needs no width: nothing stands behind it. */
	for (unsigned int i = 0; i + 1 < columns->len; i++) {
		enum column column = columns->list[i];
		unsigned int width;

		if (column == COLUMN_TIME)
			continue;
		fill_cell(sink, column, e);
		width = text_width(str_from(sink->cell.data, sink->cell.len));
		width = width < MEASURED_MAX ? width : MEASURED_MAX;
		if (width > sink->width[column])
			sink->width[column] = width;
	}
}

void text_header(struct text_sink *sink, struct buf *out)
{
	const struct columns *columns = &sink->options.columns;
	struct line line = { .out = out };

	if (sink->header_done || !sink->options.header)
		return;
	sink->header_done = true;
	for (unsigned int i = 0; i < columns->len; i++) {
		unsigned int width = sink->width[columns->list[i]];

		if (width)
			put_cell(sink, &line, str_of(title_of(sink, (enum column)columns->list[i])),
				 sink->options.color ? "\033[1m" : NULL, width);
	}
	buf_putc(out, '\n');
}

void text_emit(struct text_sink *sink, const struct event *e, struct buf *out)
{
	const struct columns *columns = &sink->options.columns;
	struct line line = { .out = out };
	size_t start;

	text_header(sink, out);
	start = out->len;
	for (unsigned int i = 0; i < columns->len; i++) {
		enum column column = columns->list[i];
		unsigned int width = sink->width[column];

		if (!width)
			continue;
		fill_cell(sink, column, e);
		if (sink->cell.failed)
			out->failed = true;
		put_cell(sink, &line, str_from(sink->cell.data, sink->cell.len),
			 color_of(sink, column, e), width);
	}
	buf_putc(out, '\n');
	if (out->failed)
		out->len = start; /* a part of a line is worse than none */
	if (sink->cell.cap > CELL_KEEP_MAX)
		buf_done(&sink->cell);
}
