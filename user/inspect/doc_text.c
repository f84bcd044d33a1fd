// SPDX-License-Identifier: Apache-2.0
/*
 * doc_text.c - a tree of facts as text for people
 *
 * One fact a line, values in one column within each group; values in a list one after
 * the other, groups in a list as a table. Whatever came from a process is escaped here.
 */
#include "inspect/doc.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/timefmt.h"

#define INDENT	    2
#define TITLE_MAX   24 /* wider titles push their own value aside only */
#define COLUMNS_MAX 16 /* of a table */
#define DEPTH_MAX   16 /* of a tree in a table; what is deeper stands as far in */
#define CELL_MAX    48 /* a wider cell pushes its own row aside only */

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

struct writer {
	const struct doc_style *style;
	struct buf *out;
	struct buf cell; /* what is measured before it is written */
};

static void paint(struct writer *w, const char *color)
{
	if (w->style->color)
		buf_puts(w->out, color);
}

static void spaces(struct buf *b, size_t n)
{
	while (n--)
		buf_putc(b, ' ');
}

/* What it takes on a terminal, but for wide and combining characters. */
static size_t width_of(struct str s)
{
	size_t width = 0;

	for (size_t i = 0; i < s.len; i++)
		width += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return width;
}

static struct str text_of(const struct buf *b)
{
	return str_from(b->data, b->len);
}

static void write_number(const struct doc_node *node, struct buf *out)
{
	switch (node->unit) {
	case DOC_COUNT:
		buf_u64(out, node->number);
		break;
	case DOC_BYTES:
		timefmt_bytes(out, node->number);
		break;
	case DOC_NS:
		timefmt_duration(out, node->number);
		break;
	}
}

static void write_beyond(const struct doc_node *list, struct buf *out)
{
	if (list->beyond)
		buf_printf(out, "%sand %" PRIu64 " more", list->first ? ", " : "", list->beyond);
}

static void write_note(struct buf *out, const struct doc_node *node)
{
	if (!node->note.len)
		return;
	buf_puts(out, " (");
	escape_text(out, node->note);
	buf_putc(out, ')');
}

/* A list or a group on one line. */
static void write_elements(const struct doc_node *node, struct buf *out)
{
	for (const struct doc_node *n = node->first; n; n = n->next) {
		if (n != node->first)
			buf_puts(out, ", ");
		/* The first of a line says by itself what it is. */
		if (node->kind == DOC_GROUP && (n != node->first || !node->line))
			buf_printf(out, "%s ", n->title);
		doc_write_noted(n, out);
	}
	write_beyond(node, out);
	if (!node->first && !node->beyond)
		buf_puts(out, "none");
}

/* A group in a list: its first fact says which one it is. "4185 (nginx, web)" */
static void write_item(const struct doc_node *item, struct buf *out)
{
	for (const struct doc_node *n = item->first; n; n = n->next) {
		if (n != item->first)
			buf_puts(out, n == item->first->next ? " (" : ", ");
		doc_write_noted(n, out);
	}
	if (item->first && item->first->next)
		buf_putc(out, ')');
}

void doc_write_value(const struct doc_node *node, struct buf *out)
{
	switch (node->kind) {
	case DOC_GROUP:
		if (!node->key) {
			write_item(node, out);
			break;
		}
		/* fall through */
	case DOC_LIST:
		write_elements(node, out);
		break;
	case DOC_TEXT:
		escape_text(out, node->text);
		break;
	case DOC_WORDS:
		escape_shell_args(out, node->text);
		break;
	case DOC_NUMBER:
		write_number(node, out);
		break;
	case DOC_SIGNED:
		buf_i64(out, (int64_t)node->number);
		break;
	case DOC_BOOL:
		buf_puts(out, node->number ? "yes" : "no");
		break;
	case DOC_NONE:
		buf_puts(out, "none");
		break;
	case DOC_MISSING:
		buf_puts(out, "not known: ");
		escape_text(out, node->text);
		break;
	}
}

void doc_write_noted(const struct doc_node *node, struct buf *out)
{
	doc_write_value(node, out);
	write_note(out, node);
}

static struct str fill_cell(struct writer *w, const struct doc_node *node)
{
	buf_reset(&w->cell);
	spaces(&w->cell, INDENT * (size_t)(node->depth < DEPTH_MAX ? node->depth : DEPTH_MAX));
	doc_write_noted(node, &w->cell);
	return text_of(&w->cell);
}

/* ---- tables ---- */

struct table {
	size_t len;
	const struct doc_node *column[COLUMNS_MAX]; /* the first fact with each key */
	size_t width[COLUMNS_MAX];
};

static size_t column_of(struct table *t, const struct doc_node *fact)
{
	for (size_t i = 0; i < t->len; i++)
		if (strcmp(t->column[i]->key, fact->key) == 0)
			return i;
	if (t->len < COLUMNS_MAX) {
		t->column[t->len] = fact;
		t->width[t->len] = width_of(str_of(fact->title));
		t->len++;
	}
	return t->len - 1;
}

static void measure(struct writer *w, const struct doc_node *list, struct table *ret_table)
{
	*ret_table = (struct table){ 0 };
	for (const struct doc_node *row = list->first; row; row = row->next) {
		for (const struct doc_node *fact = row->first; fact; fact = fact->next) {
			size_t i = column_of(ret_table, fact);
			size_t width = width_of(fill_cell(w, fact));

			if (width > ret_table->width[i])
				ret_table->width[i] = width < CELL_MAX ? width : CELL_MAX;
		}
	}
}

static void pad(struct writer *w, size_t width, size_t column_width, bool is_last)
{
	if (is_last)
		return;
	spaces(w->out, width < column_width ? column_width - width : 0);
	spaces(w->out, INDENT);
}

