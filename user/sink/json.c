// SPDX-License-Identifier: Apache-2.0
/*
 * json.c - the shape of an event as a line of JSON
 */
#include "sink/json.h"

#include "event/names.h"
#include "sink/json_kind.h"
#include "sink/json_parts.h"
#include "sink/json_process.h"
#include "sink/json_put.h"

#define HEAD(kind, category, type, action)                                       \
	STR_LITERAL("\"event\":{\"kind\":\"" kind "\",\"category\":[\"" category \
		    "\"],\"type\":[\"" type "\"],\"action\":\"" action "\",")

/* The schema has no category for containers; "host" is that of host life cycles. */
static const struct str heads[EVENT_KINDS] = {
	[EVENT_FORK] = HEAD("event", "process", "start", "fork"),
	[EVENT_EXEC] = HEAD("event", "process", "start", "exec"),
	[EVENT_EXIT] = HEAD("event", "process", "end", "exit"),
	[EVENT_SETNS] = HEAD("event", "process", "change", "setns"),
	[EVENT_UNSHARE] = HEAD("event", "process", "change", "unshare"),
	[EVENT_CGROUP] = HEAD("event", "process", "change", "cgroup"),
	[EVENT_CONTAINER_START] = HEAD("event", "host", "start", "container-start"),
	[EVENT_CONTAINER_STOP] = HEAD("event", "host", "end", "container-stop"),
	[EVENT_SIGNAL] = HEAD("event", "process", "info", "signal"),
	[EVENT_PROCESS] = HEAD("state", "process", "info", "process"),
	[EVENT_LOST] = HEAD("event", "process", "info", "lost"),
	[EVENT_THROTTLED] = HEAD("event", "process", "info", "throttled"),
};

static const struct str exec_failed_head = HEAD("event", "process", "info", "exec");

/* Something was attempted, so that it could fail. The end of a process is no attempt. */
static bool has_outcome(enum event_kind kind)
{
	return kind == EVENT_FORK || kind == EVENT_EXEC || kind == EVENT_SETNS ||
	       kind == EVENT_UNSHARE || kind == EVENT_CGROUP || kind == EVENT_SIGNAL;
}

static void put_event(struct json_put *w, const struct event *e)
{
	struct str head = e->kind == EVENT_EXEC && e->error ? exec_failed_head : heads[e->kind];

	json_put_bytes(w, head.p, head.len);
	if (has_outcome(e->kind) && e->error)
		JSON_LITERAL(w, "\"outcome\":\"failure\",");
	else if (has_outcome(e->kind))
		JSON_LITERAL(w, "\"outcome\":\"success\",");
	if (e->kind == EVENT_EXIT && e->exit.has_lifetime)
		JSON_U64(w, "duration", e->exit.lifetime_ns);
	/* What only a log tells has none. */
	if (e->sequence)
		JSON_U64(w, "sequence", e->sequence);
	JSON_LITERAL(w, "\"provider\":\"proctrace\"},");
}

static void put_error(struct json_put *w, int error)
{
	const char *name = error_name(error);
	const char *text = error_text(error);

	JSON_OBJECT(w, "error");
	JSON_KEY(w, "code");
	/* An error this libc has no name for is its number. */
	if (name)
		json_put_string(w, str_of(name));
	else
		json_put_id(w, (unsigned int)error);
	if (text) {
		JSON_KEY(w, "message");
		json_put_string(w, str_of(text));
	}
	json_put_close(w, '}');
}

static void put_host(struct json_put *w, const struct event_host *host)
{
	json_host(w, host);
	json_put_close(w, '}');
}

/* The container that the event is about, or that its process is in; NULL: none. */
static const struct container_info *container_of(const struct event *e)
{
	if (event_is_about_container(e))
		return e->container;
	return e->about_process && event_has(&e->proc, FACT_CONTAINER) ? e->proc.container : NULL;
}

static void make_container(struct json_put *w, const struct container_info *c)
{
	json_place(w, "container", -1, "");
	JSON_OBJECT(w, "container");
	json_container(w, c);
	json_labels(w, c);
	json_put_close(w, '}');
	if (!c->pod_uid.len && !c->pod_name.len)
		return;
	json_place(w, "orchestrator", -1, "");
	JSON_LITERAL(w, "\"orchestrator\":{\"type\":\"kubernetes\",");
	JSON_TEXT(w, "namespace", "namespace", c->pod_namespace);
	JSON_LITERAL(w, "\"resource\":{\"type\":\"pod\",");
	JSON_TEXT(w, "name", "resource.name", c->pod_name);
	JSON_TEXT(w, "id", "resource.id", c->pod_uid);
	json_put_close(w, '}');
	json_put_close(w, '}');
}

static void put_container(struct json_put *w, const struct container_info *c)
{
	const uint32_t key[] = { c->serial, c->version };
	struct json_mark mark;

	if (!c->version) {
		make_container(w, c);
		return;
	}
	if (json_put_kept(w, JSON_PIECE_CONTAINER, key, sizeof(key), &mark))
		return;
	make_container(w, c);
	json_keep(w, JSON_PIECE_CONTAINER, key, sizeof(key), &mark);
}

