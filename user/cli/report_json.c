// SPDX-License-Identifier: Apache-2.0
/*
 * report_json.c - a report as one object of JSON
 */
#include "cli/report_print.h"

#include <json-c/json.h>

#include "base/escape.h"
#include "base/timefmt.h"
#include "event/names.h"

#define SCHEMA 1 /* of a report */

static void put(json_object *o, const char *key, json_object *value)
{
	/* Without memory json-c gives NULL, which it would print as null. */
	if (value)
		json_object_object_add(o, key, value);
}

static void put_u64(json_object *o, const char *key, uint64_t value)
{
	put(o, key, json_object_new_uint64(value));
}

static void put_time(json_object *o, const char *key, int64_t wall_ns)
{
	char text[TIMEFMT_UTC_LEN];

	if (!wall_ns)
		return;
	timefmt_utc(text, wall_ns);
	put(o, key, json_object_new_string_len(text, sizeof(text)));
}

/*
 * As in an event: a byte that is no UTF-8 is \xhh, backslashes of such a text are doubled,
 * and "escaped" lists its key.
 */
static void put_str(json_object *o, const char *key, struct str text)
{
	json_object *escaped = NULL;
	struct buf b = { 0 };

	if (text.len == 0)
		return;
	if (utf8_is_valid(text)) {
		put(o, key, json_object_new_string_len(text.p, (int)text.len));
		return;
	}
	for (size_t i = 0, len; i < text.len; i += len) {
		unsigned int code;

		len = utf8_decode(text.p + i, text.len - i, &code);
		if (len == 0)
			buf_printf(&b, "\\x%02x", (unsigned char)text.p[i]);
		else if (text.p[i] == '\\')
			BUF_LITERAL(&b, "\\\\");
		else
			buf_put(&b, text.p + i, len);
		len = len ? len : 1;
	}
	put(o, key, json_object_new_string_len(b.data, (int)b.len));
	buf_done(&b);
	if (!json_object_object_get_ex(o, "escaped", &escaped)) {
		escaped = json_object_new_array();
		put(o, "escaped", escaped);
	}
	if (escaped)
		json_object_array_add(escaped, json_object_new_string(key));
}

static void put_place(json_object *o, const struct str texts[REPORT_PLACES])
{
	bool is_container = str_eq(texts[REPORT_PLACE], STR_LITERAL("container"));
	json_object *which;

	put_str(o, "place", texts[REPORT_PLACE]);
	if (!texts[REPORT_ID].len)
		return;
	which = json_object_new_object();
	put_str(which, is_container ? "id" : "ns", texts[REPORT_ID]);
	put_str(which, "name", texts[REPORT_NAME]);
	put(o, is_container ? "container" : "isolated", which);
}

/* Quoted for a shell, as process.command_line of an event. */
static void put_words(json_object *o, const char *key, struct str words)
{
	struct buf line = { 0 };

	escape_shell_args(&line, words);
	put_str(o, key, str_from(line.data, line.len));
	buf_done(&line);
}

static json_object *row_of(const struct report_shape *shape, const struct report_row *row)
{
	json_object *o = json_object_new_object();
	size_t first = report_first_text(shape);

	if (shape->has_place)
		put_place(o, row->texts);
	if (shape->has_owner && row->texts[REPORT_OWNER].len) {
		json_object *owner = json_object_new_object();

		put_place(owner, row->texts + REPORT_OWNER);
		put(o, "owner", owner);
	}
	for (size_t i = 0; shape->texts[i]; i++) {
		if (shape->has_words && !shape->texts[i + 1])
			put_words(o, shape->texts[i], row->texts[first + i]);
		else
			put_str(o, shape->texts[i], row->texts[first + i]);
	}
	for (size_t i = 0; shape->numbers[i]; i++)
		put_u64(o, shape->numbers[i], row->numbers[i]);
	put_time(o, "first", row->first_ns);
	put_time(o, "last", row->last_ns);
	return o;
}

static json_object *table_of(const struct report_print *p, enum report_table_id id)
{
	const struct report_table *table = &p->report->tables[id];
	json_object *o = json_object_new_object(), *list = json_object_new_array();
	const struct report_row *row = table->rows;

	for (uint64_t i = 0; row && i < p->top; i++, row = row->hh.next)
		json_object_array_add(list, row_of(&report_tables[id], row));
	put_u64(o, "rows", table->len);
	if (table->beyond)
		put_u64(o, "beyond", table->beyond);
	put(o, "list", list);
	return o;
}

static json_object *top_of(const struct report_print *p, enum report_top_id id)
{
	const struct report_top *top = &p->report->tops[id];
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < top->len; i++) {
		json_object *o = row_of(&report_tops[id], &top->rows[i]);

		/* It is of one moment. */
		json_object_object_del(o, "first");
		json_object_object_del(o, "last");
		put_time(o, "ended", top->rows[i].last_ns);
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *moments_of(const struct report_moments *moments, bool is_gap)
{
	json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < moments->len; i++) {
		const struct report_moment *m = &moments->list[i];
		json_object *entry = json_object_new_object();

		put_time(entry, "from", m->from_ns);
		put_time(entry, "to", m->to_ns);
		if (is_gap)
			put(entry, "closed", json_object_new_boolean(m->closed));
		else
			put(entry, "reason", json_object_new_string(lost_reason_name(m->reason)));
		if (m->count || !is_gap)
			put_u64(entry, is_gap ? "fragment_bytes" : "records", m->count);
		json_object_array_add(list, entry);
	}
	put_u64(o, "times", moments->all);
	if (!is_gap)
		put_u64(o, "records", moments->total);
	put(o, "list", list);
	return o;
}

static json_object *events_of(const struct report *r)
{
	json_object *o = json_object_new_object(), *by_kind = json_object_new_object();
	uint64_t total = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		total += r->events[kind];
		if (r->events[kind])
			put_u64(by_kind, event_kind_name((enum event_kind)kind), r->events[kind]);
	}
	put_u64(o, "total", total);
	put_time(o, "first", r->first_ns);
	put_time(o, "last", r->last_ns);
	put(o, "by_kind", by_kind);
	return o;
}

void report_json(const struct report_print *p, struct buf *out)
{
	const struct report *r = p->report;
	json_object *o = json_object_new_object(), *runs = json_object_new_object();
	const char *text;

	put_u64(o, "schema", SCHEMA);
	put_time(o, "from", p->from_ns);
	put_time(o, "to", p->to_ns);
	put(o, "events", events_of(r));
	put_u64(o, "search_steps", r->searched);
	put_u64(o, "damaged_lines", p->damaged);
	put_u64(runs, "opened", r->opened);
	put_u64(runs, "closed", r->closed);
	put(o, "tracer", runs);
	put(o, "gaps", moments_of(&r->gaps, true));
	put(o, "lost", moments_of(&r->lost, false));
	for (int i = 0; i < REPORT_TABLES; i++)
		put(o, report_tables[i].name, table_of(p, (enum report_table_id)i));
	for (int i = 0; i < REPORT_TOPS; i++)
		put(o, report_tops[i].name, top_of(p, (enum report_top_id)i));
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text) {
		buf_puts(out, text);
		buf_putc(out, '\n');
	} else {
		out->failed = true;
	}
	json_object_put(o);
}
