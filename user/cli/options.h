/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the command line, parsed
 *
 * One table holds every option with its parser, its default and its help; this is
 * what comes out. Strings and argument vectors point into argv, which must outlive
 * the options; the filter and the lists are owned by them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/glob.h"
#include "enrich/enrich.h"
#include "filter/filter.h"
#include "log/recorder.h"
#include "sink/columns.h"
#include "sink/text.h"

enum command {
	COMMAND_TRACE,
	COMMAND_PS,
	COMMAND_INSPECT,
	COMMAND_REPLAY,
	COMMAND_REPORT,
	COMMAND_VERIFY,
	COMMAND_KEYGEN,
	COMMAND_FEATURES
};

enum output_format { FORMAT_TEXT, FORMAT_JSON };

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* How much at most. */
struct rate {
	uint64_t records; /* of a container; 0: no limit */
	uint64_t window_ns;
};

/* What is to be inspected. */
struct target {
	const char *name; /* a pid, a prefix of a container's id, or a glob of its name */
	bool is_container;
};

/* Of --log. */
struct log_options {
	const char *path;  /* NULL: no log */
	const char *group; /* NULL: nobody else may read it */
	enum recorder_sync sync;
	enum recorder_full on_full;
	uint64_t max_bytes;	  /* 0: no limit */
	uint64_t rotate_every_ns; /* 0: never */
	uint64_t keep;		  /* closed files; 0: all */
	uint64_t max_total;	  /* bytes of all files; 0: any */
	bool compress;
	const char *seal_path; /* NULL: not sealed */
	uint64_t seal_every_ns;
};

/* A moment. */
struct when {
	bool is_set;
	int64_t wall_ns; /* since the epoch */
};

struct options {
	enum command command;
	struct filter *filter;

	enum output_format format;
	const char *output_path; /* NULL: standard output */
	struct log_options log;
	struct columns columns;
	enum time_form time_form;
	enum color_when color;
	bool tree;
	bool trim;
	bool no_header;
	bool quiet;

	struct globs env;    /* variables to record */
	struct globs labels; /* of containers, to show */
	bool no_redact;
	bool no_sandbox;
	bool existing;
	uint64_t duration_ns;  /* 0: until stopped */
	uint64_t count;	       /* 0: no limit */
	uint64_t buffer_bytes; /* a power of two */
	struct rate rate;
	enum enrich_mode enrich;
	const char *proc_root;
	const char *host_root;
	char *passwd_path; /* owned: that of host_root */
	char *group_path;  /* likewise */

	char *const *given; /* the words of the command line, up to a command */
	size_t given_len;
	char *const *argv_command; /* COMMAND and its arguments, NULL at the end; NULL: none */
	const char **files;	   /* of replay: at least one; the array is owned */
	size_t files_len;
	const char *verify_key_path; /* NULL: the chain alone */
	const char *sort;	     /* of ps: a list of columns; NULL: by container and age */
	bool join; /* what became known of a container later into its earlier events */
	bool follow;
	bool journal;
	struct when since, until;
	uint64_t top; /* of report: rows of a table */

	struct target *targets; /* of inspect: at least one; owned */
	size_t targets_len;
	uint32_t sections; /* bit per enum section */
	bool diff;	   /* of two targets */
	bool all;	   /* long lists are not cut */

	int exit_status; /* if options_parse() returns 1 */
};

/*
 * Returns 0 if there is a subcommand to run; 1 if everything is done and said
 * (--help, --version, a usage error), with ret_options->exit_status set. Either way
 * the caller calls options_done().
 */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_done(struct options *options);

/* The columns that are usual for the subcommand. */
enum columns_use options_columns_use(const struct options *options);

#endif /* CLI_OPTIONS_H */
