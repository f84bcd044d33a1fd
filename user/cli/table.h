/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - every option of every subcommand, once
 *
 * A row is parser, default and help: what kind of value the option takes, where it
 * goes in struct options, what it is if not given, and what --help says.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "filter/filter.h"

enum row_type {
	ROW_SWITCH,   /* bool: true */
	ROW_TEXT,     /* const char * */
	ROW_WORD,     /* an enum: the index in .words */
	ROW_TIME,     /* uint64_t ns */
	ROW_WHEN,     /* struct when */
	ROW_NUMBER,   /* uint64_t */
	ROW_SIZE,     /* uint64_t bytes */
	ROW_BUFFER,   /* uint64_t bytes, made a power of two */
	ROW_RATE,     /* struct rate */
	ROW_FILTER,   /* .filter_key; with or without a value */
	ROW_GLOBS,    /* struct globs */
	ROW_COLUMNS,  /* struct columns */
	ROW_SECTIONS, /* uint32_t: bit per enum section */
	ROW_TARGET,   /* a container that is to be inspected */
	ROW_HELP,
	ROW_VERSION,
};

struct row {
	const char *name; /* NULL ends a table */
	char short_name;  /* 0: none */
	enum row_type type;
	const char *arg; /* what --help calls the value; NULL: takes none */
	size_t offset;	 /* in struct options */
	enum filter_key filter_key;
	const char *const *words; /* NULL at the end; in the order of the enum. Needs .value */
	const char *value;	  /* the default, as it would be given; NULL: none, zero */
	const char *needs;	  /* the option without which it has no effect; NULL: none */
	const char *help;
};

#define BUFFER_MIN (UINT64_C(512) << 10) /* room for the largest record */
#define BUFFER_MAX (UINT64_C(1) << 30)

enum table {
	TABLE_FILTER,
	TABLE_KINDS,
	TABLE_OUTPUT,
	TABLE_TIMELINE,
	TABLE_FACTS,
	TABLE_LIVE,
	TABLE_LOG,
	TABLE_WINDOW,
	TABLE_REPLAY,
	TABLE_REPORT,
	TABLE_PS,
	TABLE_INSPECT,
	TABLE_VERIFY,
	TABLE_KEYGEN,
	TABLE_PLACE,
	TABLE_COMMON,
	TABLES
};

extern const struct row *const table_rows[TABLES];
extern const char *const table_titles[TABLES]; /* above the options in --help */

struct command_spec {
	const char *word;     /* as on the command line */
	const char *name;     /* as in the usage line */
	const char *args_doc; /* what follows the options there */
	const char *doc;      /* above the options, and after a \v below them */
	enum table tables[TABLES];
	size_t tables_len;
};

#define COMMANDS 8

extern const struct command_spec commands[COMMANDS]; /* indexed by enum command */

/* The subcommand of that name; NULL if there is none. */
const struct command_spec *command_find(const char *word);

/* The key that argp knows a row by: its short name, or a number beyond all characters. */
int table_key(enum table table, size_t index);
/* The row of a key that the command has; NULL if there is none. */
const struct row *table_find(const struct command_spec *spec, int key);

#endif /* CLI_TABLE_H */
