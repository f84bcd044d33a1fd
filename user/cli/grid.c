// SPDX-License-Identifier: Apache-2.0
/*
 * grid.c - a table whose columns are as wide as what stands in them
 */
#include "cli/grid.h"

#include "sink/text_put.h"

#define GAP 2 /* blanks between columns */

void grid_column(struct grid *g, const char *title, bool is_right)
{
	if (g->columns == GRID_COLUMNS)
		return;
	g->is_right[g->columns++] = is_right;
	for (const char *c = title; *c; c++)
		buf_putc(&g->text, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') :
				   *c == '_'		  ? ' ' :
							    *c);
	grid_end_cell(g);
}

static size_t end_of(const struct grid *g, size_t cell)
{
	size_t end;

	memcpy(&end, g->ends.data + cell * sizeof(end), sizeof(end));
	return end;
}

static struct str cell_of(const struct grid *g, size_t cell)
{
	size_t begin = cell ? end_of(g, cell - 1) : 0;

	return str_from(g->text.data + begin, end_of(g, cell) - begin);
}

void grid_end_cell(struct grid *g)
{
	size_t end = g->text.len;

	buf_put(&g->ends, &end, sizeof(end));
	g->cells++;
}

static void put_blanks(struct buf *out, unsigned int count)
{
	while (count-- > 0)
		buf_putc(out, ' ');
}

static void print_cell(const struct grid *g, size_t cell, struct buf *out)
{
	size_t column = cell % g->columns;
	struct str text = cell_of(g, cell);
	unsigned int width = text_width(text);
	unsigned int blanks = g->widths[column] > width ? g->widths[column] - width : 0;

	if (column)
		put_blanks(out, GAP);
	if (g->is_right[column])
		put_blanks(out, blanks);
	buf_str(out, text);
	/* None at the end of a line. */
	if (!g->is_right[column] && column + 1 < g->columns)
		put_blanks(out, blanks);
}

static void empty(struct grid *g)
{
	buf_done(&g->text);
	buf_done(&g->ends);
	*g = (struct grid){ 0 };
}

void grid_print(struct grid *g, unsigned int indent, struct buf *out)
{
	if (g->text.failed || g->ends.failed) {
		out->failed = true;
		empty(g);
		return;
	}
	for (size_t i = 0; i < g->cells; i++) {
		unsigned int width = text_width(cell_of(g, i));

		if (width > g->widths[i % g->columns])
			g->widths[i % g->columns] = width;
	}
	for (size_t i = 0; i < g->cells; i++) {
		if (i % g->columns == 0)
			put_blanks(out, indent);
		print_cell(g, i, out);
		if (i % g->columns == g->columns - 1)
			buf_putc(out, '\n');
	}
	empty(g);
}
