// SPDX-License-Identifier: Apache-2.0
/*
 * text_what.c - what an event says, in words
 */
#include "sink/text_what.h"

#include "base/timefmt.h"
#include "event/names.h"
#include "sink/text_ns.h"

enum text_tone text_tone(const struct event *e)
{
	if (e->error || e->kind == EVENT_LOST)
		return TONE_BAD;
	if (e->kind == EVENT_THROTTLED)
		return TONE_WARN;
	if (e->kind != EVENT_EXIT)
		return TONE_PLAIN;
	if (e->exit.signal || e->exit.oom)
		return TONE_BAD;
	return e->exit.code ? TONE_WARN : TONE_PLAIN;
}

static void put_cut(const struct text_put *t)
{
	TEXT_MARK(t, " …", " (...)");
}

void text_command_line(const struct text_put *t, const struct event_process *p)
{
	if (event_has(p, FACT_ARGS) && p->args.len) {
		text_shell_args(t, p->args);
		if (p->truncated & 1u << FACT_ARGS)
			put_cut(t);
		return;
	}
	/* As ps(1) does; a word like this would be quoted if it were an argument. */
	buf_putc(t->out, '[');
	if (event_has(p, FACT_NAME) && p->name.len)
		text_plain(t, p->name);
	else
		buf_putc(t->out, '?');
	buf_putc(t->out, ']');
}

/* "ENOENT (No such file or directory)" */
static void put_error(const struct text_put *t, int error)
{
	const char *name = error_name(error), *text = error_text(error);

	if (name) {
		buf_puts(t->out, name);
	} else {
		BUF_LITERAL(t->out, "error ");
		buf_i64(t->out, error);
	}
	if (text)
		buf_printf(t->out, " (%s)", text);
}

/* The file that was asked for, which a search in PATH changes, and the other arguments. */
static void put_attempt(const struct text_put *t, const struct event *e)
{
	const struct event_process *p = &e->proc;
	struct str rest = p->args;
	size_t first;

	if (!event_has(p, FACT_FILE) || !p->file.filename.len) {
		text_command_line(t, p);
		return;
	}
	text_shell_word(t, p->file.filename);
	if (!event_has(p, FACT_ARGS))
		return;
	first = strnlen(rest.len ? rest.p : "", rest.len);
	if (first + 1 < rest.len) {
		buf_putc(t->out, ' ');
		text_shell_args(t, str_from(rest.p + first + 1, rest.len - first - 1));
	}
	if (p->truncated & 1u << FACT_ARGS)
		put_cut(t);
}

/* "(entered by exec from runc[4160])", "(entered web by nsenter from nsenter[5120])" */
static void put_entered(const struct text_put *t, const struct event *e)
{
	BUF_LITERAL(t->out, " (entered");
	if (e->visited) {
		buf_putc(t->out, ' ');
		text_container(t, e->visited);
	}
	buf_puts(t->out, e->entered == ENTERED_EXEC ? " by exec" : " by nsenter");
	if (e->entered_by.pid) {
		BUF_LITERAL(t->out, " from ");
		text_ref(t, &e->entered_by);
	}
	buf_putc(t->out, ')');
}

static void put_exec_remarks(const struct text_put *t, const struct event *e)
{
	const struct event_process *p = &e->proc;

	if (event_has(p, FACT_FILE) && p->file.memfd)
		BUF_LITERAL(t->out, " (memfd)");
	else if (event_has(p, FACT_FILE) && p->file.deleted)
		BUF_LITERAL(t->out, " (deleted)");
	if (event_has(p, FACT_CONTAINER) && p->container && p->host_namespaces)
		BUF_LITERAL(t->out, " (host namespaces)");
	if (e->entered == ENTERED_EXEC || e->entered == ENTERED_NSENTER)
		put_entered(t, e);
	else if (e->entered == ENTERED_SETUP)
		BUF_LITERAL(t->out, " (container set-up)");
}

