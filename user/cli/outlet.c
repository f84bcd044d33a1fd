// SPDX-License-Identifier: Apache-2.0
/*
 * outlet.c - where the events of a live trace go: the output, and the log beside it
 */
#include "cli/outlet.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/logfile.h"
#include "sink/json.h"

int outlet_open(struct outlet *o, const struct options *options, struct summary *summary)
{
	_cleanup_close_ int fd = -1;
	_cleanup_close_ int log_fd = -1;
	int r = output_open(options, false, &fd);

	*o = (struct outlet){ .options = options, .summary = summary, .output_fd = fd };
	if (r < 0)
		return r;
	if (options->log_path) {
		r = logfile_open(options->log_path, &log_fd);
		if (r < 0)
			return r;
	}
	r = output_init(&o->output, options, fd);
	if (r == 0)
		r = writer_new(fd, 0, &o->writer);
	if (r == 0)
		take_fd(&fd);
	if (r == 0 && log_fd >= 0)
		r = writer_new(log_fd, 0, &o->log_writer);
	if (r == 0 && log_fd >= 0)
		take_fd(&log_fd);
	if (r < 0)
		log_error("cannot start writing: %s", strerror(-r));
	return r;
}

void outlet_begin(struct outlet *o)
{
	struct buf *out = writer_begin(o->writer);

	if (!out)
		return;
	output_begin(&o->output, out);
	writer_end(o->writer);
}

bool outlet_is_full(const struct outlet *o)
{
	return o->options->count && o->summary->shown_total >= o->options->count;
}

static void put_log(struct outlet *o, const struct event *event)
{
	struct buf *out = writer_begin(o->log_writer);

	if (out)
		json_emit_next(&o->log_kept, event, out);
	if (!out || !writer_end(o->log_writer))
		o->summary->not_logged++;
}

void outlet_take(struct outlet *o, const struct event *event, bool shown)
{
	struct buf *out;

	if (outlet_is_full(o))
		return; /* the rest is drained for the counts alone */
	if (o->log_writer)
		put_log(o, event);
	if (!shown) {
		output_note(&o->output, event);
		return;
	}
	out = writer_begin(o->writer);
	if (out)
		output_emit(&o->output, event, out);
	if (!out || !writer_end(o->writer)) {
		o->summary->not_shown++;
		return;
	}
	o->summary->shown[event->kind]++;
	o->summary->shown_total++;
}

void outlet_flush(struct outlet *o)
{
	writer_flush(o->writer);
	if (o->log_writer)
		writer_flush(o->log_writer);
}

void outlet_reopen(struct outlet *o)
{
	int fd;

	if (o->options->output_path && output_open(o->options, true, &fd) == 0)
		writer_reopen(o->writer, fd);
	if (o->log_writer && logfile_open(o->options->log_path, &fd) == 0) {
		writer_reopen(o->log_writer, fd);
		o->log_failed = false;
	}
}

static void say_log_error(const struct outlet *o, int error, const char *then)
{
	log_error("cannot write the log '%s': %s%s", o->options->log_path, strerror(-error), then);
}

bool outlet_check(struct outlet *o)
{
	int error = o->log_writer ? writer_error(o->log_writer) : 0;

	if (error && !o->log_failed) {
		o->log_failed = true;
		say_log_error(o, error, "; tracing goes on without it");
	}
	return writer_error(o->writer) == 0;
}

int outlet_close(struct outlet *o)
{
	int error = writer_close(take_ptr(o->writer));
	int log_error_code = writer_close(take_ptr(o->log_writer));

	if (error && error != -EPIPE)
		log_error("cannot write %s: %s",
			  o->options->output_path ? o->options->output_path : "standard output",
			  strerror(-error));
	if (log_error_code && !o->log_failed)
		say_log_error(o, log_error_code, "");
	output_done(&o->output);
	return error ? error : log_error_code;
}
