// SPDX-License-Identifier: Apache-2.0
/*
 * text_cell.c - what stands in each column but the time and WHAT
 */
#include "sink/text_cell.h"

#include "base/timefmt.h"
#include "event/names.h"
#include "sink/text_time.h"
#include "sink/text_what.h"

const struct container_info *text_event_container(const struct event *e)
{
	if (event_is_about_container(e))
		return e->container;
	return event_has(&e->proc, FACT_CONTAINER) ? e->proc.container : NULL;
}

static void put_none(const struct text_put *t)
{
	TEXT_MARK(t, "·", "-");
}

static void put_unknown(const struct text_put *t)
{
	buf_putc(t->out, '?');
}

static void put_container(const struct text_put *t, const struct event *e)
{
	const struct event_process *p = &e->proc;
	const struct container_info *c = text_event_container(e);

	if (e->kind == EVENT_LOST) {
		TEXT_MARK(t, "────────", "--------");
	} else if (c) {
		text_container(t, c);
	} else if (!event_has(p, FACT_CONTAINER)) {
		put_unknown(t);
	} else if (p->isolated) {
		text_isolated(t, p->isolated);
	} else {
		put_none(t);
	}
}

static void put_event(const struct text_put *t, const struct event *e)
{
	if (e->kind == EVENT_CONTAINER_START)
		BUF_LITERAL(t->out, "start");
	else if (e->kind == EVENT_CONTAINER_STOP)
		BUF_LITERAL(t->out, "stop");
	else
		buf_puts(t->out, event_kind_name(e->kind));
}

static void put_pid(const struct text_put *t, const struct event_process *p)
{
	buf_u64(t->out, p->pid);
	if (event_has(p, FACT_PIDS) && p->vpid_len > 1) {
		buf_putc(t->out, '/');
		buf_u64(t->out, p->vpid[p->vpid_len - 1]);
	}
}

static void put_user(const struct text_put *t, const struct event_process *p)
{
	if (!event_has(p, FACT_CREDS))
		put_unknown(t);
	else if (p->creds.user_name.len)
		text_token(t, p->creds.user_name);
	else
		buf_u64(t->out, p->creds.euid);
}

static void put_tty(const struct text_put *t, const struct event_process *p)
{
	/* Documentation/admin-guide/devices.txt: 4 is consoles and serial lines, 136 to 143 ptys. */
	if (p->tty_major == 0 && p->tty_minor == 0)
		put_none(t);
	else if (p->tty_major >= 136 && p->tty_major <= 143)
		buf_printf(t->out, "pts/%u", (p->tty_major - 136) * 256 + p->tty_minor);
	else if (p->tty_major == 4 && p->tty_minor < 64)
		buf_printf(t->out, "tty%u", p->tty_minor);
	else if (p->tty_major == 4)
		buf_printf(t->out, "ttyS%u", p->tty_minor - 64);
	else
		buf_printf(t->out, "%u:%u", p->tty_major, p->tty_minor);
}

static void put_nspid(const struct text_put *t, const struct event_process *p)
{
	for (uint32_t i = 0; i < p->vpid_len; i++) {
		if (i)
			buf_putc(t->out, ',');
		buf_u64(t->out, p->vpid[i]);
	}
}

static void put_threads(const struct text_put *t, const struct event_process *p)
{
	if (p->threads)
		buf_u64(t->out, p->threads);
	else
		put_unknown(t);
}

/* The clock may have been set back since. */
static void put_start(const struct text_put *t, enum column column, const struct event *e)
{
	if (!e->start_wall_ns)
		put_unknown(t);
	else if (column == COLUMN_START)
		text_time_second(e->start_wall_ns, t->out);
	else
		timefmt_duration(t->out, e->wall_ns > e->start_wall_ns ?
						 (uint64_t)e->wall_ns - (uint64_t)e->start_wall_ns :
						 0);
}

/* Without "CAP_"; "all" if there is none that this build knows and the set lacks. */
static void put_caps(const struct text_put *t, uint64_t mask)
{
	char tmp[32];
	bool first = true;
	uint64_t known = 0;

	for (unsigned int cap = 0; cap < 64 && cap_name(cap, tmp) != tmp; cap++)
		known |= 1ull << cap;
	if ((mask & known) == known) {
		BUF_LITERAL(t->out, "all");
		return;
	}
	if (!mask)
		put_none(t);
	for (; mask; mask &= mask - 1) {
		if (!first)
			buf_putc(t->out, ',');
		buf_puts(t->out, cap_name((unsigned int)__builtin_ctzll(mask), tmp) + 4);
		first = false;
	}
}

static void put_seccomp(const struct text_put *t, const struct event_process *p)
{
	const char *mode = seccomp_name(p->seccomp);

	if (mode)
		buf_puts(t->out, mode);
	else
		buf_u64(t->out, p->seccomp);
	if (p->no_new_privs)
		BUF_LITERAL(t->out, "+nnp");
}

static void put_process_ref(const struct text_put *t, const struct event_ref *ref)
{
	if (ref->pid)
		text_ref(t, ref);
	else
		put_none(t);
}

static void put_word_or_none(const struct text_put *t, struct str s)
{
	if (s.len)
		text_token(t, s);
	else
		put_none(t);
}

static void put_of_container(const struct text_put *t, enum column column, const struct event *e)
{
	const struct container_info *c = text_event_container(e);

	if (!c) {
		if (event_has(&e->proc, FACT_CONTAINER))
			put_none(t);
		else
			put_unknown(t);
	} else if (column == COLUMN_ID) {
		put_word_or_none(t, text_short_id(c->id));
	} else if (column == COLUMN_RUNTIME) {
		put_word_or_none(t, c->runtime);
	} else if (column == COLUMN_POD && c->pod_name.len) {
		text_pod(t, c);
	} else if (column == COLUMN_POD) {
		put_word_or_none(t, c->pod_uid);
	} else if (c->image.len || c->image_id.len) {
		text_image(t, c);
	} else {
		put_none(t);
	}
}