/* What is particular about the container; absent if nothing is. */
static void put_container_facts(struct json_put *w, const struct event *e,
				const struct container_info *c)
{
	bool host_namespaces = e->about_process && e->proc.host_namespaces;
	bool is_life = e->kind == EVENT_CONTAINER_START || e->kind == EVENT_CONTAINER_STOP;
	bool created = is_life && c->created_ns;

	if (!created && !e->update && !e->ran_already && !e->starter.pid && !c->unconfirmed &&
	    !c->build && !host_namespaces && !c->outer)
		return;
	JSON_OBJECT(w, "container");
	/* Of each life once, for it is long. */
	if (created) {
		JSON_KEY(w, "created");
		json_put_time(w, c->created_ns);
	}
	JSON_FLAG(w, "update", e->update);
	JSON_FLAG(w, "unconfirmed", c->unconfirmed);
	JSON_FLAG(w, "build", c->build);
	JSON_FLAG(w, "host_namespaces", host_namespaces);
	JSON_FLAG(w, "ran_already", e->ran_already);
	if (e->starter.pid) {
		json_place(w, "proctrace", -1, "");
		JSON_OBJECT(w, "starter");
		json_ref(w, e->host, &e->starter, "container.starter.name");
		json_put_close(w, '}');
	}
	json_place(w, "proctrace", -1, "container.");
	json_outer(w, c);
	json_put_close(w, '}');
}

/* Places of strings that had to be escaped, or were replaced: both are rare. */
static void put_marks(struct json_put *w, const struct event *e)
{
	if (w->places_len || w->args_escaped || w->env_escaped) {
		JSON_ARRAY(w, "escaped");
		json_put_places(w);
		if (w->args_escaped)
			json_put_escaped_words(w, "process.args", e->proc.args);
		if (w->env_escaped)
			json_put_escaped_words(w, "process.env_vars", e->proc.env);
		json_put_close(w, ']');
	}
	if (e->redacted_len) {
		JSON_ARRAY(w, "redacted");
		for (uint32_t i = 0; i < e->redacted_len; i++)
			json_put_string(w, e->redacted[i]);
		json_put_close(w, ']');
	}
}

static void put_proctrace(struct json_put *w, const struct event *e,
			  const struct container_info *container)
{
	const char *entered = entered_name(e->entered);
	enum missing metadata = container ? (enum missing)container->missing : MISSING_NONE;

	json_place(w, "proctrace", -1, "");
	JSON_OBJECT(w, "proctrace");
	JSON_U64(w, "schema", JSON_SCHEMA_VERSION);
	if (e->about_process)
		json_process_facts(w, e);
	if (container)
		put_container_facts(w, e, container);
	json_place(w, "proctrace", -1, "");
	if (entered) {
		JSON_KEY(w, "entered");
		json_put_string(w, str_of(entered));
	}
	if (e->entered_by.pid) {
		JSON_OBJECT(w, "entered_by");
		json_ref(w, e->host, &e->entered_by, "entered_by.name");
		json_put_close(w, '}');
	}
	if (e->visited) {
		JSON_OBJECT(w, "entered_container");
		json_place(w, "proctrace", -1, "entered_container.");
		json_other_container(w, e->visited);
		json_put_close(w, '}');
		json_place(w, "proctrace", -1, "");
	}
	if (e->about_process && e->proc.isolated) {
		JSON_OBJECT(w, "isolated");
		json_isolated(w, e, e->proc.isolated);
		json_put_close(w, '}');
	}
	if (e->late)
		JSON_LITERAL(w, "\"seen\":\"late\",");
	json_kind(w, e);
	if (e->about_process)
		json_provenance(w, &e->proc, metadata);
	else if (metadata != MISSING_NONE)
		json_missing_metadata(w, metadata);
	put_marks(w, e);
	json_put_close(w, '}');
}

void json_emit(const struct event *e, struct buf *out)
{
	json_emit_next(NULL, e, out);
}

void json_emit_next(struct json_kept *kept, const struct event *e, struct buf *out)
{
	const struct container_info *container = container_of(e);
	struct json_put w;

	if (!json_put_begin(&w, out))
		return;
	w.kept = kept;
	JSON_LITERAL(&w, "{\"@timestamp\":");
	json_put_time(&w, e->wall_ns);
	JSON_LITERAL(&w, "\"ecs\":{\"version\":\"8.11.0\"},");
	put_event(&w, e);
	if (e->error)
		put_error(&w, e->error);
	if (e->host)
		put_host(&w, e->host);
	if (e->about_process)
		json_process(&w, e);
	if (container)
		put_container(&w, container);
	put_proctrace(&w, e, container);
	json_put_close(&w, '}');
	json_put_end(&w);
}
