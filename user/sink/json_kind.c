// SPDX-License-Identifier: Apache-2.0
/*
 * json_kind.c - what only one kind of event has, as JSON
 */
#include "sink/json_kind.h"

#include "event/names.h"
#include "sink/json_parts.h"

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
		json_other_container(w, s->target_container);
		json_put_close(w, '}');
		json_place(w, "proctrace", -1, "");
	}
	json_put_close(w, '}');
	json_put_close(w, '}');
}

void json_isolated(struct json_put *w, const struct event *e, const struct event_isolated *group)
{
	JSON_LITERAL(w, "\"by\":");
	json_put_string(w, str_of(ns_name(group->type)));
	JSON_U64(w, "ns", group->ns);
	JSON_TEXT(w, "name", "isolated.name", group->name);
	if (group->maker.pid) {
		JSON_OBJECT(w, "maker");
		json_ref(w, e->host, &group->maker, "isolated.maker.name");
		json_put_close(w, '}');
	}
	if (group->container) {
		struct json_place place = w->place;

		w->place.sub = place.index < 0 ? "isolated.container." : "owner.container.";
		JSON_OBJECT(w, "container");
		json_other_container(w, group->container);
		json_put_close(w, '}');
		w->place = place;
	}
}

/* Whose the new namespace is: who had it first, and who shares it. */
static void put_owner(struct json_put *w, const struct event *e, int index)
{
	const struct event_ns_change *c = &e->ns_change[index];

	json_place(w, "proctrace.ns_change", index, "owner.");
	if (c->owner_host) {
		JSON_LITERAL(w, "\"owner\":{\"type\":\"host\"},");
	} else if (c->owner) {
		JSON_LITERAL(w, "\"owner\":{\"type\":\"container\",");
		json_other_container(w, c->owner);
		json_put_close(w, '}');
	} else if (c->owner_isolated) {
		JSON_LITERAL(w, "\"owner\":{\"type\":\"isolated\",");
		json_isolated(w, e, c->owner_isolated);
		json_put_close(w, '}');
	}
	if (c->holder.pid) {
		json_place(w, "proctrace.ns_change", index, "");
		JSON_OBJECT(w, "holder");
		json_ref(w, e->host, &c->holder, "holder.name");
		json_put_close(w, '}');
	}
	if (!c->shared_len)
		return;
	JSON_ARRAY(w, "shared");
	for (uint32_t i = 0; i < c->shared_len && i < EVENT_SHARED_MAX; i++) {
		json_place(w, "proctrace.ns_change", index, ns_shared_place(i));
		JSON_LITERAL(w, "{");
		json_other_container(w, c->shared[i]);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	JSON_FLAG(w, "shared_more", c->shared_more);
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
		put_owner(w, e, (int)i);
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
		json_other_container(w, e->old_container);
	json_place(w, "proctrace", -1, "");
	json_put_close(w, '}');
}

/* The content of "lost" and "throttled", and their end. */
static void put_not_sent(struct json_put *w, const struct event_lost *lost, const char *reason)
{
	JSON_U64(w, "total", lost->total);
	JSON_OBJECT(w, "by_kind");
	for (unsigned int i = 0; i < LOST_KINDS; i++) {
		const char *name = lost_kind_name(i);

		if (!lost->by_kind[i] || !name)
			continue;
		json_put_string(w, str_of(name));
		w->p[-1] = ':'; /* in the place of the comma */
		json_put_u64(w, lost->by_kind[i]);
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

void json_kind(struct json_put *w, const struct event *e)
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
		JSON_OBJECT(w, "lost");
		put_not_sent(w, &e->lost, lost_reason_name(e->lost.reason));
		break;
	case EVENT_THROTTLED:
		JSON_OBJECT(w, "throttled");
		put_not_sent(w, &e->lost, NULL);
		break;
	default:
		break;
	}
}
