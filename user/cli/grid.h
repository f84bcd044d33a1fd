/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid.h - a table whose columns are as wide as what stands in them
 */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define GRID_COLUMNS 16

struct grid {
	struct buf text; /* of all cells, one after the other */
	struct buf ends; /* size_t each: where a cell ends */
	size_t columns;
	bool is_right[GRID_COLUMNS]; /* numbers end at the same place */
	unsigned int widths[GRID_COLUMNS];
	size_t cells;
};

/* A column, with its title; all of them before the first cell. */
void grid_column(struct grid *g, const char *title, bool is_right);

/* A cell is what was put into .text since the one before. */
void grid_end_cell(struct grid *g);

/* Appends all lines, each behind that many blanks, and empties the grid. */
void grid_print(struct grid *g, unsigned int indent, struct buf *out);

#endif /* CLI_GRID_H */
