/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.h - which columns a text line has
 *
 * One table row is a column's name, title, width and description; the list on
 * the command line, its help and the text sink all read that table.
 */
#ifndef SINK_COLUMNS_H
#define SINK_COLUMNS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum column {
	COLUMN_TIME,
	COLUMN_CONTAINER,
	COLUMN_EVENT,
	COLUMN_PID,
	COLUMN_USER,
	COLUMN_WHAT,
	COLUMN_TID,
	COLUMN_VPID,
	COLUMN_PPID,
	COLUMN_PARENT,
	COLUMN_CREATOR,
	COLUMN_ENTITY,
	COLUMN_UID,
	COLUMN_GID,
	COLUMN_LOGIN,
	COLUMN_NAME,
	COLUMN_EXE,
	COLUMN_CWD,
	COLUMN_ARGS,
	COLUMN_ENV,
	COLUMN_TTY,
	COLUMN_ID,
	COLUMN_RUNTIME,
	COLUMN_IMAGE,
	COLUMN_POD,
	COLUMN_CGROUP,
	COLUMN_NS,
	COLUMN_CAPS,
	COLUMN_SECCOMP,
	COLUMN_LSM,
	COLUMN_ENTERED,
	COLUMN_HOST,
	COLUMN_SEQUENCE,
	COLUMN_NSPID,
	COLUMN_STATE,
	COLUMN_THREADS,
	COLUMN_RSS,
	COLUMN_CPU,
	COLUMN_START,
	COLUMN_AGE,
	COLUMN_COUNT,
};

/* For whom a list is usual. */
enum columns_use {
	COLUMNS_TIMELINE,  /* time container event pid user what */
	COLUMNS_PROCESSES, /* container pid user state rss cpu age what */
};

struct column_spec {
	const char *name;  /* as in --columns */
	const char *title; /* as in the header */
	const char *help;  /* one line */
	unsigned int width;
};

/* Indexed by enum column. */
extern const struct column_spec column_specs[COLUMN_COUNT];

struct columns {
	uint8_t list[COLUMN_COUNT]; /* enum column, in the order they are printed; none twice */
	unsigned int len;
};

void columns_usual(enum columns_use use, struct columns *ret_columns);

/*
 * Comma-separated names. A list that begins with '+' adds to the usual columns,
 * before "what", which stays last. Returns 0 or -EINVAL; *ret_bad is then the
 * word that names no column (part of list), or empty if the list is.
 */
int columns_parse(const char *list, enum columns_use use, struct columns *ret_columns,
		  struct str *ret_bad);

/* The column of that name, or -1. */
int column_parse(struct str name);

/* What --columns help prints: a line for each column. */
void columns_help(enum columns_use use, struct buf *out);

#endif /* SINK_COLUMNS_H */
