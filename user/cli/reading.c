// SPDX-License-Identifier: Apache-2.0
/*
 * reading.c - the events of the logs that a subcommand was given
 */
#include "cli/reading.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "log/follow.h"
#include "log/spool.h"
#include "sink/json.h"

/* What a file was like. */
struct tally {
	uint64_t records;
	uint64_t damaged;
	uint64_t first_damaged; /* line */
};

static void note_refused(const char *name, int error, void *arg)
{
	struct reading *r = arg;

	log_error("cannot open '%s': %s", name, log_files_reason(error));
	r->failed |= error != -ENOMSG;
}

int reading_open(struct reading *r, const struct options *options)
{
	int n;

	*r = (struct reading){ .options = options };
	n = log_files_open(options->files, options->files_len, note_refused, r, &r->files);
	if (n == 0)
		n = log_reader_new(json_emit, &r->reader);
	if (n == 0 && options->join)
		n = joined_new(0, 0, &r->joined);
	return n;
}

void reading_close(struct reading *r)
{
	log_files_free(r->files);
	log_reader_free(r->reader);
	joined_free(r->joined);
	*r = (struct reading){ 0 };
}

bool reading_has(const struct reading *r, const char *path)
{
	struct stat one, other;

	if (stat(path, &one) < 0 || !S_ISREG(one.st_mode))
		return false;
	for (size_t i = 0; i < log_files_len(r->files); i++) {
		if (fstat(log_source_fd(log_files_at(r->files, i)->source), &other) == 0 &&
		    one.st_dev == other.st_dev && one.st_ino == other.st_ino)
			return true;
	}
	return false;
}

bool reading_is_in_time(const struct options *options, int64_t wall_ns)
{
	return (!options->since.is_set || wall_ns >= options->since.wall_ns) &&
	       (!options->until.is_set || wall_ns <= options->until.wall_ns);
}

/* Only --follow is ended by a signal: see reading_run(). */
static bool goes_on(const struct reading *r)
{
	return !r->done && !signals_stopped();
}

static bool is_idle(struct reading *r)
{
	if (!r->done)
		r->done = !r->taker->idle(r->arg);
	return r->done;
}

/* The warning belongs after the lines that came before it. */
static void report(struct reading *r, const char *name, struct tally *tally)
{
	if (tally->damaged == 0)
		return;
	is_idle(r);
	log_warn("%s: %llu damaged line%s left out, the first is line %llu", name,
		 (unsigned long long)tally->damaged, tally->damaged == 1 ? "" : "s",
		 (unsigned long long)tally->first_damaged);
	if (tally->records == 0) {
		log_error("%s: no line of it is an event: is it a log of proctrace?", name);
		r->failed = true;
	}
	tally->damaged = 0;
}

static void say_error(struct reading *r, const char *name, int error)
{
	is_idle(r);
	log_error("cannot read %s: %s", name, log_files_reason(error));
	r->failed = true;
}

/* Once: it would be said of every line. */
static void say_no_memory(struct reading *r, const char *name)
{
	if (!r->no_memory)
		say_error(r, name, -ENOMEM);
	r->no_memory = true;
}

static void take_line(struct reading *r, const char *name, const struct log_line *line,
		      struct tally *tally)
{
	struct event e;
	int n = -EBADMSG;

	if (line->text.len == 0 && !line->too_long)
		return;
	if (!line->too_long)
		n = log_reader_parse(r->reader, line->text, &e);
	if (n == -ENOMEM) {
		say_no_memory(r, name);
		return;
	}
	if (n < 0) {
		r->damaged++;
		if (tally->damaged++ == 0)
			tally->first_damaged = line->number;
		return;
	}
	tally->records++;
	if (log_reader_seq(r->reader))
		r->last_seq = log_reader_seq(r->reader);
	if (n == 0 && r->taker->own)
		r->taker->own(log_reader_own(r->reader), r->arg);
	if (n == 0 || (r->joined && !joined_fill(r->joined, &e)))
		return;
	r->done = !r->taker->event(&e, r->joined ? str_from("", 0) : log_reader_json(r->reader),
				   r->arg);
}

