// SPDX-License-Identifier: Apache-2.0
/*
 * logs.c - an audit log, read back and proved whole
 */
#include "logs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "harness.h"
#include "log/chain.h"
#include "log/files.h"
#include "log/source.h"

static struct log_entry *add_entry(struct logs *l)
{
	/* A power of two: full. */
	if ((l->len & (l->len - 1)) == 0) {
		l->entries =
			reallocarray(l->entries, l->len ? 2 * l->len : 1, sizeof(l->entries[0]));
		if (!l->entries)
			abort();
	}
	l->entries[l->len] = (struct log_entry){ .action = "" };
	return &l->entries[l->len++];
}

static bool is_lost_by_log(struct json_object *root, const char *action)
{
	const char *reason = field_str(root, "proctrace.lost.reason");

	return !strcmp(action, "lost") && reason && !strncmp(reason, "log ", 4);
}

/* A record: its line without what the log put in. */
static void set_record(struct log_entry *e, const struct chain_parts *parts)
{
	e->seq = parts->seq;
	e->len = parts->body.len + 3;
	e->line = malloc(e->len + 1);
	if (!e->line)
		abort();
	memcpy(e->line, parts->body.p, parts->body.len);
	memcpy(e->line + parts->body.len, "}}\n", 4);
	e->root = json_tokener_parse(e->line);
	e->action = field_str(e->root, "event.action");
	if (!e->action)
		harness_fail("no event: %s", e->line);
	e->is_own = !strncmp(e->action, "log-", 4) || is_lost_by_log(e->root, e->action);
	if (!e->is_own)
		e->event_number = (uint64_t)field_int(e->root, "event.sequence");
}

/* What a log-open says of records that the file does not have. */
static uint64_t missing_in(const struct str *line)
{
	char *text = str_dup(*line);
	struct json_object *root = json_tokener_parse(text);
	uint64_t missing = (uint64_t)field_int(root, "proctrace.log_open.missing");

	json_object_put(root);
	free(text);
	return missing;
}

/* What the log alone says is held against the schema as well (harness.h). */
static void keep_line(struct str line)
{
	const char *dir = getenv("PROCTRACE_JSON_DIR");
	char path[512];
	FILE *file;

	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s-log.jsonl", dir, program_invocation_short_name);
	file = fopen(path, "ae");
	if (!file || fprintf(file, "%.*s\n", (int)line.len, line.p) < 0 || fclose(file) != 0)
		harness_fail("%s: %s", path, strerror(errno));
}

static void add_line(struct logs *l, const struct log_file *file, const struct log_line *line,
		     struct chain *chain)
{
	struct log_entry *e = add_entry(l);
	struct chain_parts parts;

	if (line->torn || !chain_split(line->text, &parts)) {
		e->line = str_dup(line->text);
		e->len = line->text.len;
		l->torn = true;
		return;
	}
	l->torn = false;
	if (chain->seq == 0 && parts.seq != 1) {
		chain->seq = parts.seq;
		memcpy(chain->head, parts.chain, CHAIN_BYTES);
	} else if (parts.seq > chain->seq + 1 &&
		   missing_in(&line->text) == parts.seq - chain->seq - 1) {
		/* A disk had failed, and it says so. */
		l->missing += parts.seq - chain->seq - 1;
		chain->seq = parts.seq;
		memcpy(chain->head, parts.chain, CHAIN_BYTES);
	} else if (chain_check(chain, line->text) != CHAIN_OK) {
		harness_fail("%s:%" PRIu64 ": record %" PRIu64 " is not the one after %" PRIu64,
			     file->path, line->number, parts.seq, chain->seq);
	}
	set_record(e, &parts);
	if (e->is_own)
		keep_line(line->text);
}

static void read_file(struct logs *l, const struct log_file *file, struct chain *chain, bool last)
{
	size_t first = l->len;
	struct log_line line;
	int r;

	while ((r = log_source_next(file->source, &line)) == 1)
		add_line(l, file, &line, chain);
	if (r < 0)
		harness_fail("%s: %s", file->path, strerror(-r));
	/* It was to become the log when a crash came. */
	if (l->len == first)
		return;
	for (size_t i = first; i < l->len && !l->entries[i].root; i++)
		first++;
	if (first < l->len && strcmp(l->entries[first].action, "log-open") != 0)
		harness_fail("%s begins with %s", file->path, l->entries[first].line);
	if (!last && strcmp(l->entries[l->len - 1].action, "log-close") != 0)
		harness_fail("%s has no end", file->path);
}