static void put_exec(const struct text_put *t, const struct event *e)
{
	if (e->error) {
		put_attempt(t, e);
		BUF_LITERAL(t->out, ": ");
		put_error(t, e->error);
	} else {
		text_command_line(t, &e->proc);
	}
	put_exec_remarks(t, e);
}

static void put_killed(const struct text_put *t, const struct event_exit *x)
{
	char tmp[16];
	const char *name = signal_name(x->signal, tmp);

	BUF_LITERAL(t->out, "killed by ");
	if (name)
		buf_puts(t->out, name);
	else
		buf_printf(t->out, "signal %u", x->signal);
	if (x->oom)
		BUF_LITERAL(t->out, " (out of memory)");
	if (x->has_sender && x->sender_kernel) {
		BUF_LITERAL(t->out, " from the kernel");
	} else if (x->has_sender) {
		BUF_LITERAL(t->out, " from ");
		text_ref(t, &x->sender);
	}
	if (x->core)
		BUF_LITERAL(t->out, " (core dumped)");
}

static void put_exit(const struct text_put *t, const struct event *e)
{
	const struct event_exit *x = &e->exit;

	if (x->signal) {
		put_killed(t, x);
	} else {
		buf_u64(t->out, x->code);
		if (x->oom)
			BUF_LITERAL(t->out, " (out of memory)");
	}
	if (x->has_lifetime) {
		BUF_LITERAL(t->out, " after ");
		timefmt_duration(t->out, x->lifetime_ns);
	}
	if (x->has_peak) {
		BUF_LITERAL(t->out, ", ");
		timefmt_bytes(t->out, x->peak_bytes);
	}
}

static void put_ns_call(const struct text_put *t, const struct event *e)
{
	text_ns_changes(t, e);
	if (e->error) {
		if (e->ns_change_len)
			BUF_LITERAL(t->out, ": ");
		put_error(t, e->error);
	} else if (e->ns_change_len == 0) {
		BUF_LITERAL(t->out, "no change");
	}
}

static void put_fork(const struct text_put *t, const struct event *e)
{
	static const struct event_ref unknown = { .pid = 0 };

	text_command_line(t, &e->proc);
	BUF_LITERAL(t->out, " (from ");
	text_ref(t, event_has(&e->proc, FACT_PARENT) ? &e->proc.parent : &unknown);
	if (e->proc.creator.pid) {
		BUF_LITERAL(t->out, ", made by ");
		text_ref(t, &e->proc.creator);
	}
	buf_putc(t->out, ')');
	if (e->ns_change_len) {
		BUF_LITERAL(t->out, " (new");
		for (uint32_t i = 0; i < e->ns_change_len; i++) {
			buf_putc(t->out, i ? ',' : ' ');
			buf_puts(t->out, ns_name(e->ns_change[i].type));
		}
		buf_putc(t->out, ')');
	}
}

static void put_cgroup(const struct text_put *t, const struct event *e)
{
	const struct event_cgroup *now = &e->proc.cgroup;

	if (e->old_cgroup.path.len) {
		text_shell_word(t, e->old_cgroup.path);
		buf_putc(t->out, ' ');
	}
	TEXT_MARK(t, "→ ", "-> ");
	if (!event_has(&e->proc, FACT_CGROUP))
		buf_putc(t->out, '?');
	else if (now->path.len)
		text_shell_word(t, now->path);
	else
		buf_printf(t->out, "cgroup %llu", (unsigned long long)now->id);
	if (e->old_container) {
		BUF_LITERAL(t->out, " (from ");
		text_container(t, e->old_container);
		buf_putc(t->out, ')');
	}
}

/* Those that were asked for, as one word each: "tier=front". */
static void put_labels(const struct text_put *t, const struct container_info *c)
{
	for (uint32_t i = 0; i < c->labels_len; i++) {
		if (!c->labels[i].shown)
			continue;
		buf_putc(t->out, ' ');
		text_token(t, c->labels[i].key);
		buf_putc(t->out, '=');
		text_shell_word(t, c->labels[i].value);
	}
}

