// SPDX-License-Identifier: Apache-2.0
/*
 * json.c - the shape of an event as a line of JSON
 */
#include "sink/json.h"

#include "event/names.h"
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
	json_place(w, "host", -1, "");
	JSON_OBJECT(w, "host");
	JSON_TEXT(w, "hostname", "hostname", host->hostname);
	if (host->boot_id.len) {
		JSON_OBJECT(w, "boot");
		JSON_TEXT(w, "id", "boot.id", host->boot_id);
		json_put_close(w, '}');
	}
	json_put_close(w, '}');
}

/* The container that the event is about, or that its process is in; NULL: none. */
static const struct container_info *container_of(const struct event *e)
{
	if (e->kind == EVENT_CONTAINER_START || e->kind == EVENT_CONTAINER_STOP)
		return e->container;
	return e->about_process && event_has(&e->proc, FACT_CONTAINER) ? e->proc.container : NULL;
}

static void put_container(struct json_put *w, const struct container_info *c)
{
	json_place(w, "container", -1, "");
	JSON_OBJECT(w, "container");
	json_container(w, c);
	json_put_close(w, '}');
	if (!c->pod_uid.len)
		return;
	json_place(w, "orchestrator", -1, "");
	JSON_LITERAL(w, "\"orchestrator\":{\"type\":\"kubernetes\","
			"\"resource\":{\"type\":\"pod\",");
	JSON_TEXT(w, "id", "resource.id", c->pod_uid);
	json_put_close(w, '}');
	json_put_close(w, '}');
}

/* What is particular about the container; absent if nothing is. */
static void put_container_facts(struct json_put *w, const struct event *e,
				const struct container_info *c)
{
	bool host_namespaces = e->about_process && e->proc.host_namespaces;
	const struct container_info *outer = c->outer;

	if (!c->unconfirmed && !c->build && !host_namespaces && !e->ran_already && !outer)
		return;
	JSON_OBJECT(w, "container");
	JSON_FLAG(w, "unconfirmed", c->unconfirmed);
	JSON_FLAG(w, "build", c->build);
	JSON_FLAG(w, "host_namespaces", host_namespaces);
	JSON_FLAG(w, "ran_already", e->ran_already);
	if (outer) {
		JSON_ARRAY(w, "outer");
		for (int i = 0; outer && i < JSON_OUTER_MAX; i++, outer = outer->outer) {
			json_place(w, "proctrace.container.outer", i, "");
			JSON_LITERAL(w, "{");
			json_container_ref(w, outer);
			json_put_close(w, '}');
		}
		json_put_close(w, ']');
	}
	json_put_close(w, '}');
}

static void put_sender(struct json_put *w, const struct event *e)
{
	JSON_OBJECT(w, "sender");
	JSON_FLAG(w, "kernel", e->exit.sender_kernel);
	if (!e->exit.sender_kernel) {
		json_ref(w, e->host, &e->exit.sender, "signal.sender.name");
		JSON_LITERAL(w, "\"user\":{\"id\":");
		json_put_id(w, e->exit.sender_uid);
		json_put_close(w, '}');
	}
	json_put_close(w, '}');
}

static void put_signal_number(struct json_put *w, uint32_t number)
{
	char tmp[16];
	const char *name = signal_name(number, tmp);

	JSON_U64(w, "number", number);
	if (name) {
		JSON_KEY(w, "name");
		json_put_string(w, str_of(name));
	}
}

static void put_usage(struct json_put *w, const struct event_exit *x)
{
	if (!x->has_cpu && !x->has_peak && !x->has_usage && !x->has_io)
		return;
	JSON_OBJECT(w, "usage");
	if (x->has_cpu) {
		JSON_U64(w, "cpu_ns", x->cpu_ns);
		JSON_FLAG(w, "cpu_partial", x->cpu_partial);
	}
	if (x->has_peak)
		JSON_U64(w, "peak_bytes", x->peak_bytes);
	if (x->has_usage) {
		JSON_U64(w, "minor_faults", x->minor_faults);
		JSON_U64(w, "major_faults", x->major_faults);
	}
	if (x->has_io) {
		JSON_U64(w, "read_bytes", x->read_bytes);
		JSON_U64(w, "write_bytes", x->write_bytes);
		JSON_U64(w, "read_chars", x->read_chars);
		JSON_U64(w, "write_chars", x->write_chars);
	}
	JSON_FLAG(w, "partial", x->usage_partial);
	json_put_close(w, '}');
}

static void put_exit(struct json_put *w, const struct event *e)
{
	if (e->exit.signal) {
		JSON_OBJECT(w, "signal");
		put_signal_number(w, e->exit.signal);
		JSON_KEY(w, "core");
		json_put_bool(w, e->exit.core);
		if (e->exit.has_sender)
			put_sender(w, e);
		json_put_close(w, '}');
	}
	JSON_FLAG(w, "oom_kill", e->exit.oom);
	put_usage(w, &e->exit);
}

