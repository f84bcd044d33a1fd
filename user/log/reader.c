// SPDX-License-Identifier: Apache-2.0
/*
 * reader.c - JSON lines back into events
 */
#include "log/reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "event/names.h"
#include "log/fields.h"
#include "log/read_container.h"
#include "log/read_kind.h"
#include "log/read_process.h"

#define DEPTH_MAX 32 /* of objects and arrays in a line; ours have ten */

struct log_reader {
	FILE *file; /* borrowed */
	struct buf line;
	uint64_t line_number;
	json_tokener *tokener;
	json_object *root; /* of the last line; events point into it */
	struct arena arena;
	struct event_host host;
};

int log_reader_new(FILE *file, struct log_reader **ret_reader)
{
	struct log_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->file = file;
	r->line.limit = LOG_LINE_MAX;
	r->tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!r->tokener) {
		free(r);
		return -ENOMEM;
	}
	json_tokener_set_flags(r->tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*ret_reader = r;
	return 0;
}

void log_reader_free(struct log_reader *r)
{
	if (!r)
		return;
	json_object_put(r->root);
	json_tokener_free(r->tokener);
	arena_done(&r->arena);
	buf_done(&r->line);
	free(r);
}

uint64_t log_reader_line(const struct log_reader *r)
{
	return r->line_number;
}

/* Returns 1 with a line, without its newline, in r->line; 0 at the end; negative errno. */
static int read_line(struct log_reader *r)
{
	int c;

	buf_reset(&r->line);
	errno = 0;
	while ((c = getc_unlocked(r->file)) != EOF && c != '\n')
		buf_putc(&r->line, (char)c);
	if (c == EOF && ferror(r->file))
		return errno ? -errno : -EIO;
	if (c == EOF && r->line.len == 0 && !r->line.failed)
		return 0;
	r->line_number++;
	return 1;
}

/* The line as one object; NULL if it is not exactly that. */
static json_object *parse_line(struct log_reader *r)
{
	json_object *root;

	/* json-c would stop at a NUL and take what is before it for all. */
	if (r->line.failed || memchr(r->line.data, '\0', r->line.len))
		return NULL;
	json_tokener_reset(r->tokener);
	root = json_tokener_parse_ex(r->tokener, r->line.data, (int)r->line.len);
	if (root && json_object_is_type(root, json_type_object) &&
	    json_tokener_get_parse_end(r->tokener) == r->line.len)
		return root;
	json_object_put(root);
	return NULL;
}

static void read_host(struct log_reader *r, struct fields *f, struct event *e)
{
	json_object *host = fields_object(f, r->root, "host");

	if (!host)
		return;
	fields_place(f, "host", -1, "");
	r->host = (struct event_host){ 0 };
	fields_text(f, host, "hostname", "hostname", &r->host.hostname);
	fields_text(f, fields_object(f, host, "boot"), "id", "boot.id", &r->host.boot_id);
	e->host = &r->host;
}

static void read_error(struct log_reader *r, struct fields *f, struct event *e)
{
	json_object *error = fields_object(f, r->root, "error");
	struct str code;
	uint32_t number;

	if (!fields_word(f, error, "code", &code))
		return;
	e->error = error_parse(code);
	if (e->error > 0)
		return;
	if (fields_id(f, error, "code", &number) && number > 0 && number <= INT32_MAX)
		e->error = (int)number;
	else
		f->damaged = true;
}

/* What stands under proctrace.container is about the container of the event. */
static void read_container_facts(struct fields *f, json_object *proctrace, struct event *e,
				 struct container_info *c)
{
	json_object *facts = fields_object(f, proctrace, "container");
	struct str word;
	int why;

	if (fields_word(f, fields_object(f, proctrace, "missing"), "container_metadata", &word)) {
		why = missing_parse(word);
		if (why > MISSING_NONE)
			c->missing = (uint8_t)why;
	}
	c->unconfirmed = fields_flag(f, facts, "unconfirmed");
	c->build = fields_flag(f, facts, "build");
	e->proc.host_namespaces = fields_flag(f, facts, "host_namespaces");
	e->ran_already = fields_flag(f, facts, "ran_already");
	e->update = fields_flag(f, facts, "update");
	fields_time(f, facts, "created", &c->created_ns);
	fields_place(f, "proctrace", -1, "");
	read_ref(f, fields_object(f, facts, "starter"), e->host, "container.starter.name",
		 &e->starter);
	fields_place(f, "proctrace", -1, "container.");
	read_outer(f, fields_array(f, facts, "outer"), c);
}

