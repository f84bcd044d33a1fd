// SPDX-License-Identifier: Apache-2.0
/*
 * verdict.c - what verifying a log found, for people and for programs
 */
#include "cli/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "cli/output.h"

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- notes: what is not wrong, and yet should be known ---- */

#define NOTE_MAX  320
#define NOTES_MAX 8

struct notes {
	char text[NOTES_MAX][NOTE_MAX];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void note(struct notes *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(n->text[n->len++], NOTE_MAX, fmt, ap);
	va_end(ap);
}

static void find_notes(struct notes *n, const struct verify_result *r, bool has_key)
{
	if (r->first_seq > 1)
		note(n,
		     "records 1 to %" PRIu64
		     " are not there: retention removes the oldest files, or somebody did",
		     r->first_seq - 1);
	if (r->unchained)
		note(n,
		     "%" PRIu64 " line%s before the first record are of a version that made no "
		     "chain: nobody can tell whether they were changed",
		     r->unchained, plural(r->unchained));
	if (r->crashes)
		note(n, "%" PRIu64 " run%s ended without a log-close: killed, or a power failure",
		     r->crashes, plural(r->crashes));
	if (has_key && r->sealed_from > r->first_seq)
		note(n,
		     "records %" PRIu64 " to %" PRIu64
		     " were written before the log was sealed: they are as they were then",
		     r->first_seq, r->sealed_from - 1);
	if (!has_key)
		note(n,
		     "without --key only the chain was checked: whoever may write the files could "
		     "have made all of it anew");
	if (!has_key && r->has_foreign_seals)
		note(n, "the log has seals: --key checks them");
}

/* ---- text ---- */

static void put_utc(struct buf *out, int64_t wall_ns)
{
	char text[TIMEFMT_UTC_LEN];

	timefmt_utc(text, wall_ns);
	buf_printf(out, "%.10s %.8sZ", text, text + 11);
}

static void put_place(struct buf *out, const struct verify_finding *found)
{
	if (found->file && found->line)
		buf_printf(out, "%s:%" PRIu64 ": ", found->file, found->line);
	else if (found->file)
		buf_printf(out, "%s: ", found->file);
}

static void put_intact(struct buf *out, const struct verify_result *r, bool has_key)
{
	buf_printf(out,
		   "intact: %" PRIu64 " record%s (%" PRIu64 " to %" PRIu64 ") in %" PRIu64
		   " file%s",
		   r->records, plural(r->records), r->first_seq, r->last_seq, r->files,
		   plural(r->files));
	if (r->first_ns && r->last_ns) {
		buf_puts(out, ", from ");
		put_utc(out, r->first_ns);
		buf_puts(out, " to ");
		put_utc(out, r->last_ns);
	}
	if (has_key)
		buf_printf(out, "; all %" PRIu64 " seals fit (%" PRIu64 " to %" PRIu64 ")",
			   r->seals, r->first_epoch, r->last_epoch);
	buf_putc(out, '\n');
}

static void put_text(struct buf *out, const struct verify_result *r, const struct notes *notes,
		     const struct options *options)
{
	const struct verify_finding *found = &r->found;

	if (found->problem) {
		put_place(out, found);
		buf_printf(out, "%s: %s\n", verify_problem_name(found->problem), found->text);
		return;
	}
	if (options->quiet)
		return;
	put_intact(out, r, options->verify_key_path != NULL);
	for (size_t i = 0; i < notes->len; i++)
		buf_printf(out, "note: %s\n", notes->text[i]);
}

/* ---- JSON ---- */

static void add_text(json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

/* Absent if it is not known. */
static void add_number(json_object *o, const char *key, uint64_t v)
{
	if (v)
		json_object_object_add(o, key, json_object_new_uint64(v));
}

static void add_time(json_object *o, const char *key, int64_t wall_ns)
{
	char text[TIMEFMT_UTC_LEN];

	if (!wall_ns)
		return;
	timefmt_utc(text, wall_ns);
	json_object_object_add(o, key, json_object_new_string_len(text, sizeof(text)));
}

static json_object *seals_of(const struct verify_result *r)
{
	json_object *seals = json_object_new_object();

	json_object_object_add(seals, "count", json_object_new_uint64(r->seals));
	if (r->seals) {
		json_object_object_add(seals, "first", json_object_new_uint64(r->first_epoch));
		json_object_object_add(seals, "last", json_object_new_uint64(r->last_epoch));
	}
	add_number(seals, "first_record", r->sealed_from);
	add_number(seals, "last_record", r->sealed_seq);
	return seals;
}

static void put_json(struct buf *out, const struct verify_result *r, const struct notes *notes,
		     const struct options *options)
{
	const struct verify_finding *found = &r->found;
	json_object *o = json_object_new_object(), *list = json_object_new_array();

	add_text(o, "status", verify_problem_name(found->problem));
	if (found->problem) {
		if (found->file)
			add_text(o, "file", found->file);
		add_number(o, "line", found->line);
		add_number(o, "record", found->seq);
		add_text(o, "message", found->text);
	}
	add_text(o, "checked", options->verify_key_path ? "seals" : "chain");
	json_object_object_add(o, "files", json_object_new_uint64(r->files));
	json_object_object_add(o, "records", json_object_new_uint64(r->records));
	add_number(o, "first_record", r->first_seq);
	add_number(o, "last_record", r->last_seq);
	add_time(o, "from", r->first_ns);
	add_time(o, "to", r->last_ns);
	add_number(o, "crashes", r->crashes);
	if (options->verify_key_path)
		json_object_object_add(o, "seals", seals_of(r));
	for (size_t i = 0; i < notes->len; i++)
		json_object_array_add(list, json_object_new_string(notes->text[i]));
	json_object_object_add(o, "notes", list);
	buf_puts(out, json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	buf_putc(out, '\n');
	json_object_put(o);
}

void verdict_put(struct buf *out, const struct verify_result *result, const struct options *options)
{
	struct notes notes = { .len = 0 };

	find_notes(&notes, result, options->verify_key_path != NULL);
	if (options->format == FORMAT_JSON)
		put_json(out, result, &notes, options);
	else
		put_text(out, result, &notes, options);
}

int verdict_write(const struct options *options, const struct buf *out)
{
	_cleanup_close_ int fd = -1;
	size_t written = 0;
	int r = out->failed ? -ENOMEM : output_open(options, false, &fd);

	if (r < 0 && !out->failed)
		return r; /* output_open() said it */
	while (r == 0 && written < out->len) {
		ssize_t n = write(fd, out->data + written, out->len - written);

		if (n > 0)
			written += (size_t)n;
		else if (n == 0 || errno != EINTR)
			r = n == 0 ? -EIO : -errno;
	}
	if (r < 0 && r != -EPIPE)
		log_error("cannot write the result: %s", strerror(-r));
	return r == -EPIPE ? 0 : r;
}
