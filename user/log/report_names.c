// SPDX-License-Identifier: Apache-2.0
/*
 * report_names.c - names that several containers of a log bear
 */
#include "log/report_names.h"

#include <stdlib.h>

struct report_name {
	struct str name; /* of the row where it was found first, as is the id */
	struct str id;
	bool is_shared;
	UT_hash_handle hh;
};

static struct report_name *find(const struct report *r, struct str name)
{
	struct report_name *known;

	HASH_FIND(hh, r->names, name.p, name.len, known);
	return known;
}

/* texts: those of a place. */
static void note(struct report *r, const struct str *texts)
{
	struct str name = texts[REPORT_NAME], id = texts[REPORT_ID];
	struct report_name *known;

	if (!name.len || !str_eq(texts[REPORT_PLACE], STR_LITERAL("container")))
		return;
	known = find(r, name);
	if (known) {
		known->is_shared |= !str_eq(known->id, id);
		return;
	}
	known = calloc(1, sizeof(*known));
	if (known) {
		known->name = name;
		known->id = id;
		HASH_ADD_KEYPTR(hh, r->names, known->name.p, known->name.len, known);
	}
	if (!known || !hash_added(known)) {
		free(known);
		r->no_memory = true;
	}
}

static void note_row(struct report *r, const struct report_shape *shape,
		     const struct report_row *row)
{
	if (shape->has_place)
		note(r, row->texts);
	if (shape->has_owner)
		note(r, row->texts + REPORT_OWNER);
}

void report_names_find(struct report *r)
{
	for (int i = 0; i < REPORT_TABLES; i++) {
		for (struct report_row *row = r->tables[i].rows; row; row = row->hh.next)
			note_row(r, &report_tables[i], row);
	}
	for (int i = 0; i < REPORT_TOPS; i++) {
		for (size_t k = 0; k < r->tops[i].len; k++)
			note_row(r, &report_tops[i], &r->tops[i].rows[k]);
	}
}

void report_names_done(struct report *r)
{
	struct report_name *known, *next;

	HASH_ITER(hh, r->names, known, next) {
		HASH_DEL(r->names, known);
		free(known);
	}
}

bool report_is_shared(const struct report *r, struct str name)
{
	const struct report_name *known = name.len ? find(r, name) : NULL;

	return known && known->is_shared;
}