/* The lines that are no record, up to a log-open, are what that says they are. */
static void check_fragments(const struct logs *l)
{
	for (size_t i = 0; i < l->len; i++) {
		unsigned char hash[32];
		char hex[65];
		struct buf text = { 0 };
		const char *said;

		if (l->entries[i].root)
			continue;
		for (; i < l->len && !l->entries[i].root; i++) {
			if (text.len)
				buf_putc(&text, '\n');
			buf_put(&text, l->entries[i].line, l->entries[i].len);
		}
		if (i < l->len) {
			struct json_object *open = l->entries[i].root;

			crypto_generichash(hash, sizeof(hash), (unsigned char *)text.data, text.len,
					   NULL, 0);
			sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
			said = field_str(open, "proctrace.log_open.fragment.hash");
			if (!said || strcmp(said, hex) != 0 ||
			    field_int(open, "proctrace.log_open.fragment.bytes") !=
				    (int64_t)text.len)
				harness_fail("not what was found: %s", l->entries[i].line);
		}
		buf_done(&text);
	}
}

static bool begins_run(const struct log_entry *e)
{
	const char *reason = e->root ? field_str(e->root, "proctrace.log_open.reason") : NULL;

	return reason && (!strcmp(reason, "open") || !strcmp(reason, "restart"));
}

static void check_numbers(const struct logs *l, uint64_t kernel_lost)
{
	uint64_t next = 0; /* any: the beginning may have given way */
	uint64_t lost = 0; /* before it */

	for (size_t i = 0; i < l->len; i++) {
		const struct log_entry *e = &l->entries[i];
		uint64_t due;

		if (begins_run(e)) {
			next = 1;
			lost = 0;
		}
		if (next && e->is_own && !strcmp(e->action, "lost"))
			lost += (uint64_t)field_int(e->root, "proctrace.lost.total");
		if (e->root && field_find(e->root, "proctrace.log_open.missing"))
			next = 0; /* any */
		if (!e->root || e->is_own)
			continue;
		due = next + lost;
		if (next && (e->event_number > due || e->event_number < next + (lost > 0) ||
			     due - e->event_number > kernel_lost))
			harness_fail("event %" PRIu64 " where %" PRIu64 " is due: %s",
				     e->event_number, due, e->line);
		if (next)
			kernel_lost -= due - e->event_number;
		next = e->event_number + 1;
		lost = 0;
	}
}

void logs_read_lossy(const char *path, uint64_t kernel_lost, struct logs *ret_logs)
{
	struct log_files *files;
	struct chain chain = { 0 };

	*ret_logs = (struct logs){ 0 };
	if (chain_ready() < 0 || log_files_of(path, &files) < 0)
		harness_fail("cannot read %s", path);
	ret_logs->files = log_files_len(files);
	for (size_t i = 0; i < ret_logs->files; i++)
		read_file(ret_logs, log_files_at(files, i), &chain, i + 1 == ret_logs->files);
	log_files_free(files);
	check_fragments(ret_logs);
	check_numbers(ret_logs, kernel_lost);
}

void logs_read(const char *path, struct logs *ret_logs)
{
	logs_read_lossy(path, 0, ret_logs);
}

void logs_free(struct logs *logs)
{
	for (size_t i = 0; i < logs->len; i++) {
		json_object_put(logs->entries[i].root);
		free(logs->entries[i].line);
	}
	free(logs->entries);
	*logs = (struct logs){ 0 };
}

const struct log_entry *logs_find(const struct logs *logs, const char *action, size_t nth)
{
	for (size_t i = 0; i < logs->len; i++) {
		if (!strcmp(logs->entries[i].action, action) && nth-- == 0)
			return &logs->entries[i];
	}
	return NULL;
}

uint64_t logs_lost(const struct logs *logs)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < logs->len; i++) {
		if (logs->entries[i].is_own && !strcmp(logs->entries[i].action, "lost"))
			sum += (uint64_t)field_int(logs->entries[i].root, "proctrace.lost.total");
	}
	return sum;
}

void logs_check_shown(const struct logs *logs, const char *lines, size_t len, bool may_be_less)
{
	size_t i = logs->len;

	while (i > 0 && !begins_run(&logs->entries[i - 1]))
		i--;
	for (; i < logs->len && len; i++) {
		const struct log_entry *e = &logs->entries[i];

		if (!e->root || e->is_own)
			continue;
		if (e->len > len || memcmp(lines, e->line, e->len) != 0)
			harness_fail("shown: %.*s\nlogged: %s", (int)(e->len < len ? e->len : len),
				     lines, e->line);
		lines += e->len;
		len -= e->len;
	}
	if (len)
		harness_fail("shown and not logged: %.*s", (int)len, lines);
	for (; i < logs->len && !may_be_less; i++) {
		if (logs->entries[i].root && !logs->entries[i].is_own)
			harness_fail("logged and not shown: %s", logs->entries[i].line);
	}
}
