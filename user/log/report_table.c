// SPDX-License-Identifier: Apache-2.0
/*
 * report_table.c - the tables of a report, which do not grow beyond their limits
 */
#include "log/report_table.h"

#include <errno.h>
#include <stdlib.h>

#include "log/report_names.h"
#include "log/report_search.h"

const struct report_shape report_tables[REPORT_TABLES] = {
	[REPORT_CONTAINERS] = { "containers",
				"Containers",
				true,
				{ "runtime", "image", "image_tag" },
				{ "programs", "failed", "entered" },
				.is_in_time = false },
	[REPORT_USERS] = { "users",
			   "Users",
			   false,
			   { "user_id", "user_name", "login_id" },
			   { "programs", "failed" },
			   .is_in_time = false },
	[REPORT_PROGRAMS] = { "programs",
			      "Programs",
			      false,
			      { "executable" },
			      { "count" },
			      .is_in_time = false },
	[REPORT_RUNS] = { "runs",
			  "Programs by container and user",
			  true,
			  { "user_id", "user_name", "executable" },
			  { "count" },
			  .is_in_time = false },
	[REPORT_FAILURES] = { "failures",
			      "What failed",
			      true,
			      { "program", "how" },
			      { "count" },
			      .is_in_time = false },
	[REPORT_VISITS] = { "visits",
			    "Entered from outside",
			    true,
			    { "how", "by", "user_id", "user_name", "login_id", "command_line" },
			    { "programs" },
			    .is_in_time = true,
			    .has_words = true },
	[REPORT_NAMESPACES] = { "namespaces",
				"Namespaces entered and made",
				true,
				{ "action", "type", "program", "user_id" },
				{ "count", "failed" },
				.is_in_time = false,
				.has_owner = true },
	[REPORT_THROTTLED] = { "throttled",
			       "Not recorded by the rate limit",
			       true,
			       { NULL },
			       { "records" },
			       .is_in_time = false },
	[REPORT_HOSTS] = { "hosts",
			   "Hosts",
			   false,
			   { "hostname" },
			   { "records" },
			   .is_in_time = true },
	[REPORT_BOOTS] = { "boots",
			   "Boots",
			   false,
			   { "boot_id" },
			   { "records" },
			   .is_in_time = true },
	[REPORT_VERSIONS] = { "versions",
			      "Versions",
			      false,
			      { "version", "kernel" },
			      { NULL },
			      .is_in_time = true },
};

const struct report_shape report_tops[REPORT_TOPS] = {
	[REPORT_LONGEST] = { "longest",
			     "Longest",
			     true,
			     { "pid", "user_id", "program" },
			     { "lifetime_ns" },
			     .unit = REPORT_NS },
	[REPORT_LARGEST] = { "largest",
			     "Most memory",
			     true,
			     { "pid", "user_id", "program" },
			     { "peak_bytes" },
			     .unit = REPORT_BYTES_OF_MEMORY },
	[REPORT_BUSIEST] = { "busiest",
			     "Most CPU time",
			     true,
			     { "pid", "user_id", "program" },
			     { "cpu_ns" },
			     .unit = REPORT_NS },
};

int report_init(struct report *r, size_t top)
{
	*r = (struct report){ 0 };
	for (int i = 0; i < REPORT_TOPS; i++) {
		r->tops[i].limit = top < REPORT_TOP_MAX ? top : REPORT_TOP_MAX;
		r->tops[i].rows = calloc(r->tops[i].limit + 1, sizeof(*r->tops[i].rows));
		if (!r->tops[i].rows) {
			report_done(r);
			return -ENOMEM;
		}
	}
	return 0;
}

static void free_texts(struct report_row *row)
{
	free((char *)row->key.p);
	row->key = str_from(NULL, 0);
}

void report_done(struct report *r)
{
	for (int i = 0; i < REPORT_TABLES; i++)
		HASH_CLEAR(hh, r->tables[i].rows);
	for (int i = 0; i < REPORT_TOPS; i++) {
		for (size_t k = 0; k < r->tops[i].len; k++)
			free_texts(&r->tops[i].rows[k]);
		free(r->tops[i].rows);
	}
	report_names_done(r);
	report_search_done(r);
	free(r->gaps.list);
	free(r->lost.list);
	arena_done(&r->texts);
	buf_done(&r->key);
	*r = (struct report){ 0 };
}

static struct str cut(struct str text)
{
	return str_from(text.p, text.len < REPORT_TEXT ? text.len : REPORT_TEXT);
}

/* A container is told by its id, and its name may become known later. */
static bool is_key(enum report_table_id table, size_t text, size_t keys)
{
	const struct report_shape *shape = &report_tables[table];

	return text < keys && !(shape->has_place && text == REPORT_NAME) &&
	       !(shape->has_owner && text == REPORT_OWNER + REPORT_NAME);
}

/* The texts one after the other, each with its length before it. False without memory. */
static bool write_key(struct report *r, enum report_table_id table,
		      const struct str texts[REPORT_TEXTS], size_t keys)
{
	buf_reset(&r->key);
	for (size_t i = 0; i < keys; i++) {
		struct str text = cut(texts[i]);

		if (!is_key(table, i, keys))
			continue;
		buf_u64(&r->key, text.len);
		buf_putc(&r->key, ' ');
		buf_str(&r->key, text);
	}
	r->no_memory |= r->key.failed;
	return !r->key.failed;
}

