/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.h - the events of the logs that a subcommand was given
 *
 * Says on standard error what cannot be read and how many lines are damaged.
 */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "cli/options.h"
#include "log/files.h"
#include "log/joined.h"
#include "log/reader.h"

struct reading_taker {
	/*
	 * An event, in the order of the log; json: it as a line, if it was made already. Returns
	 * false if no more are wanted.
	 */
	bool (*event)(struct event *e, struct str json, void *arg);
	void (*own)(const struct log_own *own, void *arg); /* NULL: not wanted */
	/* Lines may not come for a while. Returns false if no more are wanted. */
	bool (*idle)(void *arg);
	int output_fd; /* to notice that nobody reads it any more; -1: nothing */
};

struct reading {
	const struct options *options;
	struct log_files *files;
	struct log_reader *reader;
	struct joined *joined; /* NULL without --join */
	const struct reading_taker *taker;
	void *arg;
	uint64_t last_seq; /* of the last record that a log numbered */
	uint64_t damaged;  /* lines that were left out */
	bool failed;	   /* something could not be read */
	bool no_memory;	   /* for a line */
	bool done;	   /* no more are wanted */
};

/* Opens the files. Returns 0 or -ENOMEM; what cannot be opened is said, and .failed set. */
int reading_open(struct reading *r, const struct options *options);
void reading_close(struct reading *r); /* all zero is fine */

/* Whether one of the files is that one, so that it must not be written to. */
bool reading_has(const struct reading *r, const char *path);

/* Gives all events to the taker; with --follow until it wants no more, SIGINT or SIGTERM. */
void reading_run(struct reading *r, const struct reading_taker *taker, void *arg);

/* Between --since and --until. */
bool reading_is_in_time(const struct options *options, int64_t wall_ns);

#endif /* CLI_READING_H */
