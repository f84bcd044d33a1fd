// SPDX-License-Identifier: Apache-2.0
/*
 * given.c - which options were given, and whether those are there that they need
 */
#include "cli/given.h"

#include <stdio.h>
#include <string.h>

static bool is_given(const struct given *given, enum table table, size_t index)
{
	return given->rows[table] & UINT32_C(1) << index;
}

void given_note(struct given *given, const struct row *row)
{
	for (int t = 0; t < TABLES; t++) {
		for (size_t i = 0; table_rows[t][i].name; i++) {
			if (&table_rows[t][i] == row)
				given->rows[t] |= UINT32_C(1) << i;
		}
	}
}

static char *say_lone(const struct row *row, const struct row *needed)
{
	char *text;

	if (asprintf(&text, "--%s needs --%s %s: without that it has no effect", row->name,
		     needed->name, needed->arg) < 0)
		return NULL;
	return text;
}

/* What the row needs is in its own table. */
static char *check_row(const struct given *given, enum table table, const struct row *row)
{
	const struct row *rows = table_rows[table];

	for (size_t i = 0; rows[i].name; i++) {
		if (!strcmp(rows[i].name, row->needs) && !is_given(given, table, i))
			return say_lone(row, &rows[i]);
	}
	return NULL;
}

char *given_find_lone(const struct given *given, const struct command_spec *spec)
{
	char *lone = NULL;

	for (size_t t = 0; t < spec->tables_len && !lone; t++) {
		enum table table = spec->tables[t];
		const struct row *rows = table_rows[table];

		for (size_t i = 0; rows[i].name && !lone; i++) {
			if (rows[i].needs && is_given(given, table, i))
				lone = check_row(given, table, &rows[i]);
		}
	}
	return lone;
}
