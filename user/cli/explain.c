// SPDX-License-Identifier: Apache-2.0
/*
 * explain.c - what was wrong with the option that getopt refused
 */
#include "cli/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static char *sentence(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

static const struct row *find_long(const struct command_spec *spec, const char *name, size_t len)
{
	for (size_t t = 0; t < spec->tables_len; t++) {
		for (const struct row *row = table_rows[spec->tables[t]]; row->name; row++) {
			if (strlen(row->name) == len && !memcmp(row->name, name, len))
				return row;
		}
	}
	return NULL;
}

static const struct row *find_short(const struct command_spec *spec, char c)
{
	for (size_t t = 0; t < spec->tables_len; t++) {
		for (const struct row *row = table_rows[spec->tables[t]]; row->name; row++) {
			if (row->short_name == c)
				return row;
		}
	}
	return NULL;
}

/* NULL if nothing is wrong with the word. */
static char *explain_long(const struct command_spec *spec, const char *word, bool last)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct row *row = find_long(spec, name, len);

	if (!row)
		return sentence("unknown option '--%.*s': '%s --help' lists the options", (int)len,
				name, spec->name);
	if (name[len] == '=' && !row->arg)
		return sentence("--%s takes no value: leave '%s' out", row->name, name + len);
	if (name[len] == '\0' && row->arg && last)
		return sentence("--%s needs a value: --%s=%s", row->name, row->name, row->arg);
	return NULL;
}

static char *explain_short(const struct command_spec *spec, const char *word, bool last)
{
	for (const char *c = word + 1; *c; c++) {
		const struct row *row = find_short(spec, *c);

		if (!row)
			return sentence("unknown option '-%c': '%s --help' lists the options", *c,
					spec->name);
		if (row->arg && c[1] == '\0' && last)
			return sentence("-%c needs a value: -%c %s", *c, *c, row->arg);
		if (row->arg)
			break;
	}
	return NULL;
}

char *explain_refused(const struct command_spec *spec, int argc, char **argv, int next)
{
	/* getopt stops before or after the word it refuses, depending on the word. */
	for (int i = next - 1; i <= next; i++) {
		const char *word = i >= 1 && i < argc ? argv[i] : "";
		bool last = i == argc - 1;
		char *why = NULL;

		if (!strncmp(word, "--", 2) && word[2])
			why = explain_long(spec, word, last);
		else if (word[0] == '-' && word[1] && word[1] != '-')
			why = explain_short(spec, word, last);
		if (why)
			return why;
	}
	return sentence("cannot understand the command line: '%s --help' explains it", spec->name);
}
