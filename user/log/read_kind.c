// SPDX-License-Identifier: Apache-2.0
/*
 * read_kind.c - what a parsed line says that only its kind of event has
 */
#include "log/read_kind.h"

#include "event/names.h"
#include "log/read_container.h"
#include "log/read_process.h"

static void read_usage(struct fields *f, const struct node *proctrace, struct event_exit *x)
{
	const struct node *usage = fields_object(f, proctrace, "usage");

	x->has_cpu = fields_u64(f, usage, "cpu_ns", UINT64_MAX, &x->cpu_ns);
	x->cpu_partial = fields_flag(f, usage, "cpu_partial");
	x->has_peak = fields_u64(f, usage, "peak_bytes", UINT64_MAX, &x->peak_bytes);
	x->has_usage = fields_u64(f, usage, "minor_faults", UINT64_MAX, &x->minor_faults);
	fields_u64(f, usage, "major_faults", UINT64_MAX, &x->major_faults);
	x->has_io = fields_u64(f, usage, "read_bytes", UINT64_MAX, &x->read_bytes);
	fields_u64(f, usage, "write_bytes", UINT64_MAX, &x->write_bytes);
	fields_u64(f, usage, "read_chars", UINT64_MAX, &x->read_chars);
	fields_u64(f, usage, "write_chars", UINT64_MAX, &x->write_chars);
	x->usage_partial = fields_flag(f, usage, "partial");
}

static void read_exit(struct fields *f, const struct node *root, const struct node *proctrace,
		      struct event *e)
{
	const struct node *event = fields_object(f, root, "event");
	const struct node *process = fields_object(f, root, "process");
	const struct node *signal = fields_object(f, proctrace, "signal");
	const struct node *sender = fields_object(f, signal, "sender");
	struct event_exit *x = &e->exit;

	x->has_lifetime = fields_u64(f, event, "duration", UINT64_MAX, &x->lifetime_ns);
	/* Exit 0 is a fact like any other: it must be said. */
	fields_u32(f, signal, "number", &x->signal);
	if (!x->signal && !fields_u32(f, process, "exit_code", &x->code))
		f->damaged = true;
	fields_bool(f, signal, "core", &x->core);
	x->oom = fields_flag(f, proctrace, "oom_kill");
	x->has_sender = sender != NULL;
	x->sender_kernel = fields_flag(f, sender, "kernel");
	read_ref(f, sender, e->host, "signal.sender.name", &x->sender);
	fields_owner(f, sender, "user", &x->sender_uid);
	read_usage(f, proctrace, x);
}

static void read_signal(struct fields *f, const struct node *proctrace, struct event *e)
{
	const struct node *signal = fields_object(f, proctrace, "signal");
	const struct node *target = fields_object(f, signal, "target");

	fields_u32(f, signal, "number", &e->signal.number);
	fields_i32(f, signal, "code", &e->signal.code);
	read_ref(f, target, e->host, "signal.target.name", &e->signal.target);
	fields_owner(f, target, "user", &e->signal.target_uid);
	fields_place(f, "proctrace", -1, "signal.target.container.");
	e->signal.target_container = read_other_container(f, fields_object(f, target, "container"));
}

static void read_owner(struct fields *f, const struct node *entry, int index,
		       const struct event_host *host, struct event_ns_change *c)
{
	const struct node *owner = fields_object(f, entry, "owner");
	const struct node *shared = fields_array(f, entry, "shared");
	size_t len = shared ? shared->len : 0;
	struct str type = { 0 };

	fields_word(f, owner, "type", &type);
	fields_place(f, "proctrace.ns_change", index, "owner.");
	if (str_eq(type, STR_LITERAL("host")))
		c->owner_host = true;
	else if (str_eq(type, STR_LITERAL("isolated")))
		c->owner_isolated = read_isolated(f, owner, host);
	else
		c->owner = read_other_container(f, owner);
	fields_place(f, "proctrace.ns_change", index, "");
	read_ref(f, fields_object(f, entry, "holder"), host, "holder.name", &c->holder);
	f->damaged |= len > EVENT_SHARED_MAX;
	node_foreach(one, shared)
	{
		const struct container_info *other = NULL;

		if (c->shared_len == EVENT_SHARED_MAX)
			break;
		fields_place(f, "proctrace.ns_change", index, ns_shared_place(c->shared_len));
		if (one->type == NODE_OBJECT)
			other = read_other_container(f, one);
		if (!other) {
			f->damaged = true;
			return;
		}
		c->shared[c->shared_len++] = other;
	}
	c->shared_more = fields_flag(f, entry, "shared_more");
}