/* growing: what has no newline yet may get one. */
static void read_file(struct reading *r, const struct log_file *file, bool growing)
{
	struct tally tally = { 0 };
	struct log_line line;
	int n = 1;

	while (goes_on(r) && n == 1) {
		/* What comes through a pipe may come slowly: no line waits for the next. */
		if (log_source_is_stream(file->source) && !log_source_has_line(file->source) &&
		    is_idle(r))
			return;
		n = growing ? log_source_follow(file->source, &line) :
			      log_source_next(file->source, &line);
		if (n == 1)
			take_line(r, file->name, &line, &tally);
	}
	if (n < 0)
		say_error(r, file->name, n);
	report(r, file->name, &tally);
}

/* Returns false if nothing more is wanted. */
static bool wait_for_more(const struct reading *r, struct follow *follow)
{
	sigset_t mask;
	bool more = signals_hold_stop(&mask) &&
		    follow_wait(follow, r->taker->output_fd, &mask) == 0;

	signals_let_stop(&mask);
	return more;
}

/* What comes after the file, which was read to its end. */
static void follow(struct reading *r, const struct log_file *file)
{
	struct tally tally = { .records = 1 }; /* an empty beginning is no other thing */
	struct follow *follow;
	int n = follow_new(file, &follow);

	if (n < 0) {
		log_error("--follow: cannot follow %s: %s", file->name,
			  n == -EINVAL ? "it is no plain file" : strerror(-n));
		r->failed = true;
		return;
	}
	while (goes_on(r)) {
		struct log_line line;

		n = follow_next(follow, r->last_seq, &line);
		if (n == 1) {
			take_line(r, follow_name(follow), &line, &tally);
			continue;
		}
		report(r, follow_name(follow), &tally);
		if (n < 0 && n != -EAGAIN)
			say_error(r, follow_name(follow), n);
		if (n == 0 && !is_idle(r))
			r->done = !wait_for_more(r, follow);
	}
	report(r, follow_name(follow), &tally);
	follow_free(follow);
}

/* Every event of every file. What is damaged is said when it is read again. */
static void learn(struct reading *r)
{
	struct log_line line;
	struct event e;

	for (size_t i = 0; i < log_files_len(r->files); i++) {
		const struct log_file *file = log_files_at(r->files, i);
		int n, parsed;

		while ((n = log_source_next(file->source, &line)) == 1) {
			parsed = log_reader_parse(r->reader, line.text, &e);
			if (parsed == 1)
				joined_learn(r->joined, &e);
			else if (parsed == -ENOMEM)
				say_no_memory(r, file->name);
		}
		/* Read again it may be readable, and what is joined would lack this. */
		if (n < 0 && !log_source_is_damaged(n))
			say_error(r, file->name, n);
		log_source_rewind(file->source);
	}
	joined_rewind(r->joined);
}

/* Returns false if it cannot be read twice. */
static bool keep(struct reading *r, const struct log_file *file)
{
	bool reading;
	int n = log_source_keep(file->source, &reading);

	if (n == 0)
		return true;
	if (reading)
		log_error("cannot read %s: %s", file->name, strerror(-n));
	else
		log_error("cannot keep a copy of %s in %s: %s; name the file itself, or set "
			  "TMPDIR to a directory with more room",
			  file->name, spool_directory(), strerror(-n));
	r->failed = true;
	return false;
}

void reading_run(struct reading *r, const struct reading_taker *taker, void *arg)
{
	size_t len = log_files_len(r->files);
	bool follows = r->options->follow;

	r->taker = taker;
	r->arg = arg;
	for (size_t i = 0; r->joined && i < len; i++) {
		if (!keep(r, log_files_at(r->files, i)))
			return;
	}
	if (r->joined)
		learn(r);
	for (size_t i = 0; i < len && goes_on(r); i++) {
		const struct log_file *file = log_files_at(r->files, i);

		/* Not while a pipe is read, which may be silent for ever. */
		if (follows && !log_source_is_stream(file->source))
			signals_catch_stop();
		read_file(r, file, follows && i == len - 1);
	}
	if (follows && len && goes_on(r))
		follow(r, log_files_at(r->files, len - 1));
	if (r->joined && joined_no_memory(r->joined)) {
		log_error("--join: out of memory: some events stay as they were logged");
		r->failed = true;
	} else if (r->joined && joined_beyond(r->joined))
		log_warn("--join: %llu events are of containers that were too many to remember, "
			 "and stay as they were logged",
			 (unsigned long long)joined_beyond(r->joined));
	summary_say_undecided(r->options->filter);
}
