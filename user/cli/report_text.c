// SPDX-License-Identifier: Apache-2.0
/*
 * report_text.c - a report for people
 */
#include "cli/report_print.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "base/timefmt.h"
#include "cli/grid.h"
#include "event/names.h"
#include "sink/text_put.h"

#define INDENT 2

static struct text_put put_into(const struct report_print *p, struct buf *out)
{
	return (struct text_put){ .out = out, .ascii = p->ascii };
}

/* "2026-11-29 08:00:01", local. */
static void put_time(struct buf *out, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / (int64_t)NSEC_PER_SEC);
	char text[32];
	struct tm tm;

	if (wall_ns && localtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		buf_puts(out, text);
	else
		buf_putc(out, '?');
}

/* "web", "da6c173ac3ba" without a name, "web[da6c173ac3ba]" where others have it as well. */
static void put_container(const struct report *r, const struct text_put *t,
			  const struct str texts[REPORT_PLACES])
{
	struct str name = texts[REPORT_NAME], id = text_short_id(texts[REPORT_ID]);

	text_token(t, name.len ? name : id);
	if (report_is_shared(r, name)) {
		buf_putc(t->out, '[');
		text_token(t, id);
		buf_putc(t->out, ']');
	}
}

/* As the timeline says it: a name, the beginning of an id, "(bwrap)", "·" for the host. */
static void put_place(const struct report *r, const struct text_put *t,
		      const struct str texts[REPORT_PLACES])
{
	struct str place = texts[REPORT_PLACE];

	if (str_eq(place, STR_LITERAL("host"))) {
		TEXT_MARK(t, "·", "-");
	} else if (str_eq(place, STR_LITERAL("container"))) {
		put_container(r, t, texts);
	} else if (str_eq(place, STR_LITERAL("isolated"))) {
		buf_putc(t->out, '(');
		text_token(t, texts[REPORT_NAME].len ? texts[REPORT_NAME] : texts[REPORT_ID]);
		buf_putc(t->out, ')');
	} else {
		buf_putc(t->out, '?');
	}
}

/* "host", "new", "container:web", "isolated:bwrap"; not known: "·". */
static void put_owner(const struct report *r, const struct text_put *t,
		      const struct str texts[REPORT_PLACES])
{
	struct str place = texts[REPORT_PLACE];

	if (place.len)
		text_token(t, place);
	else
		TEXT_MARK(t, "·", "-");
	if (!texts[REPORT_ID].len)
		return;
	buf_putc(t->out, ':');
	if (str_eq(place, STR_LITERAL("container")))
		put_container(r, t, texts);
	else
		text_token(t, texts[REPORT_NAME].len ? texts[REPORT_NAME] : texts[REPORT_ID]);
}

/* What is not last is one word, so that nothing can pass for another column. */
static void put_text(const struct text_put *t, struct str text, bool is_last, bool is_words)
{
	if (text.len && is_words)
		text_shell_args(t, text);
	else if (text.len && is_last)
		text_plain(t, text);
	else if (text.len)
		text_token(t, text);
	else
		TEXT_MARK(t, "·", "-");
}

static void put_number(struct buf *out, enum report_unit unit, uint64_t number)
{
	if (unit == REPORT_NS)
		timefmt_duration(out, number);
	else if (unit == REPORT_BYTES_OF_MEMORY)
		timefmt_bytes(out, number);
	else
		buf_u64(out, number);
}

/* The numbers first, as they are short; what may be long comes last. */
static void add_columns(struct grid *g, const struct report_shape *shape, bool is_ranked)
{
	for (size_t i = 0; shape->numbers[i]; i++)
		grid_column(g, is_ranked ? "" : shape->numbers[i], true);
	grid_column(g, is_ranked ? "ended" : "first", false);
	if (!is_ranked)
		grid_column(g, "last", false);
	if (shape->has_place)
		grid_column(g, "container", false);
	if (shape->has_owner)
		grid_column(g, "owner", false);
	for (size_t i = 0; shape->texts[i]; i++)
		grid_column(g, shape->texts[i], false);
}

static void add_row(const struct report_print *p, struct grid *g, const struct report_shape *shape,
		    const struct report_row *row, bool is_ranked)
{
	const struct text_put t = put_into(p, &g->text);
	size_t first = report_first_text(shape);

	for (size_t i = 0; shape->numbers[i]; i++) {
		put_number(&g->text, i == 0 ? shape->unit : REPORT_COUNT, row->numbers[i]);
		grid_end_cell(g);
	}
	put_time(&g->text, row->first_ns);
	grid_end_cell(g);
	if (!is_ranked) {
		put_time(&g->text, row->last_ns);
		grid_end_cell(g);
	}
	if (shape->has_place) {
		put_place(p->report, &t, row->texts);
		grid_end_cell(g);
	}
	if (shape->has_owner) {
		put_owner(p->report, &t, row->texts + REPORT_OWNER);
		grid_end_cell(g);
	}
	for (size_t i = 0; shape->texts[i]; i++) {
		bool is_last = !shape->texts[i + 1];

		put_text(&t, row->texts[first + i], is_last, is_last && shape->has_words);
		grid_end_cell(g);
	}
}

