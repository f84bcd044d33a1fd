/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - where events go and what they look like there, by the options
 *
 * Shared by the subcommands that print events. How the bytes are written (by a
 * thread, or directly) is theirs.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "cli/options.h"
#include "event/event.h"
#include "sink/json_kept.h"

struct output {
	enum output_format format;
	struct text_sink *text; /* owned; NULL: JSON */
	struct json_kept json_kept;
};

/*
 * Opens the file of --output (made empty; append: gone on with, as after SIGHUP), or a
 * copy of standard output. The caller owns *ret_fd. Says on standard error why it
 * cannot; returns 0 or a negative errno.
 */
int output_open(const struct options *options, bool append, int *ret_fd);

/* Writes all of it. Returns 0 or the negative errno that no more can be written for. */
int output_write(int fd, struct str lines);

/* The exit status for what output_write() or close(2) said, which is told on standard error. */
int output_status(const struct options *options, int write_error);

/* Whether text is coloured, and how wide the terminal is (0: no width is known). */
bool output_wants_color(const struct options *options, int fd);
unsigned int output_width(int fd);
/* Whether the locale says that nobody can read UTF-8 here. */
bool output_is_ascii(void);

/* fd: where the lines will go, to ask for colour and width. Returns 0 or -ENOMEM. */
int output_init(struct output *o, const struct options *options, int fd);
void output_done(struct output *o); /* all zero is fine */

/* For ps: how deep the next line is indented. */
void output_indent(struct output *o, unsigned int depth);

/* For ps: an event that will be printed. */
void output_measure(struct output *o, const struct event *e);

/* The column titles, if there are any and they were not written yet. */
void output_begin(struct output *o, struct buf *out);

/* Appends the line of an event. Nothing of it is there if out->failed is set. */
void output_emit(struct output *o, const struct event *e, struct buf *out);

/* An event that is not shown: it may say who descends from whom. */
void output_note(struct output *o, const struct event *e);

#endif /* CLI_OUTPUT_H */