static void read_ns_change(struct fields *f, const struct node *proctrace, struct event *e)
{
	const struct node *list = fields_array(f, proctrace, "ns_change");
	int i = 0;

	if (list && list->len > PTC_NS_COUNT) {
		f->damaged = true;
		return;
	}
	node_foreach(entry, list)
	{
		struct event_ns_change *c = &e->ns_change[i];
		struct str type = { 0 };
		int ns;

		if (entry->type != NODE_OBJECT) {
			f->damaged = true;
			return;
		}
		fields_word(f, entry, "type", &type);
		ns = ns_parse(type);
		if (ns < 0) {
			f->damaged = true;
			return;
		}
		c->type = (enum ptc_ns)ns;
		fields_u32(f, entry, "old", &c->old_ns);
		fields_u32(f, entry, "new", &c->new_ns);
		read_owner(f, entry, i++, e->host, c);
	}
	e->ns_change_len = (uint32_t)i;
}

static void read_old_cgroup(struct fields *f, const struct node *proctrace, struct event *e)
{
	const struct node *old = fields_object(f, proctrace, "old_container");

	log_read_cgroup(f, fields_object(f, proctrace, "old_cgroup"), "old_cgroup.path",
			&e->old_cgroup);
	e->has_old_container = old != NULL;
	fields_place(f, "proctrace", -1, "old_container.");
	/* An empty object: it was in none. */
	if (old && old->len)
		e->old_container = read_other_container(f, old);
}

static void read_not_sent(struct fields *f, const struct node *o, struct event_lost *lost)
{
	const struct node *by_kind = fields_object(f, o, "by_kind");

	if (!fields_u64(f, o, "total", UINT64_MAX, &lost->total))
		f->damaged = true;
	for (unsigned int i = 0; i < LOST_KINDS; i++) {
		const char *name = lost_kind_name(i);

		if (name)
			fields_u64(f, by_kind, name, UINT64_MAX, &lost->by_kind[i]);
	}
	fields_time(f, o, "from", &lost->from_wall_ns);
	fields_time(f, o, "to", &lost->to_wall_ns);
}

static void read_lost(struct fields *f, const struct node *proctrace, struct event_lost *lost)
{
	const struct node *o = fields_object(f, proctrace, "lost");
	struct str reason = { 0 };
	int value;

	read_not_sent(f, o, lost);
	fields_word(f, o, "reason", &reason);
	value = lost_reason_parse(reason);
	if (value < 0)
		f->damaged = true;
	else
		lost->reason = (unsigned int)value;
}

void read_kind(struct fields *f, const struct node *root, const struct node *proctrace,
	       struct event *e)
{
	fields_place(f, "proctrace", -1, "");
	switch (e->kind) {
	case EVENT_EXIT:
		read_exit(f, root, proctrace, e);
		break;
	case EVENT_FORK:
	case EVENT_SETNS:
	case EVENT_UNSHARE:
		read_ns_change(f, proctrace, e);
		break;
	case EVENT_CGROUP:
		read_old_cgroup(f, proctrace, e);
		break;
	case EVENT_SIGNAL:
		read_signal(f, proctrace, e);
		break;
	case EVENT_LOST:
		read_lost(f, proctrace, &e->lost);
		break;
	case EVENT_THROTTLED:
		read_not_sent(f, fields_object(f, proctrace, "throttled"), &e->lost);
		break;
	default:
		break;
	}
}