static void put_table(const struct report_print *p, enum report_table_id id, struct buf *out)
{
	const struct report_shape *shape = &report_tables[id];
	const struct report_table *table = &p->report->tables[id];
	const struct report_row *row = table->rows;
	struct grid grid = { 0 };
	uint64_t printed = 0;

	if (table->len == 0 && !table->beyond)
		return;
	buf_printf(out, "\n%s (%zu", shape->title, table->len);
	if (table->len > p->top)
		buf_printf(out, ", %s %" PRIu64, shape->is_in_time ? "the first" : "the top",
			   p->top);
	BUF_LITERAL(out, ")\n");
	add_columns(&grid, shape, false);
	for (; row && printed < p->top; printed++, row = row->hh.next)
		add_row(p, &grid, shape, row, false);
	grid_print(&grid, INDENT, out);
	if (table->beyond)
		buf_printf(out, "%*sand %" PRIu64 " more that found no room\n", INDENT, "",
			   table->beyond);
}

static void put_top(const struct report_print *p, enum report_top_id id, struct buf *out)
{
	const struct report_top *top = &p->report->tops[id];
	struct grid grid = { 0 };

	if (top->len == 0)
		return;
	buf_printf(out, "\n%s\n", report_tops[id].title);
	add_columns(&grid, &report_tops[id], true);
	for (size_t i = 0; i < top->len; i++)
		add_row(p, &grid, &report_tops[id], &top->rows[i], true);
	grid_print(&grid, INDENT, out);
}

/* ---- what the log covers ---- */

static void put_events(const struct report *r, struct buf *out)
{
	uint64_t total = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		total += r->events[kind];
	buf_printf(out, "%*s%" PRIu64 " event%s", INDENT, "", total, total == 1 ? "" : "s");
	for (int kind = 0, n = 0; kind < EVENT_KINDS; kind++) {
		if (r->events[kind])
			buf_printf(out, "%s%" PRIu64 " %s", n++ ? ", " : ": ", r->events[kind],
				   event_kind_name((enum event_kind)kind));
	}
	buf_putc(out, '\n');
	if (!r->first_ns)
		return;
	buf_printf(out, "%*sthe first at ", INDENT, "");
	put_time(out, r->first_ns);
	BUF_LITERAL(out, ", the last at ");
	put_time(out, r->last_ns);
	buf_putc(out, '\n');
}

static void put_span(struct buf *out, int64_t from_ns, int64_t to_ns)
{
	put_time(out, from_ns);
	BUF_LITERAL(out, " to ");
	put_time(out, to_ns);
	if (from_ns && to_ns >= from_ns) {
		BUF_LITERAL(out, " (");
		timefmt_duration(out, (uint64_t)to_ns - (uint64_t)from_ns);
		buf_putc(out, ')');
	}
}

static void put_log(const struct report_print *p, struct buf *out)
{
	const struct report *r = p->report;

	buf_printf(out, "Log\n%*scovers ", INDENT, "");
	if (p->from_ns)
		put_span(out, p->from_ns, p->to_ns);
	else
		BUF_LITERAL(out, "nothing of the time that was asked for");
	buf_putc(out, '\n');
	put_events(r, out);
	if (r->opened || r->closed)
		buf_printf(out, "%*sopened %" PRIu64 " time%s, closed %" PRIu64 " time%s\n", INDENT,
			   "", r->opened, r->opened == 1 ? "" : "s", r->closed,
			   r->closed == 1 ? "" : "s");
	if (r->searched)
		buf_printf(out,
			   "%*s%" PRIu64 " exec%s that found no file on the way through PATH: no "
			   "failure%s\n",
			   INDENT, "", r->searched, r->searched == 1 ? "" : "s",
			   r->searched == 1 ? "" : "s");
	if (p->damaged)
		buf_printf(out, "%*s%" PRIu64 " damaged line%s left out\n", INDENT, "", p->damaged,
			   p->damaged == 1 ? "" : "s");
}

static void put_more(const struct report_moments *moments, struct buf *out)
{
	if (moments->all > moments->len)
		buf_printf(out, "%*sand %" PRIu64 " more times\n", INDENT, "",
			   moments->all - moments->len);
}

static void put_gaps(const struct report *r, struct buf *out)
{
	if (!r->gaps.all)
		return;
	buf_printf(out, "\nNothing was recorded (%" PRIu64 ")\n", r->gaps.all);
	for (size_t i = 0; i < r->gaps.len; i++) {
		const struct report_moment *m = &r->gaps.list[i];

		buf_printf(out, "%*s", INDENT, "");
		put_span(out, m->from_ns, m->to_ns);
		if (!m->closed)
			BUF_LITERAL(out, ", the log was not closed");
		if (m->count)
			buf_printf(out, ", %" PRIu64 " bytes of no whole record", m->count);
		buf_putc(out, '\n');
	}
	put_more(&r->gaps, out);
}

static void put_lost(const struct report *r, struct buf *out)
{
	if (!r->lost.all)
		return;
	buf_printf(out, "\nLost (%" PRIu64 " records)\n", r->lost.total);
	for (size_t i = 0; i < r->lost.len; i++) {
		const struct report_moment *m = &r->lost.list[i];

		buf_printf(out, "%*s", INDENT, "");
		put_span(out, m->from_ns, m->to_ns);
		buf_printf(out, ": %" PRIu64 ", %s\n", m->count, lost_reason_name(m->reason));
	}
	put_more(&r->lost, out);
}

void report_text(const struct report_print *p, struct buf *out)
{
	put_log(p, out);
	put_gaps(p->report, out);
	put_lost(p->report, out);
	for (int i = 0; i < REPORT_TABLES; i++)
		put_table(p, (enum report_table_id)i, out);
	for (int i = 0; i < REPORT_TOPS; i++)
		put_top(p, (enum report_top_id)i, out);
}
