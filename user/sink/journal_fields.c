// SPDX-License-Identifier: Apache-2.0
/*
 * journal_fields.c - an event as fields of the journal
 */
#include "sink/journal_fields.h"

#include <syslog.h>

#include "base/escape.h"
#include "base/timefmt.h"
#include "event/names.h"
#include "sink/text_cell.h"
#include "sink/text_put.h"

/* A record that is being written. */
struct record {
	struct buf *out;
	size_t begin; /* where its number of fields stands */
	size_t field; /* where the length of the field stands */
	uint32_t len;
};

static void begin_field(struct record *r, const char *name)
{
	uint32_t len = 0;

	r->field = r->out->len;
	buf_put(r->out, &len, sizeof(len));
	buf_puts(r->out, name);
	buf_putc(r->out, '=');
}

static void end_field(struct record *r)
{
	uint32_t len = (uint32_t)(r->out->len - r->field - sizeof(len));

	if (r->out->failed)
		return;
	memcpy(r->out->data + r->field, &len, sizeof(len));
	r->len++;
}

static void put_str(struct record *r, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	begin_field(r, name);
	buf_str(r->out, value);
	end_field(r);
}

static void put_u64(struct record *r, const char *name, uint64_t value)
{
	begin_field(r, name);
	buf_u64(r->out, value);
	end_field(r);
}

/* What nobody needs to look at, a notice, and what is missing. */
static unsigned int priority_of(const struct event *e)
{
	if (e->kind == EVENT_LOST || e->kind == EVENT_THROTTLED ||
	    (e->kind == EVENT_EXIT && e->exit.oom))
		return LOG_WARNING;
	if (e->error || (e->kind == EVENT_EXIT && e->exit.signal))
		return LOG_NOTICE;
	return LOG_INFO;
}

static void put_entity(struct record *r, const char *name, const struct event *e,
		       const struct event_ref *ref)
{
	if (!ref->pid || !ref->start_ns || !e->host)
		return;
	begin_field(r, name);
	fmt_entity_id(r->out, e->host, ref);
	end_field(r);
}

static void put_container(struct record *r, const struct container_info *c)
{
	const struct text_put image = { .out = r->out };

	put_str(r, "CONTAINER_ID", text_short_id(c->id));
	put_str(r, "CONTAINER_ID_FULL", c->id);
	put_str(r, "CONTAINER_NAME", c->name);
	put_str(r, "PROCTRACE_RUNTIME", c->runtime);
	put_str(r, "PROCTRACE_POD_NAMESPACE", c->pod_namespace);
	put_str(r, "PROCTRACE_POD_NAME", c->pod_name);
	put_str(r, "PROCTRACE_POD_UID", c->pod_uid);
	if (!c->image.len)
		return;
	begin_field(r, "IMAGE_NAME");
	text_image(&image, c);
	end_field(r);
}

static void put_error(struct record *r, int error)
{
	const char *name = error_name(error);

	put_u64(r, "ERRNO", (uint64_t)error); /* as in systemd.journal-fields(7) */
	put_str(r, "PROCTRACE_ERROR", str_of(name));
}

static void put_credentials(struct record *r, const struct event_process *p)
{
	if (event_has(p, FACT_CREDS)) {
		put_u64(r, "PROCTRACE_UID", p->creds.euid);
		put_u64(r, "PROCTRACE_GID", p->creds.egid);
		put_str(r, "PROCTRACE_USER", p->creds.user_name);
	}
	if (event_has(p, FACT_LOGIN) && p->loginuid != UINT32_MAX)
		put_u64(r, "PROCTRACE_LOGINUID", p->loginuid);
	if (event_has(p, FACT_LOGIN) && p->session_id != UINT32_MAX)
		put_u64(r, "PROCTRACE_AUDIT_SESSION", p->session_id);
}

static void put_command_line(struct record *r, const struct event_process *p)
{
	if (!event_has(p, FACT_ARGS))
		return;
	begin_field(r, "PROCTRACE_CMDLINE");
	escape_shell_args(r->out, p->args);
	end_field(r);
}

