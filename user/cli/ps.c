// SPDX-License-Identifier: Apache-2.0
/*
 * ps.c - proctrace ps: the processes that run now, by container
 *
 * Everything comes from /proc; only what the columns, the order and the filters ask for is
 * read.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/feed.h"
#include "cli/output.h"
#include "cli/ps_order.h"
#include "cli/summary.h"
#include "pipeline.h"
#include "sink/text_cell.h"
#include "tracer/kernel.h"

#define WRITE_BYTES ((size_t)64 << 10) /* lines are collected up to this */

struct ps {
	const struct options *options;
	struct ps_order order;
	struct redact *redact;
	struct pipeline *pipeline;
	struct inventory inventory;
	unsigned int *depths;
	struct output output;
	struct buf out;
	int fd;
};

#define FACT(name) (1u << FACT_##name)

static uint32_t facts_of(enum column column)
{
	enum fact fact = text_cell_fact(column);

	switch (column) {
	case COLUMN_PID:
		return FACT(PIDS);
	case COLUMN_USER:
		return FACT(CREDS);
	case COLUMN_ARGS:
	case COLUMN_WHAT:
		return ENRICH_PROGRAM;
	default:
		return fact == FACT_COUNT ? 0 : 1u << fact;
	}
}

/* True if it shows more than a brief look finds, see ENRICH_BRIEF. */
static bool is_thorough(enum column column)
{
	return column == COLUMN_CAPS || column == COLUMN_EXE || column == COLUMN_CWD;
}

static void want_column(enum column column, uint32_t *facts)
{
	*facts |= facts_of(column);
	if (is_thorough(column))
		*facts &= ~ENRICH_BRIEF;
}

static uint32_t facts_wanted(const struct ps *ps)
{
	const struct options *o = ps->options;
	uint32_t facts = filter_facts(o->filter) | ENRICH_BRIEF;

	if (o->format == FORMAT_JSON)
		return ENRICH_ALL;
	for (unsigned int i = 0; i < o->columns.len; i++)
		want_column((enum column)o->columns.list[i], &facts);
	for (size_t i = 0; i < ps->order.len; i++)
		want_column(ps->order.keys[i].column, &facts);
	return facts;
}

static int open_pipeline(struct ps *ps)
{
	const struct options *o = ps->options;
	const struct redact_options redact = feed_redact(o);
	struct pipeline_options options = feed_pipeline(o);
	struct kernel_v1 v1;

	kernel_read_v1(o->proc_root, &v1);
	options.containers.v1_hierarchy_id = v1.hierarchy_id;
	options.containers.one_look = true;
	options.containers.v1_controller = v1.hierarchy_id ? v1.controller : NULL;
	if (redact_new(&redact, &ps->redact) < 0)
		return -ENOMEM;
	options.redact = ps->redact;
	return pipeline_new(&options, &ps->pipeline);
}

/* Returns 0 or a negative errno, which is said. */
static int look(struct ps *ps)
{
	int err = open_pipeline(ps);

	if (err == 0)
		err = pipeline_inventory(ps->pipeline, facts_wanted(ps), &ps->inventory);
	if (err == 0)
		err = ps_order_sort(&ps->order, &ps->inventory, &ps->depths);
	if (err < 0)
		log_error("cannot read %s: %s", ps->options->proc_root, strerror(-err));
	summary_say_undecided(ps->options->filter);
	return err;
}

static void make_event(struct ps *ps, size_t index, struct event *ret_event)
{
	inventory_event(&ps->inventory, &ps->inventory.processes[index], ret_event);
	ret_event->sequence = index + 1;
	redact_event(ps->redact, ret_event);
}

static int write_lines(struct ps *ps)
{
	int err = output_write(ps->fd, str_from(ps->out.data, ps->out.len));

	buf_reset(&ps->out);
	return err;
}

/* Returns 0 or a negative errno. */
static int print(struct ps *ps)
{
	struct event ev;
	int err = 0;

	for (size_t i = 0; ps->output.text && i < ps->inventory.len; i++) {
		make_event(ps, i, &ev);
		output_measure(&ps->output, &ev);
	}
	output_begin(&ps->output, &ps->out);
	for (size_t i = 0; err == 0 && i < ps->inventory.len; i++) {
		make_event(ps, i, &ev);
		output_indent(&ps->output, ps->depths[i]);
		output_emit(&ps->output, &ev, &ps->out);
		if (ps->out.failed)
			return -ENOMEM;
		if (ps->out.len >= WRITE_BYTES)
			err = write_lines(ps);
	}
	if (err == 0)
		err = write_lines(ps);
	if (close(ps->fd) < 0 && err == 0)
		err = -errno;
	ps->fd = -1;
	return err;
}

static int show(struct ps *ps)
{
	int err;

	if (output_open(ps->options, false, &ps->fd) < 0)
		return STATUS_FAILURE;
	err = output_init(&ps->output, ps->options, ps->fd);
	if (err == 0)
		err = print(ps);
	if (err < 0)
		return output_status(ps->options, err);
	if (ps->inventory.unread) {
		log_error("%u process%s could not be read, and %s left out: %s",
			  ps->inventory.unread, ps->inventory.unread == 1 ? "" : "es",
			  ps->inventory.unread == 1 ? "is" : "are",
			  strerror(-ps->inventory.unread_error));
		return STATUS_FAILURE;
	}
	if (ps->inventory.len)
		return STATUS_OK;
	log_error("no process that can be seen here fits what was asked for");
	return STATUS_FAILURE;
}

static void done(struct ps *ps)
{
	output_done(&ps->output);
	buf_done(&ps->out);
	if (ps->fd >= 0)
		close(ps->fd);
	free(ps->depths);
	inventory_done(&ps->inventory);
	pipeline_free(ps->pipeline);
	redact_free(ps->redact);
}

int cmd_ps(struct options *options)
{
	struct ps ps = { .options = options, .order.tree = options->tree, .fd = -1 };
	struct str bad;
	int status = STATUS_FAILURE;

	if (options->sort && ps_order_parse(options->sort, &ps.order, &bad) < 0) {
		log_error("--sort: '%.*s' is no column: 'proctrace ps --columns help' lists them",
			  (int)bad.len, bad.p);
		return STATUS_USAGE;
	}
	/* Else a reader that leaves would end us before the status can be said. */
	signal(SIGPIPE, SIG_IGN);
	if (look(&ps) == 0)
		status = show(&ps);
	done(&ps);
	return status;
}