static void read_event_container(struct log_reader *r, struct fields *f, json_object *proctrace,
				 struct event *e)
{
	json_object *orchestrator = fields_object(f, r->root, "orchestrator");
	struct container_info *c;

	fields_place(f, "container", -1, "");
	c = read_container(f, fields_object(f, r->root, "container"));
	if (!c)
		return;
	read_labels(f, fields_object(f, fields_object(f, r->root, "container"), "labels"), c);
	fields_place(f, "orchestrator", -1, "");
	fields_text(f, orchestrator, "namespace", "namespace", &c->pod_namespace);
	fields_text(f, fields_object(f, orchestrator, "resource"), "name", "resource.name",
		    &c->pod_name);
	fields_text(f, fields_object(f, orchestrator, "resource"), "id", "resource.id",
		    &c->pod_uid);
	read_container_facts(f, proctrace, e, c);
	e->proc.container = c;
	if (event_is_about_container(e))
		e->container = c;
}

static void read_marks(struct fields *f, json_object *proctrace, struct event *e)
{
	json_object *redacted = fields_array(f, proctrace, "redacted");
	size_t len = redacted ? json_object_array_length(redacted) : 0;
	struct str word;

	for (size_t i = 0; i < len && i < sizeof(e->redacted) / sizeof(e->redacted[0]); i++) {
		json_object *entry = json_object_array_get_idx(redacted, i);

		e->redacted[i] = str_from(json_object_get_string(entry),
					  (size_t)json_object_get_string_len(entry));
		e->redacted_len++;
	}
	if (fields_word(f, proctrace, "entered", &word) && entered_parse(word) > 0)
		e->entered = (enum entered)entered_parse(word);
	fields_place(f, "proctrace", -1, "");
	read_ref(f, fields_object(f, proctrace, "entered_by"), e->host, "entered_by.name",
		 &e->entered_by);
	fields_place(f, "proctrace", -1, "entered_container.");
	e->visited = read_other_container(f, fields_object(f, proctrace, "entered_container"));
	fields_place(f, "proctrace", -1, "");
	e->proc.isolated = read_isolated(f, fields_object(f, proctrace, "isolated"), e->host);
	e->late = fields_word(f, proctrace, "seen", &word) && str_eq(word, STR_LITERAL("late"));
}

/* A line that lost what it is about is damaged. */
static bool is_whole(const struct event *e)
{
	if (event_is_about_container(e))
		return e->container != NULL;
	return e->about_process || e->kind == EVENT_LOST;
}

/* Fills e from r->root. Returns false if the line is damaged. */
static bool read_event(struct log_reader *r, struct event *e)
{
	struct fields f = { .arena = &r->arena };
	json_object *proctrace = fields_object(&f, r->root, "proctrace");
	json_object *event = fields_object(&f, r->root, "event");
	json_object *process = fields_object(&f, r->root, "process");
	struct str action = { 0 };
	int kind;

	f.escaped = fields_array(&f, proctrace, "escaped");
	fields_word(&f, event, "action", &action);
	kind = event_kind_parse(action);
	if (kind < 0 || !proctrace || !fields_time(&f, r->root, "@timestamp", &e->wall_ns))
		return false;
	e->kind = (enum event_kind)kind;
	fields_u64(&f, event, "sequence", UINT64_MAX, &e->sequence);
	read_error(r, &f, e);
	read_host(r, &f, e);
	e->about_process = process != NULL;
	if (process)
		read_process(&f, process, proctrace, e);
	read_event_container(r, &f, proctrace, e);
	read_kind(&f, r->root, proctrace, e);
	read_marks(&f, proctrace, e);
	return !f.damaged && is_whole(e);
}

int log_reader_next(struct log_reader *r, struct event *ret_event)
{
	struct event e = { 0 };
	int result;

	json_object_put(r->root);
	r->root = NULL;
	arena_reset(&r->arena);
	do {
		result = read_line(r);
	} while (result == 1 && r->line.len == 0 && !r->line.failed);
	if (result != 1)
		return result;
	r->root = parse_line(r);
	if (!r->root || !read_event(r, &e))
		return -EBADMSG;
	*ret_event = e;
	return 1;
}