static void put_process(struct record *r, const struct event *e)
{
	const struct event_process *p = &e->proc;

	put_u64(r, "PROCTRACE_PID", p->pid);
	if (p->vpid_len > 1)
		put_u64(r, "PROCTRACE_VPID", p->vpid[p->vpid_len - 1]);
	put_entity(r, "PROCTRACE_ENTITY_ID", e,
		   &(struct event_ref){ .pid = p->pid, .start_ns = p->start_ns });
	put_str(r, "PROCTRACE_COMM", p->name);
	put_str(r, "PROCTRACE_EXE", p->executable);
	put_command_line(r, p);
	put_str(r, "PROCTRACE_CWD", p->cwd);
	put_credentials(r, p);
	put_str(r, "PROCTRACE_CGROUP", p->cgroup.path);
	if (p->parent.pid)
		put_u64(r, "PROCTRACE_PPID", p->parent.pid);
	put_entity(r, "PROCTRACE_PARENT_ENTITY_ID", e, &p->parent);
	put_str(r, "PROCTRACE_PARENT_COMM", p->parent.name);
	put_str(r, "PROCTRACE_ENTERED", str_of(entered_name(e->entered)));
}

static void put_exit(struct record *r, const struct event_exit *x)
{
	char name[16];

	if (x->signal) {
		put_u64(r, "PROCTRACE_SIGNAL", x->signal);
		put_str(r, "PROCTRACE_SIGNAL_NAME", str_of(signal_name(x->signal, name)));
	} else {
		put_u64(r, "PROCTRACE_EXIT_CODE", x->code);
	}
	if (x->has_lifetime)
		put_u64(r, "PROCTRACE_LIFETIME_NSEC", x->lifetime_ns);
}

static void put_event(struct record *r, const struct event *e, struct str message)
{
	const struct container_info *c = text_event_container(e);
	char time[TIMEFMT_UTC_LEN];

	put_str(r, "MESSAGE", message);
	put_u64(r, "PRIORITY", priority_of(e));
	put_str(r, "SYSLOG_IDENTIFIER", STR_LITERAL("proctrace"));
	put_str(r, "PROCTRACE_EVENT", str_of(event_kind_name(e->kind)));
	put_u64(r, "PROCTRACE_SEQUENCE", e->sequence);
	timefmt_utc(time, e->wall_ns);
	put_str(r, "PROCTRACE_TIMESTAMP", str_from(time, sizeof(time)));
	if (e->error)
		put_error(r, e->error);
	if (c)
		put_container(r, c);
	if (e->about_process)
		put_process(r, e);
	if (e->kind == EVENT_EXIT)
		put_exit(r, &e->exit);
	if (e->kind == EVENT_LOST || e->kind == EVENT_THROTTLED)
		put_u64(r, "PROCTRACE_LOST", e->lost.total);
}

void journal_fields(const struct event *e, struct str message, struct buf *out)
{
	struct record r = { .out = out, .begin = out->len };

	buf_put(out, &r.len, sizeof(r.len));
	put_event(&r, e, message);
	if (out->failed)
		out->len = r.begin;
	else
		memcpy(out->data + r.begin, &r.len, sizeof(r.len));
}

static uint32_t take_u32(struct str *data)
{
	uint32_t value;

	memcpy(&value, data->p, sizeof(value));
	*data = str_from(data->p + sizeof(value), data->len - sizeof(value));
	return value;
}

size_t journal_fields_take(struct str *data, struct str ret_fields[JOURNAL_FIELDS])
{
	uint32_t len;

	if (data->len == 0)
		return 0;
	len = take_u32(data);
	for (uint32_t i = 0; i < len; i++) {
		uint32_t field_len = take_u32(data);

		ret_fields[i] = str_from(data->p, field_len);
		*data = str_from(data->p + field_len, data->len - field_len);
	}
	return len;
}
