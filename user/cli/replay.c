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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "cli/output.h"
#include "cli/input.h"
#include "log/joined.h"
#include "log/reader.h"

#define WRITE_BYTES ((size_t)64 << 10) /* lines are collected up to this */

struct replay {
	const struct options *options;
	struct output output;
	struct joined *joined; /* NULL without --join */
	struct buf out;
	int fd;
	int write_error; /* negative errno; no more can be written */
	uint64_t shown;
	bool failed; /* something could not be read */
};

/* What a file was like. */
struct tally {
	uint64_t events;
	uint64_t damaged;
	uint64_t first_damaged; /* line */
};

static void log_reader_freep(struct log_reader **reader)
{
	log_reader_free(*reader);
}

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

static void replay_event(struct replay *r, struct event *e)
{
	if (r->joined && !joined_fill(r->joined, e))
		return;
	filter_track(r->options->filter, e);
	if (!filter_shows(r->options->filter, e)) {
		/* What a filter on processes hides live is not heard of here either. */
		if (filter_match(r->options->filter, e))
			output_note(&r->output, e);
		return;
	}
	output_emit(&r->output, e, &r->out);
	if (r->out.failed) {
		write_lines(r); /* the lines before it are whole */
		r->write_error = r->write_error ? r->write_error : -ENOMEM;
		return;
	}
	r->shown++;
	if (r->out.len >= WRITE_BYTES)
		write_lines(r);
}

/* Returns 0 at the end of the file, or the negative errno that ended it before. */
static int replay_lines(struct replay *r, struct log_reader *reader, bool live, struct tally *tally)
{
	struct event e;

	while (!is_enough(r)) {
		int n = log_reader_next(reader, &e);

		if (n == 1) {
			tally->events++;
			replay_event(r, &e);
		} else if (n == -EBADMSG) {
			if (tally->damaged++ == 0)
				tally->first_damaged = log_reader_line(reader);
		} else {
			return n;
		}
		/* What comes through a pipe may come slowly: no line waits for the next. */
		if (live)
			write_lines(r);
	}
	return 0;
}

static void report(struct replay *r, const char *name, const struct tally *tally)
{
	if (tally->damaged == 0)
		return;
	log_warn("%s: %llu damaged line%s left out, the first is line %llu", name,
		 (unsigned long long)tally->damaged, tally->damaged == 1 ? "" : "s",
		 (unsigned long long)tally->first_damaged);
	if (tally->events == 0) {
		log_error("%s: no line of it is an event: is it a log of proctrace?", name);
		r->failed = true;
	}
}

static void replay_input(struct replay *r, const struct input *input)
{
	_cleanup_(log_reader_freep) struct log_reader *reader = NULL;
	struct tally tally = {};
	int n = log_reader_new(input->file, &reader);

	if (n == 0)
		n = replay_lines(r, reader, input->is_live, &tally);
	if (n < 0) {
		log_error("cannot read %s: %s", input->name, strerror(-n));
		r->failed = true;
	}
	/* The warning belongs after the lines that came before it. */
	write_lines(r);
	report(r, input->name, &tally);
}

static void replay_files(struct replay *r)
{
	const struct options *o = r->options;

	for (size_t i = 0; i < o->files_len && !is_enough(r); i++) {
		struct input input = {};

		if (input_open(o->files[i], &input) == 0)
			replay_input(r, &input);
		else
			r->failed = true;
		input_close(&input);
	}
}

/* What cannot be read or is damaged is said when it is read again. */
static void learn_input(struct replay *r, const struct input *input)
{
	_cleanup_(log_reader_freep) struct log_reader *reader = NULL;
	struct event e;
	int n = log_reader_new(input->file, &reader);

	while (n == 0 || n == 1 || n == -EBADMSG) {
		n = log_reader_next(reader, &e);
		if (n == 0)
			return;
		if (n == 1)
			joined_learn(r->joined, &e);
	}
}

/*
 * --join: all of the logs, twice. They stay open in between, so that a log that is
 * rotated meanwhile is still the same.
 */
static void replay_files_joined(struct replay *r, struct input *inputs)
{
	const struct options *o = r->options;

	for (size_t i = 0; i < o->files_len; i++) {
		struct input *input = &inputs[i];

		if (input_open(o->files[i], input) < 0) {
			r->failed = true;
		} else if (input_keep(input) < 0) {
			r->failed = true;
			input_close(input);
		} else {
			learn_input(r, input);
		}
	}
	joined_rewind(r->joined);
	for (size_t i = 0; i < o->files_len && !is_enough(r); i++) {
		if (!inputs[i].file)
			continue;
		input_rewind(&inputs[i]);
		replay_input(r, &inputs[i]);
	}
	if (joined_beyond(r->joined))
		log_warn("--join: %llu events are of containers that were too many to remember, "
			 "and stay as they were logged",
			 (unsigned long long)joined_beyond(r->joined));
}

/* Returns 0 or -ENOMEM. */
static int replay_joined(struct replay *r)
{
	struct input *inputs = calloc(r->options->files_len, sizeof(*inputs));

	if (!inputs || joined_new(0, 0, &r->joined) < 0) {
		free(inputs);
		return -ENOMEM;
	}
	replay_files_joined(r, inputs);
	for (size_t i = 0; i < r->options->files_len; i++)
		input_close(&inputs[i]);
	free(inputs);
	return 0;
}

/* Opening the output empties it: a log must not be replayed onto itself. */
static bool is_overwriting(const struct options *options)
{
	struct stat out, in;

	if (!options->output_path || stat(options->output_path, &out) < 0 || !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < options->files_len; i++) {
		bool is_stdin = !strcmp(options->files[i], "-");

		if ((is_stdin ? fstat(STDIN_FILENO, &in) : stat(options->files[i], &in)) == 0 &&
		    in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return true;
	}
	return false;
}

static int exit_status(const struct replay *r)
{
	if (r->write_error)
		return output_status(r->options, r->write_error);
	return r->failed ? STATUS_FAILURE : STATUS_OK;
}

int cmd_replay(struct options *options)
{
	struct replay r = { .options = options };
	int status;

	if (is_overwriting(options)) {
		log_error("--output: '%s' is the log to be replayed: choose another file",
			  options->output_path);
		return STATUS_USAGE;
	}
	/* Else a reader that leaves would end us before the status can be said. */
	signal(SIGPIPE, SIG_IGN);
	if (output_open(options, false, &r.fd) < 0)
		return STATUS_FAILURE;
	if (output_init(&r.output, options, r.fd) < 0) {
		log_error("out of memory");
		close(r.fd);
		return STATUS_FAILURE;
	}
	if (!options->join) {
		replay_files(&r);
	} else if (replay_joined(&r) < 0) {
		log_error("out of memory");
		r.failed = true;
	}
	write_lines(&r);
	if (close(r.fd) < 0 && r.write_error == 0)
		r.write_error = -errno;
	status = exit_status(&r);
	output_done(&r.output);
	joined_free(r.joined);
	buf_done(&r.out);
	return status;
}
