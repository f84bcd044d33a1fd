// SPDX-License-Identifier: Apache-2.0
/*
 * report.c - proctrace report: what an auditor asks first of a log
 *
 * Needs no privilege and no kernel side. Nothing is printed before all was read.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/report_print.h"

struct counting {
	const struct options *options;
	struct report report;
};

static bool take_event(struct event *e, struct str json, void *arg)
{
	struct counting *c = arg;

	(void)json;
	filter_track(c->options->filter, e);
	report_see_event(&c->report, e);
	if (reading_is_in_time(c->options, e->wall_ns) && filter_match(c->options->filter, e))
		report_event(&c->report, e);
	return true;
}

/* Some of the time before it, when nothing was recorded, is asked for. */
static bool ends_in_time(const struct options *o, const struct log_own *own)
{
	return (!o->since.is_set || own->wall_ns >= o->since.wall_ns) &&
	       (!o->until.is_set || own->previous_wall_ns <= o->until.wall_ns);
}

static void take_own(const struct log_own *own, void *arg)
{
	struct counting *c = arg;

	report_see_own(&c->report, own);
	if (reading_is_in_time(c->options, own->wall_ns))
		report_own(&c->report, own);
	if (ends_in_time(c->options, own))
		report_gap(&c->report, own);
}

static bool go_on(void *arg)
{
	(void)arg;
	return true;
}

static int print(const struct report_print *p, const struct options *options)
{
	struct buf out = { 0 };
	int fd, r;

	/* Else a reader that leaves would end us before the status can be said. */
	signal(SIGPIPE, SIG_IGN);
	if (output_open(options, false, &fd) < 0)
		return STATUS_FAILURE;
	if (options->format == FORMAT_JSON)
		report_json(p, &out);
	else
		report_text(p, &out);
	r = out.failed ? -ENOMEM : output_write(fd, str_from(out.data, out.len));
	if (close(fd) < 0 && r == 0)
		r = -errno;
	buf_done(&out);
	if (r == 0 || r == -EPIPE)
		return STATUS_OK;
	log_error("cannot write %s: %s",
		  options->output_path ? options->output_path : "standard output", strerror(-r));
	return STATUS_FAILURE;
}

/* Of what the log covers, what was asked for. */
static void cover(struct report_print *p, const struct options *o)
{
	p->from_ns = p->report->from_ns;
	p->to_ns = p->report->to_ns;
	if (o->since.is_set && o->since.wall_ns > p->from_ns)
		p->from_ns = o->since.wall_ns;
	if (o->until.is_set && o->until.wall_ns < p->to_ns)
		p->to_ns = o->until.wall_ns;
	if (!p->report->from_ns || p->from_ns > p->to_ns)
		p->from_ns = p->to_ns = 0;
}

static int report(struct counting *c, struct reading *reading)
{
	const struct reading_taker taker = {
		.event = take_event,
		.own = take_own,
		.idle = go_on,
		.output_fd = -1,
	};
	struct report_print p = {
		.report = &c->report,
		.top = c->options->top,
		.ascii = output_is_ascii(),
	};
	int status;

	reading_run(reading, &taker, c);
	report_end(&c->report);
	p.damaged = reading->damaged;
	cover(&p, c->options);
	status = print(&p, c->options);
	if (c->report.no_memory) {
		log_error("out of memory: the report is not whole");
		status = STATUS_FAILURE;
	}
	return status == STATUS_OK && reading->failed ? STATUS_FAILURE : status;
}

int cmd_report(struct options *options)
{
	struct counting c = { .options = options };
	struct reading reading;
	int status;

	if (reading_open(&reading, options) < 0 || report_init(&c.report, options->top) < 0) {
		log_error("out of memory");
		status = STATUS_FAILURE;
	} else if (options->output_path && reading_has(&reading, options->output_path)) {
		/* Opening the output would empty it. */
		log_error("--output: '%s' is the log to be read: choose another file",
			  options->output_path);
		status = STATUS_USAGE;
	} else {
		status = report(&c, &reading);
	}
	report_done(&c.report);
	reading_close(&reading);
	return status;
}
