// SPDX-License-Identifier: Apache-2.0
/*
 * help.c - what --help, --version and "help" as a value print
 */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "container/sockets.h"
#include "inspect/section.h"
#include "sink/columns.h"
#include "sink/journal.h"

const char *help_doc(struct arena *arena, const struct row *row)
{
	struct buf b = {};
	char *doc = NULL;

	if (!row->value)
		return row->help;
	buf_puts(&b, row->help);
	for (size_t i = 0; row->words && row->words[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : " (", row->words[i]);
	buf_printf(&b, "%sdefault: %s)", row->words ? "; " : " (", row->value);
	if (!b.failed)
		doc = arena_alloc(arena, b.len + 1);
	if (doc)
		memcpy(doc, b.data, b.len);
	buf_done(&b);
	return doc ? doc : row->help;
}

void help_version(void)
{
	const char *sockets = sockets_version(), *journal = journal_version();

	printf("proctrace %s\noptional libraries: %s, %s\n", PROCTRACE_VERSION,
	       sockets ? sockets : "none for runtimes' sockets", journal ? journal : "no journal");
}

bool help_list(const struct options *options, const struct row *row, const char *value)
{
	struct buf b = {};

	if (!value || strcmp(value, "help") != 0)
		return false;
	if (row->type == ROW_COLUMNS)
		columns_help(options_columns_use(options), &b);
	else if (row->type == ROW_SECTIONS)
		sections_help(&b);
	else
		return false;
	fwrite(b.data ? b.data : "", 1, b.len, stdout);
	buf_done(&b);
	return true;
}
