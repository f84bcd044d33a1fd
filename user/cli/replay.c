// SPDX-License-Identifier: Apache-2.0
/*
 * replay.c - proctrace replay: a log through the same filters and formats
 *
 * Needs no privilege and no kernel side. Writes directly and waits for a slow
 * reader: a log can be held up, unlike events. Secrets are not looked for again.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/output.h"
#include "cli/reading.h"

#define WRITE_BYTES ((size_t)64 << 10) /* lines are collected up to this */

struct replay {
	const struct options *options;
	struct output output;
	struct buf out;
	int fd;
	int write_error; /* negative errno; no more can be written */
	uint64_t shown;
};

static void write_lines(struct replay *r)
{
	if (r->write_error == 0)
		r->write_error = output_write(r->fd, str_from(r->out.data, r->out.len));
	buf_reset(&r->out);
}

static bool is_enough(const struct replay *r)
{
	return r->write_error || (r->options->count && r->shown >= r->options->count);
}

static bool take_event(struct event *e, struct str json, void *arg)
{
	struct replay *r = arg;

	filter_track(r->options->filter, e);
	if (!reading_is_in_time(r->options, e->wall_ns) || !filter_shows(r->options->filter, e)) {
		/* What a filter on processes hides live is not heard of here either. */
		if (filter_match(r->options->filter, e))
			output_note(&r->output, e);
		return true;
	}
	if (r->output.format == FORMAT_JSON && json.len)
		buf_str(&r->out, json);
	else
		output_emit(&r->output, e, &r->out);
	if (r->out.failed) {
		write_lines(r); /* the lines before it are whole */
		r->write_error = r->write_error ? r->write_error : -ENOMEM;
		return false;
	}
	r->shown++;
	if (r->out.len >= WRITE_BYTES)
		write_lines(r);
	return !is_enough(r);
}

static bool write_now(void *arg)
{
	struct replay *r = arg;

	write_lines(r);
	return !is_enough(r);
}

static int exit_status(const struct replay *r, bool failed)
{
	if (r->write_error)
		return output_status(r->options, r->write_error);
	return failed ? STATUS_FAILURE : STATUS_OK;
}

static int replay(struct replay *r, struct reading *reading)
{
	struct reading_taker taker = { .event = take_event, .idle = write_now };

	/* Else a reader that leaves would end us before the status can be said. */
	signal(SIGPIPE, SIG_IGN);
	if (output_open(r->options, false, &r->fd) < 0)
		return STATUS_FAILURE;
	if (output_init(&r->output, r->options, r->fd) < 0) {
		log_error("out of memory");
		close(r->fd);
		return STATUS_FAILURE;
	}
	taker.output_fd = r->fd;
	reading_run(reading, &taker, r);
	write_lines(r);
	if (close(r->fd) < 0 && r->write_error == 0)
		r->write_error = -errno;
	output_done(&r->output);
	buf_done(&r->out);
	return exit_status(r, reading->failed);
}

int cmd_replay(struct options *options)
{
	struct replay r = { .options = options };
	struct reading reading;
	int status;

	if (reading_open(&reading, options) < 0) {
		log_error("out of memory");
		status = STATUS_FAILURE;
	} else if (options->output_path && reading_has(&reading, options->output_path)) {
		/* Opening the output would empty it. */
		log_error("--output: '%s' is the log to be replayed: choose another file",
			  options->output_path);
		status = STATUS_USAGE;
	} else {
		status = replay(&r, &reading);
	}
	reading_close(&reading);
	return status;
}