/* EVENT_SIGNAL: the process of the event is the sender. */
static void put_signal(struct json_put *w, const struct event *e)
{
	const struct event_signal *s = &e->signal;

	JSON_OBJECT(w, "signal");
	put_signal_number(w, s->number);
	JSON_KEY(w, "code");
	json_put_i64(w, s->code);
	JSON_OBJECT(w, "target");
	json_ref(w, e->host, &s->target, "signal.target.name");
	JSON_LITERAL(w, "\"user\":{\"id\":");
	json_put_id(w, s->target_uid);
	json_put_close(w, '}');
	if (s->target_container) {
		json_place(w, "proctrace", -1, "signal.target.container.");
		JSON_OBJECT(w, "container");
		json_container_ref(w, s->target_container);
		json_put_close(w, '}');
		json_place(w, "proctrace", -1, "");
	}
	json_put_close(w, '}');
	json_put_close(w, '}');
}

static void put_ns_change(struct json_put *w, const struct event *e)
{
	JSON_ARRAY(w, "ns_change");
	for (uint32_t i = 0; i < e->ns_change_len; i++) {
		const struct event_ns_change *c = &e->ns_change[i];

		JSON_LITERAL(w, "{\"type\":");
		json_put_string(w, str_of(ns_name(c->type)));
		if (c->old_ns)
			JSON_U64(w, "old", c->old_ns);
		if (c->new_ns)
			JSON_U64(w, "new", c->new_ns);
		if (c->owner_host) {
			JSON_LITERAL(w, "\"owner\":{\"type\":\"host\"},");
		} else if (c->owner) {
			json_place(w, "proctrace.ns_change", (int)i, "owner.");
			JSON_LITERAL(w, "\"owner\":{\"type\":\"container\",");
			json_container_ref(w, c->owner);
			json_put_close(w, '}');
		}
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void put_old_cgroup(struct json_put *w, const struct event *e)
{
	if (e->old_cgroup.id || e->old_cgroup.path.len) {
		JSON_KEY(w, "old_cgroup");
		json_cgroup(w, &e->old_cgroup, "old_cgroup.path");
	}
	if (!e->has_old_container)
		return;
	/* An empty object: it was in no container. */
	JSON_OBJECT(w, "old_container");
	json_place(w, "proctrace", -1, "old_container.");
	if (e->old_container)
		json_container_ref(w, e->old_container);
	json_place(w, "proctrace", -1, "");
	json_put_close(w, '}');
}

static void put_lost(struct json_put *w, const struct event_lost *lost)
{
	const char *reason = lost_reason_name(lost->reason);

	JSON_OBJECT(w, "lost");
	JSON_U64(w, "total", lost->total);
	JSON_OBJECT(w, "by_kind");
	for (unsigned int i = 0; i < PTC_TYPES; i++) {
		const char *name = event_type_name((enum ptc_type)i);

		if (!lost->by_type[i] || !name)
			continue;
		json_put_string(w, str_of(name));
		w->p[-1] = ':'; /* in the place of the comma */
		json_put_u64(w, lost->by_type[i]);
	}
	json_put_close(w, '}');
	if (lost->from_wall_ns) {
		JSON_KEY(w, "from");
		json_put_time(w, lost->from_wall_ns);
	}
	if (lost->to_wall_ns) {
		JSON_KEY(w, "to");
		json_put_time(w, lost->to_wall_ns);
	}
	if (reason) {
		JSON_KEY(w, "reason");
		json_put_string(w, str_of(reason));
	}
	json_put_close(w, '}');
}

static void put_kind(struct json_put *w, const struct event *e)
{
	switch (e->kind) {
	case EVENT_EXIT:
		put_exit(w, e);
		break;
	case EVENT_SETNS:
	case EVENT_UNSHARE:
		put_ns_change(w, e);
		break;
	case EVENT_FORK:
		if (e->ns_change_len)
			put_ns_change(w, e);
		break;
	case EVENT_CGROUP:
		put_old_cgroup(w, e);
		break;
	case EVENT_SIGNAL:
		put_signal(w, e);
		break;
	case EVENT_LOST:
		put_lost(w, &e->lost);
		break;
	default:
		break;
	}
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
	if (e->late)
		JSON_LITERAL(w, "\"seen\":\"late\",");
	put_kind(w, e);
	if (e->about_process)
		json_provenance(w, &e->proc);
	put_marks(w, e);
	json_put_close(w, '}');
}

void json_emit(const struct event *e, struct buf *out)
{
	const struct container_info *container = container_of(e);
	struct json_put w;

	if (!json_put_begin(&w, out))
		return;
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
