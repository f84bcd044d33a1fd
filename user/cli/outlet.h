/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlet.h - where the events of a live trace go: the output, and beside it the log and the journal
 *
 * Lines are formatted here and written by threads of their own, so a slow reader or
 * disk never holds the tracing up.
 */
#ifndef CLI_OUTLET_H
#define CLI_OUTLET_H

#include "cli/audit.h"
#include "cli/held.h"
#include "cli/journaling.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "sink/writer.h"

struct outlet {
	const struct options *options;
	struct summary *summary; /* counts what went out and what did not */
	struct output output;
	struct writer *writer;
	struct audit audit;
	struct journaling journal;
	struct held held; /* --log-sync record: what is not in the log yet */
	struct buf line;  /* that is held, if it is not the log's */
	int output_fd;	  /* the writer's, to be watched */
};

/* Opens the output, the log and the journal. Says why it cannot; returns 0 or a negative errno. */
int outlet_open(struct outlet *o, const struct options *options, struct summary *summary);

/*
 * The log begins, when the kernel side is attached: what it is opened for without seeing what
 * happens is none of its time. Returns 0 or a negative errno.
 */
int outlet_log_begin(struct outlet *o);

/* The column titles, if there are any. */
void outlet_begin(struct outlet *o);

/* As many events as --count asks for are out. */
bool outlet_is_full(const struct outlet *o);

/* To the log; and if shown, to the output and the journal. */
void outlet_take(struct outlet *o, const struct event *event, bool shown);

/* Before the agent sleeps: no line waits with it. */
void outlet_flush(struct outlet *o);

/* After SIGHUP: files that were moved away are made anew. */
void outlet_reopen(struct outlet *o);

/* After SIGUSR1: the log goes on in another file. */
void outlet_rotate(struct outlet *o);

/* Readable when lines may be shown that waited for the log; to be watched by edges. -1: none. */
int outlet_fd(const struct outlet *o);

/* Shows what waited. False: nobody takes the output any more, or the log is to end it all. */
bool outlet_check(struct outlet *o);

/* Writes what is queued. Says what went wrong; returns 0, -EPIPE for a reader that left, … */
int outlet_close(struct outlet *o);

#endif /* CLI_OUTLET_H */