/* NULL if the limit is reached. */
static void *keep(struct report *r, size_t len)
{
	void *piece;

	if (len > REPORT_BYTES - r->bytes)
		return NULL;
	piece = arena_alloc(&r->texts, len);
	if (piece)
		r->bytes += len;
	else
		r->no_memory = true;
	return piece;
}

static bool keep_text(struct report *r, struct str text, struct str *ret_text)
{
	char *copy = text.len ? keep(r, text.len) : NULL;

	if (text.len && !copy)
		return false;
	if (copy)
		memcpy(copy, text.p, text.len);
	*ret_text = str_from(copy, text.len);
	return true;
}

static struct report_row *add_row(struct report *r, struct report_table *t,
				  const struct str texts[REPORT_TEXTS])
{
	struct report_row *row = t->len < REPORT_ROWS ? keep(r, sizeof(*row)) : NULL;

	if (!row || !keep_text(r, str_from(r->key.data, r->key.len), &row->key))
		return NULL;
	for (size_t i = 0; i < REPORT_TEXTS; i++) {
		if (!keep_text(r, cut(texts[i]), &row->texts[i]))
			return NULL;
	}
	HASH_ADD_KEYPTR(hh, t->rows, row->key.p, row->key.len, row);
	if (!hash_added(row)) {
		r->no_memory = true;
		return NULL;
	}
	t->len++;
	return row;
}

struct report_row *report_row(struct report *r, enum report_table_id table,
			      const struct str texts[REPORT_TEXTS], size_t keys, int64_t wall_ns)
{
	struct report_table *t = &r->tables[table];
	struct report_row *row = NULL;

	if (write_key(r, table, texts, keys)) {
		HASH_FIND(hh, t->rows, r->key.data, r->key.len, row);
		if (!row)
			row = add_row(r, t, texts);
	}
	if (!row) {
		t->beyond++;
		return NULL;
	}
	for (size_t i = 0; i < REPORT_TEXTS; i++) {
		if (!row->texts[i].len && texts[i].len && !is_key(table, i, keys))
			keep_text(r, cut(texts[i]), &row->texts[i]);
	}
	if (!row->first_ns || wall_ns < row->first_ns)
		row->first_ns = wall_ns;
	if (wall_ns > row->last_ns)
		row->last_ns = wall_ns;
	return row;
}

void report_rank(struct report *r, enum report_top_id top, const struct str texts[REPORT_TEXTS],
		 uint64_t number, int64_t wall_ns)
{
	struct report_top *t = &r->tops[top];
	struct report_row row = { .numbers = { number }, .first_ns = wall_ns, .last_ns = wall_ns };
	size_t at = t->len, len = 0;
	char *copy;

	if (t->len == t->limit && (t->limit == 0 || t->rows[t->len - 1].numbers[0] >= number))
		return;
	for (size_t i = 0; i < REPORT_TEXTS; i++)
		len += cut(texts[i]).len;
	copy = malloc(len + 1);
	if (!copy) {
		r->no_memory = true;
		return;
	}
	row.key = str_from(copy, len);
	for (size_t i = 0; i < REPORT_TEXTS; i++) {
		struct str text = cut(texts[i]);

		if (text.len)
			memcpy(copy, text.p, text.len);
		row.texts[i] = str_from(copy, text.len);
		copy += text.len;
	}
	/* Of equals the first stays first. */
	for (; at > 0 && t->rows[at - 1].numbers[0] < number; at--)
		t->rows[at] = t->rows[at - 1];
	t->rows[at] = row;
	if (t->len < t->limit)
		t->len++;
	else
		free_texts(&t->rows[t->limit]);
}

void report_moment(struct report *r, struct report_moments *moments,
		   const struct report_moment *moment)
{
	moments->all++;
	if (__builtin_add_overflow(moments->total, moment->count, &moments->total))
		moments->total = UINT64_MAX;
	if (moments->len == REPORT_MOMENTS)
		return;
	if (!moments->list)
		moments->list = calloc(REPORT_MOMENTS, sizeof(*moments->list));
	if (moments->list)
		moments->list[moments->len++] = *moment;
	else
		r->no_memory = true;
}

/* The texts decide at the end, so that the order is the same each time. */
static int compare_rest(const struct report_row *a, const struct report_row *b)
{
	for (size_t i = 0; i < REPORT_TEXTS; i++) {
		struct str s = a->texts[i], t = b->texts[i];
		size_t len = s.len < t.len ? s.len : t.len;
		int r = len ? memcmp(s.p, t.p, len) : 0;

		if (r || s.len != t.len)
			return r ? r : (s.len > t.len) - (s.len < t.len);
	}
	return 0;
}

static int by_number(const struct report_row *a, const struct report_row *b)
{
	for (size_t i = 0; i < REPORT_NUMBERS; i++) {
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] > b->numbers[i] ? -1 : 1;
	}
	return compare_rest(a, b);
}

static int by_time(const struct report_row *a, const struct report_row *b)
{
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return compare_rest(a, b);
}

void report_sort(struct report *r)
{
	for (int i = 0; i < REPORT_TABLES; i++) {
		if (report_tables[i].is_in_time)
			HASH_SORT(r->tables[i].rows, by_time);
		else
			HASH_SORT(r->tables[i].rows, by_number);
	}
}