static void put_container(const struct text_put *t, const struct event *e)
{
	const struct container_info *c = e->container;

	if (!c)
		return;
	text_token(t, c->runtime.len ? c->runtime : STR_LITERAL("?"));
	buf_putc(t->out, ' ');
	text_token(t, text_short_id(c->id));
	if (c->image.len || c->image_id.len) {
		BUF_LITERAL(t->out, " image ");
		text_image(t, c);
	}
	if (c->pod_name.len) {
		BUF_LITERAL(t->out, " pod ");
		text_pod(t, c);
	}
	put_labels(t, c);
	if (c->missing) {
		BUF_LITERAL(t->out, " (metadata ");
		buf_puts(t->out, missing_name((enum missing)c->missing));
		buf_putc(t->out, ')');
	}
	if (e->starter.pid) {
		BUF_LITERAL(t->out, " (from ");
		text_ref(t, &e->starter);
		buf_putc(t->out, ')');
	}
	if (c->outer) {
		BUF_LITERAL(t->out, " (inside ");
		text_container(t, c->outer);
		buf_putc(t->out, ')');
	}
	if (c->build)
		BUF_LITERAL(t->out, " (build)");
	if (e->ran_already)
		BUF_LITERAL(t->out, " (ran already)");
	if (e->update)
		BUF_LITERAL(t->out, " (known now)");
}

static void put_signal(const struct text_put *t, const struct event *e)
{
	char tmp[16];
	const char *name = signal_name(e->signal.number, tmp);

	if (name)
		buf_puts(t->out, name);
	else
		buf_printf(t->out, "signal %u", e->signal.number);
	TEXT_MARK(t, " → ", " -> ");
	text_ref(t, &e->signal.target);
	if (e->signal.target_container) {
		BUF_LITERAL(t->out, " in ");
		text_container(t, e->signal.target_container);
	}
}

static void put_not_sent(const struct text_put *t, const struct event_lost *lost,
			 const char *reason)
{
	const char *separator = " (";

	buf_u64(t->out, lost->total);
	buf_puts(t->out, lost->total == 1 ? " event" : " events");
	if (lost->from_wall_ns && lost->to_wall_ns >= lost->from_wall_ns) {
		BUF_LITERAL(t->out, " in ");
		timefmt_duration(t->out, (uint64_t)(lost->to_wall_ns - lost->from_wall_ns));
	}
	for (unsigned int i = 0; i < LOST_KINDS; i++) {
		const char *name = lost_kind_name(i);

		if (!lost->by_kind[i] || !name)
			continue;
		buf_puts(t->out, separator);
		buf_u64(t->out, lost->by_kind[i]);
		buf_putc(t->out, ' ');
		buf_puts(t->out, name);
		separator = ", ";
	}
	if (separator[0] == ',')
		buf_putc(t->out, ')');
	if (reason) {
		BUF_LITERAL(t->out, ": ");
		buf_puts(t->out, reason);
	}
}

void text_what(const struct text_put *t, const struct event *e)
{
	switch (e->kind) {
	case EVENT_FORK:
		put_fork(t, e);
		break;
	case EVENT_EXEC:
	case EVENT_PROCESS:
		put_exec(t, e);
		break;
	case EVENT_EXIT:
		put_exit(t, e);
		break;
	case EVENT_SETNS:
	case EVENT_UNSHARE:
		put_ns_call(t, e);
		break;
	case EVENT_CGROUP:
		put_cgroup(t, e);
		break;
	case EVENT_CONTAINER_START:
	case EVENT_CONTAINER_STOP:
		put_container(t, e);
		break;
	case EVENT_SIGNAL:
		put_signal(t, e);
		break;
	case EVENT_LOST:
		put_not_sent(t, &e->lost, lost_reason_name(e->lost.reason));
		break;
	case EVENT_THROTTLED:
		put_not_sent(t, &e->lost, NULL);
		break;
	case EVENT_KINDS:
		break;
	}
	if (e->late)
		BUF_LITERAL(t->out, " (seen late)");
}