static void write_row(struct writer *w, const struct table *t, const struct doc_node *row)
{
	size_t last = 0;

	for (size_t i = 0; i < t->len; i++)
		if (doc_find(row, t->column[i]->key))
			last = i;
	for (size_t i = 0; i <= last; i++) {
		const struct doc_node *fact = doc_find(row, t->column[i]->key);
		struct str cell = fact ? fill_cell(w, fact) : (struct str){ 0 };

		if (fact && fact->kind == DOC_MISSING)
			paint(w, DIM);
		buf_str(w->out, cell);
		if (fact && fact->kind == DOC_MISSING)
			paint(w, PLAIN);
		pad(w, width_of(cell), t->width[i], i == last);
	}
	buf_putc(w->out, '\n');
}

static void write_table(struct writer *w, const struct doc_node *list, size_t indent)
{
	struct table t;

	measure(w, list, &t);
	spaces(w->out, indent);
	paint(w, DIM);
	for (size_t i = 0; i < t.len; i++) {
		struct str title = str_of(t.column[i]->title);

		buf_str(w->out, title);
		pad(w, width_of(title), t.width[i], i + 1 == t.len);
	}
	paint(w, PLAIN);
	buf_putc(w->out, '\n');
	for (const struct doc_node *row = list->first; row; row = row->next) {
		spaces(w->out, indent);
		write_row(w, &t, row);
	}
	if (list->beyond) {
		spaces(w->out, indent);
		buf_printf(w->out, "and %" PRIu64 " more\n", list->beyond);
	}
}

/* ---- facts ---- */

static bool is_table(const struct doc_node *node)
{
	return node->kind == DOC_LIST && !node->summary.len && node->first &&
	       node->first->kind == DOC_GROUP;
}

static bool is_block(const struct doc_node *node)
{
	return (node->kind == DOC_GROUP && !node->line) || is_table(node);
}

static size_t title_width(const struct doc_node *group)
{
	size_t width = 0;

	for (const struct doc_node *n = group->first; n; n = n->next) {
		size_t len = is_block(n) ? 0 : width_of(str_of(n->title));

		if (len > width && len <= TITLE_MAX)
			width = len;
	}
	return width;
}

/* Words, with a new line where the next one does not fit. */
static void write_prose(struct writer *w, struct str text, size_t indent)
{
	size_t at = indent;

	while (text.len) {
		const char *blank = memchr(text.p, ' ', text.len);
		size_t len = blank ? (size_t)(blank - text.p) : text.len;

		buf_reset(&w->cell);
		escape_text(&w->cell, str_from(text.p, len));
		if (w->style->width && at > indent &&
		    at + 1 + width_of(text_of(&w->cell)) > w->style->width) {
			buf_putc(w->out, '\n');
			spaces(w->out, indent);
			at = indent;
		} else if (at > indent) {
			buf_putc(w->out, ' ');
			at++;
		}
		buf_str(w->out, text_of(&w->cell));
		at += width_of(text_of(&w->cell));
		len += blank != NULL;
		text = str_from(text.p + len, text.len - len);
	}
}

/* The elements of a list, broken between two of them where the line is full. */
static void write_broken(struct writer *w, const struct doc_node *list, size_t indent)
{
	size_t at = indent;

	if (list->summary.len) {
		write_prose(w, list->summary, indent);
		write_note(w->out, list);
		return;
	}
	for (const struct doc_node *n = list->first; n; n = n->next) {
		struct str cell = fill_cell(w, n);
		size_t width = width_of(cell) + 1;

		if (w->style->width && at > indent && at + 1 + width > w->style->width) {
			buf_putc(w->out, '\n');
			spaces(w->out, indent);
			at = indent;
		} else if (at > indent) {
			buf_putc(w->out, ' ');
			at++;
		}
		buf_str(w->out, cell);
		if (n->next)
			buf_putc(w->out, ',');
		at += width;
	}
	write_beyond(list, w->out);
	if (!list->first && !list->beyond)
		buf_puts(w->out, "none");
	write_note(w->out, list);
}

static void write_fact(struct writer *w, const struct doc_node *node, size_t indent, size_t column)
{
	size_t width = width_of(str_of(node->title));

	spaces(w->out, indent);
	buf_puts(w->out, node->title);
	spaces(w->out, (width < column ? column - width : 0) + INDENT);
	if (node->kind == DOC_MISSING)
		paint(w, DIM);
	if (node->kind == DOC_LIST)
		write_broken(w, node, indent + (width < column ? column : width) + INDENT);
	else
		buf_str(w->out, fill_cell(w, node));
	if (node->kind == DOC_MISSING)
		paint(w, PLAIN);
	buf_putc(w->out, '\n');
}

static void write_group(struct writer *w, const struct doc_node *group, size_t indent)
{
	size_t column = title_width(group);

	for (const struct doc_node *n = group->first; n; n = n->next) {
		if (!is_block(n)) {
			write_fact(w, n, indent, column);
			continue;
		}
		if (!indent && n != group->first)
			buf_putc(w->out, '\n');
		spaces(w->out, indent);
		if (!indent)
			paint(w, BOLD);
		buf_puts(w->out, n->title);
		if (!indent)
			paint(w, PLAIN);
		write_note(w->out, n);
		buf_putc(w->out, '\n');
		if (n->kind == DOC_GROUP)
			write_group(w, n, indent + INDENT);
		else
			write_table(w, n, indent + INDENT);
	}
}

void doc_write_text(const struct doc *d, const struct doc_style *style, struct buf *out)
{
	struct writer w = { .style = style, .out = out };

	if (d->root)
		write_group(&w, d->root, 0);
	out->failed |= w.cell.failed;
	buf_done(&w.cell);
}