enum fact text_cell_fact(enum column column)
{
	switch (column) {
	case COLUMN_PPID:
	case COLUMN_PARENT:
		return FACT_PARENT;
	case COLUMN_VPID:
	case COLUMN_NSPID:
		return FACT_PIDS;
	case COLUMN_STATE:
	case COLUMN_RSS:
	case COLUMN_CPU:
		return FACT_NOW;
	case COLUMN_UID:
	case COLUMN_GID:
	case COLUMN_CAPS:
		return FACT_CREDS;
	case COLUMN_LOGIN:
		return FACT_LOGIN;
	case COLUMN_NAME:
		return FACT_NAME;
	case COLUMN_EXE:
		return FACT_EXE;
	case COLUMN_CWD:
		return FACT_CWD;
	case COLUMN_ENV:
		return FACT_ENV;
	case COLUMN_TTY:
		return FACT_TTY;
	case COLUMN_CGROUP:
		return FACT_CGROUP;
	case COLUMN_NS:
		return FACT_NS;
	case COLUMN_SECCOMP:
		return FACT_SECCOMP;
	case COLUMN_LSM:
		return FACT_LSM;
	default:
		return FACT_COUNT;
	}
}

/* A column whose fact is there. */
static void put_of_process(const struct text_put *t, enum column column, const struct event *e)
{
	const struct event_process *p = &e->proc;
	const char *entered = entered_name(e->entered);

	switch (column) {
	case COLUMN_PID:
		put_pid(t, p);
		break;
	case COLUMN_USER:
		put_user(t, p);
		break;
	case COLUMN_TID:
		buf_u64(t->out, p->tid ? p->tid : p->pid);
		break;
	case COLUMN_VPID:
		buf_u64(t->out, p->vpid_len ? p->vpid[p->vpid_len - 1] : p->pid);
		break;
	case COLUMN_PPID:
		buf_u64(t->out, p->parent.pid);
		break;
	case COLUMN_PARENT:
		put_process_ref(t, &p->parent);
		break;
	case COLUMN_CREATOR:
		put_process_ref(t, &p->creator);
		break;
	case COLUMN_ENTITY:
		fmt_entity_id(t->out, e->host,
			      &(struct event_ref){ .pid = p->pid, .start_ns = p->start_ns });
		break;
	case COLUMN_UID:
		buf_u64(t->out, p->creds.euid);
		break;
	case COLUMN_GID:
		buf_u64(t->out, p->creds.egid);
		break;
	case COLUMN_LOGIN:
		if (p->loginuid == UINT32_MAX)
			put_none(t);
		else
			buf_u64(t->out, p->loginuid);
		break;
	case COLUMN_NAME:
		text_plain(t, p->name);
		break;
	case COLUMN_EXE:
		text_shell_word(t, p->executable);
		break;
	case COLUMN_CWD:
		text_shell_word(t, p->cwd);
		break;
	case COLUMN_ARGS:
		text_command_line(t, p);
		break;
	case COLUMN_ENV:
		text_shell_args(t, p->env);
		break;
	case COLUMN_TTY:
		put_tty(t, p);
		break;
	case COLUMN_CGROUP:
		text_shell_word(t, p->cgroup.path);
		break;
	case COLUMN_NS:
		if (p->ns_isolated)
			text_ns_list(t, p->ns_isolated);
		else
			put_none(t);
		break;
	case COLUMN_CAPS:
		put_caps(t, p->creds.cap[PTC_CAP_EFFECTIVE]);
		break;
	case COLUMN_SECCOMP:
		put_seccomp(t, p);
		break;
	case COLUMN_LSM:
		text_plain(t, p->lsm);
		break;
	case COLUMN_ENTERED:
		put_word_or_none(t, str_of(entered));
		break;
	case COLUMN_NSPID:
		put_nspid(t, p);
		break;
	case COLUMN_STATE:
		buf_putc(t->out, p->now.state);
		break;
	case COLUMN_THREADS:
		put_threads(t, p);
		break;
	case COLUMN_RSS:
		timefmt_bytes(t->out, p->now.resident_bytes);
		break;
	case COLUMN_CPU:
		timefmt_duration(t->out, p->now.cpu_ns);
		break;
	case COLUMN_START:
	case COLUMN_AGE:
		put_start(t, column, e);
		break;
	default:
		break;
	}
}

void text_cell(const struct text_put *t, enum column column, const struct event *e)
{
	enum fact fact = text_cell_fact(column);

	switch (column) {
	case COLUMN_CONTAINER:
		put_container(t, e);
		return;
	case COLUMN_EVENT:
		put_event(t, e);
		return;
	case COLUMN_SEQUENCE:
		buf_u64(t->out, e->sequence);
		return;
	case COLUMN_HOST:
		put_word_or_none(t, e->host ? e->host->hostname : str_of(NULL));
		return;
	default:
		break;
	}
	if (e->kind == EVENT_LOST)
		return;
	if (column == COLUMN_ID || column == COLUMN_RUNTIME || column == COLUMN_IMAGE ||
	    column == COLUMN_POD) {
		put_of_container(t, column, e);
	} else if (event_is_about_container(e)) {
		if (column == COLUMN_USER && e->kind != EVENT_THROTTLED)
			put_none(t);
	} else if (e->about_process) {
		if (fact != FACT_COUNT && !event_has(&e->proc, fact))
			put_unknown(t);
		else
			put_of_process(t, column, e);
	}
}
