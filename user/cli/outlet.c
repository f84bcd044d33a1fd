// SPDX-License-Identifier: Apache-2.0
/*
 * outlet.c - where the events of a live trace go: the output, and beside it the log and the journal
 */
#include "cli/outlet.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"

int outlet_open(struct outlet *o, const struct options *options, struct summary *summary)
{
	_cleanup_close_ int fd = -1;
	int r;

	*o = (struct outlet){ .options = options, .summary = summary, .output_fd = -1 };
	r = output_open(options, false, &fd);
	if (r == 0)
		r = journaling_open(&o->journal, options);
	if (r == 0)
		r = audit_open(&o->audit, options);
	if (r < 0)
		return r;
	o->output_fd = fd;
	r = output_init(&o->output, options, fd);
	if (r == 0)
		r = writer_new(fd, 0, &o->writer);
	if (r == 0)
		take_fd(&fd);
	else
		log_error("cannot start writing: %s", strerror(-r));
	return r;
}

int outlet_log_begin(struct outlet *o)
{
	return audit_begin(&o->audit);
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

static bool is_held(const struct outlet *o)
{
	return o->audit.recorder && o->options->log.sync == RECORDER_SYNC_RECORD;
}

/* The line that the log was given, where it is what is shown: it need not be made again. */
static bool has_line(const struct outlet *o)
{
	return o->audit.recorder && o->output.format == FORMAT_JSON && !o->audit.line.failed;
}

static bool show(struct outlet *o, const struct event *event)
{
	struct buf *out = writer_begin(o->writer);

	if (!out)
		return false;
	if (has_line(o))
		buf_put(out, o->audit.line.data, o->audit.line.len);
	else
		output_emit(&o->output, event, out);
	return writer_end(o->writer);
}

/* What the log does not hold is not shown either. */
static bool hold(struct outlet *o, const struct event *event, bool logged, uint64_t ticket)
{
	const struct buf *line = &o->audit.line;

	if (!has_line(o)) {
		buf_reset(&o->line);
		output_emit(&o->output, event, &o->line);
		line = &o->line;
	}
	return !line->failed && logged &&
	       held_add(&o->held, ticket, str_from(line->data, line->len));
}

void outlet_take(struct outlet *o, const struct event *event, bool shown)
{
	bool logged = false;
	uint64_t ticket = 0;

	if (outlet_is_full(o))
		return; /* the rest is drained for the counts alone */
	if (o->audit.recorder)
		logged = audit_put(&o->audit, event, &ticket);
	if (!shown) {
		output_note(&o->output, event);
		return;
	}
	journaling_put(&o->journal, event);
	if (!(is_held(o) ? hold(o, event, logged, ticket) : show(o, event))) {
		o->summary->not_shown++;
		return;
	}
	o->summary->shown[event->kind]++;
	o->summary->shown_total++;
}

static void show_held(struct outlet *o)
{
	if (is_held(o))
		o->summary->not_shown +=
			held_show(&o->held, recorder_held(o->audit.recorder), o->writer);
}

void outlet_flush(struct outlet *o)
{
	if (o->audit.recorder)
		recorder_flush(o->audit.recorder);
	journaling_flush(&o->journal);
	show_held(o);
	writer_flush(o->writer);
}

int outlet_fd(const struct outlet *o)
{
	return o->audit.recorder ? recorder_fd(o->audit.recorder) : -1;
}

void outlet_reopen(struct outlet *o)
{
	int fd;

	if (o->options->output_path && output_open(o->options, true, &fd) == 0)
		writer_reopen(o->writer, fd);
	if (o->audit.recorder)
		recorder_reopen(o->audit.recorder);
}

void outlet_rotate(struct outlet *o)
{
	if (o->audit.recorder)
		recorder_rotate(o->audit.recorder);
}

bool outlet_check(struct outlet *o)
{
	bool go_on = audit_check(&o->audit);

	journaling_check(&o->journal);
	show_held(o);
	return go_on && writer_error(o->writer) == 0;
}

int outlet_close(struct outlet *o)
{
	uint64_t not_logged, not_written, not_journaled = journaling_close(&o->journal);
	int log_result = audit_close(&o->audit, &not_logged);
	int error;

	show_held(o); /* what the log holds now */
	error = writer_close(take_ptr(o->writer), &not_written);
	if (o->summary) {
		struct summary *s = o->summary;

		s->not_logged += not_logged;
		s->not_journaled += not_journaled;
		/* With all that was shown the line of titles is gone as well. */
		s->not_shown += o->held.count +
				(not_written < s->shown_total ? not_written : s->shown_total);
	}
	if (error && error != -EPIPE)
		log_error("cannot write %s: %s",
			  o->options->output_path ? o->options->output_path : "standard output",
			  strerror(-error));
	audit_done(&o->audit);
	held_done(&o->held);
	output_done(&o->output);
	buf_done(&o->line);
	return error ? error : log_result;
}
