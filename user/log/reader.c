// SPDX-License-Identifier: Apache-2.0
/*
 * reader.c - JSON lines back into events
 *
 * A line is first read in a way that is fast and believes too much, and the event written
 * again. Only if that is not the line itself, byte for byte, it is parsed exactly.
 */
#include "log/reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "event/names.h"
#include "log/chain.h"
#include "log/fields.h"
#include "log/read_caps.h"
#include "log/read_container.h"
#include "log/read_kind.h"
#include "log/read_process.h"

struct log_reader {
	log_reader_write write;
	struct node_reader *nodes;
	const struct node *root; /* of the last line; events point into it */
	struct arena arena;
	struct caps_read caps;
	struct event_host host;
	struct log_own own;
	struct buf json; /* the event as a line, if it was proven by that */
	uint64_t seq;
};

int log_reader_new(log_reader_write write, struct log_reader **ret_reader)
{
	struct log_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->write = write;
	r->json.limit = 2 * LOG_LINE_MAX;
	if (node_reader_new(&r->nodes) < 0) {
		free(r);
		return -ENOMEM;
	}
	*ret_reader = r;
	return 0;
}

void log_reader_free(struct log_reader *r)
{
	if (!r)
		return;
	node_reader_free(r->nodes);
	arena_done(&r->arena);
	caps_read_done(&r->caps);
	buf_done(&r->json);
	free(r);
}

uint64_t log_reader_seq(const struct log_reader *r)
{
	return r->seq;
}

const struct log_own *log_reader_own(const struct log_reader *r)
{
	return &r->own;
}

struct str log_reader_json(const struct log_reader *r)
{
	return str_from(r->json.data, r->json.len);
}

static void read_host(struct log_reader *r, struct fields *f, struct event *e)
{
	const struct node *host = fields_object(f, r->root, "host");

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
	const struct node *error = fields_object(f, r->root, "error");
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
static void read_container_facts(struct fields *f, const struct node *proctrace, struct event *e,
				 struct container_info *c)
{
	const struct node *facts = fields_object(f, proctrace, "container");
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

static void read_event_container(struct log_reader *r, struct fields *f,
				 const struct node *proctrace, struct event *e)
{
	const struct node *orchestrator = fields_object(f, r->root, "orchestrator");
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

static void read_marks(struct fields *f, const struct node *proctrace, struct event *e)
{
	const struct node *redacted = fields_array(f, proctrace, "redacted");
	struct str word;

	node_foreach(place, redacted)
	{
		if (e->redacted_len < sizeof(e->redacted) / sizeof(e->redacted[0]))
			e->redacted[e->redacted_len++] = fields_string(place);
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

/* A record of the log about itself; they are no events. */
static bool read_own(struct log_reader *r, struct fields *f, struct str action)
{
	const struct node *proctrace = fields_object(f, r->root, "proctrace");
	const struct node *host = fields_object(f, r->root, "host");
	const struct node *opened = fields_object(f, proctrace, "log_open");
	const struct node *closed = fields_object(f, proctrace, "log_close");
	const struct node *previous = fields_object(f, opened, "previous");
	struct log_own *own = &r->own;

	*own = (struct log_own){ .action = action, .has_previous = previous };
	fields_time(f, r->root, "@timestamp", &own->wall_ns);
	fields_word(f, fields_object(f, r->root, "agent"), "version", &own->version);
	fields_word(f, host, "hostname", &own->hostname);
	fields_word(f, fields_object(f, host, "boot"), "id", &own->boot_id);
	fields_word(f, fields_object(f, host, "os"), "kernel", &own->kernel);
	fields_word(f, opened ? opened : closed, "reason", &own->reason);
	fields_u64(f, closed, "records", UINT64_MAX, &own->records);
	fields_u64(f, closed, "lost", UINT64_MAX, &own->lost);
	own->previous_closed = fields_flag(f, previous, "closed");
	fields_time(f, previous, "end", &own->previous_wall_ns);
	fields_u64(f, opened, "unrecorded_ns", UINT64_MAX, &own->unrecorded_ns);
	fields_u64(f, fields_object(f, opened, "fragment"), "bytes", UINT64_MAX,
		   &own->fragment_bytes);
	return !f->damaged && own->wall_ns;
}

/* Fills e from r->root. Returns 1; 0 if r->own was filled; -EBADMSG if the line is damaged. */
static int read_event(struct log_reader *r, struct event *e)
{
	struct fields f = { .arena = &r->arena, .caps = &r->caps };
	const struct node *proctrace = fields_object(&f, r->root, "proctrace");
	const struct node *event = fields_object(&f, r->root, "event");
	const struct node *process = fields_object(&f, r->root, "process");
	struct str action = { 0 };
	int kind;

	f.escaped = fields_array(&f, proctrace, "escaped");
	fields_word(&f, event, "action", &action);
	if (action.len > 4 && !memcmp(action.p, "log-", 4))
		return read_own(r, &f, action) ? 0 : -EBADMSG;
	kind = event_kind_parse(action);
	if (kind < 0 || !proctrace || !fields_time(&f, r->root, "@timestamp", &e->wall_ns))
		return -EBADMSG;
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
	return !f.damaged && is_whole(e) ? 1 : -EBADMSG;
}

/* The line without what the log put into it, and without the two braces that end it. */
static struct str body_of(struct log_reader *r, struct str line)
{
	struct chain_parts parts;

	r->seq = 0;
	if (chain_split(line, &parts)) {
		r->seq = parts.seq;
		return parts.body;
	}
	if (line.len < 2 || memcmp(line.p + line.len - 2, "}}", 2) != 0)
		return str_from("", 0);
	return str_from(line.p, line.len - 2);
}

/* Written again it is the same: then it is what was read, whoever read it. */
static bool is_proven(struct log_reader *r, struct str body, const struct event *e)
{
	buf_reset(&r->json);
	r->write(e, &r->json);
	return !r->json.failed && r->json.len == body.len + 3 &&
	       !memcmp(r->json.data, body.p, body.len) &&
	       !memcmp(r->json.data + body.len, "}}\n", 3);
}

static int read_line(struct log_reader *r, struct event *e)
{
	int n = -EBADMSG;

	arena_reset(&r->arena);
	memset(e, 0, sizeof(*e));
	if (r->root)
		n = read_event(r, e);
	/* What there was no memory for would look as if it had not been logged. */
	return r->arena.failed || node_no_memory(r->nodes) ? -ENOMEM : n;
}

int log_reader_parse(struct log_reader *r, struct str line, struct event *ret_event)
{
	struct str body = body_of(r, line);

	if (r->write) {
		r->root = node_guess(r->nodes, line);
		if (read_line(r, ret_event) == 1 && is_proven(r, body, ret_event))
			return 1;
	}
	buf_reset(&r->json);
	r->root = node_parse(r->nodes, line);
	return read_line(r, ret_event);
}
