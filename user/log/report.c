// SPDX-License-Identifier: Apache-2.0
/*
 * report.c - what an auditor asks first of a log, counted
 */
#include "log/report.h"

#include <stdio.h>

#include "event/names.h"
#include "log/report_table.h"
#include "log/report_who.h"

static void add(struct report_row *row, size_t number, uint64_t count)
{
	if (row && __builtin_add_overflow(row->numbers[number], count, &row->numbers[number]))
		row->numbers[number] = UINT64_MAX;
}

/* The container's row, and the user's: what the two number is of both. */
enum { OF_PROGRAMS, OF_FAILED, OF_ENTERED };

static void count_place(struct report *r, const struct event *e, size_t number)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	const struct container_info *c = event_is_about_container(e) ? e->container :
								       e->proc.container;
	struct report_row *row;
	struct report_digits ns;

	report_put_place(texts, &ns, e);
	/* The name and the image may become known later: rows are told apart by the id. */
	row = report_row(r, REPORT_CONTAINERS,
			 (struct str[REPORT_TEXTS]){ texts[REPORT_PLACE], texts[REPORT_ID],
						     texts[REPORT_NAME],
						     c ? c->runtime : str_from(NULL, 0),
						     c ? c->image : str_from(NULL, 0) },
			 REPORT_NAME, e->wall_ns);
	add(row, number, 1);
}

static void count_user(struct report *r, const struct event *e, size_t number)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits user, login;

	texts[0] = report_user_id(&user, &e->proc);
	texts[1] = e->proc.creds.user_name;
	texts[2] = report_login_id(&login, &e->proc);
	add(report_row(r, REPORT_USERS, texts, 3, e->wall_ns), number, 1);
}

static void count_program(struct report *r, const struct event *e)
{
	struct str texts[REPORT_TEXTS] = { report_program(&e->proc) };
	struct report_digits ns, user;

	add(report_row(r, REPORT_PROGRAMS, texts, 1, e->wall_ns), 0, 1);
	report_put_place(texts, &ns, e);
	texts[3] = report_user_id(&user, &e->proc);
	texts[4] = e->proc.creds.user_name;
	texts[5] = report_program(&e->proc);
	add(report_row(r, REPORT_RUNS, texts, 6, e->wall_ns), 0, 1);
}

static void count_failure(struct report *r, const struct event *e, struct str program,
			  struct str how)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits ns;

	report_put_place(texts, &ns, e);
	texts[3] = program;
	texts[4] = how;
	add(report_row(r, REPORT_FAILURES, texts, 5, e->wall_ns), 0, 1);
	count_place(r, e, OF_FAILED);
	count_user(r, e, OF_FAILED);
}

/* "exec ENOENT" */
static void count_error(struct report *r, const struct event *e, struct str program)
{
	const char *name = error_name(e->error);
	char how[64];
	int n = name ? snprintf(how, sizeof(how), "%s %s", event_kind_name(e->kind), name) :
		       snprintf(how, sizeof(how), "%s error %d", event_kind_name(e->kind),
				e->error);

	count_failure(r, e, program, str_from(how, (size_t)n));
}

static void count_end(struct report *r, const struct event *e)
{
	const struct event_exit *x = &e->exit;
	char how[64], name[16];
	const char *signal = signal_name(x->signal, name);
	int n;

	if (!x->signal && !x->code)
		return;
	if (x->oom)
		n = snprintf(how, sizeof(how), "out of memory");
	else if (x->signal)
		n = signal ? snprintf(how, sizeof(how), "%s", signal) :
			     snprintf(how, sizeof(how), "signal %u", x->signal);
	else
		n = snprintf(how, sizeof(how), "exit %u", x->code);
	count_failure(r, e, report_program(&e->proc), str_from(how, (size_t)n));
}

static void rank(struct report *r, const struct event *e)
{
	const struct event_exit *x = &e->exit;
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits ns, pid, user;

	report_put_place(texts, &ns, e);
	texts[3] = report_number(&pid, e->proc.pid);
	texts[4] = report_user_id(&user, &e->proc);
	texts[5] = report_program(&e->proc);
	if (x->has_lifetime)
		report_rank(r, REPORT_LONGEST, texts, x->lifetime_ns, e->wall_ns);
	if (x->has_peak)
		report_rank(r, REPORT_LARGEST, texts, x->peak_bytes, e->wall_ns);
	if (x->has_cpu)
		report_rank(r, REPORT_BUSIEST, texts, x->cpu_ns, e->wall_ns);
}

/* Whoever is in a container without having been started in it, by what brought him in. */
static void count_visit(struct report *r, const struct event *e)
{
	const struct container_info *c = e->visited ? e->visited : e->proc.container;
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits user, login;
	struct report_ref_text by;
	struct buf line = { 0 };

	if (c)
		report_put_container(texts, c);
	else
		texts[REPORT_PLACE] = STR_LITERAL("unknown");
	texts[3] = str_of(entered_name(e->entered));
	texts[4] = report_ref(&by, &e->entered_by);
	texts[5] = report_user_id(&user, &e->proc);
	texts[6] = e->proc.creds.user_name;
	texts[7] = report_login_id(&login, &e->proc);
	texts[8] = report_command_line(&line, e->proc.args);
	add(report_row(r, REPORT_VISITS, texts, 8, e->wall_ns), 0, 1);
	r->no_memory |= line.failed;
	buf_done(&line);
	if (c)
		add(report_row(r, REPORT_CONTAINERS,
			       (struct str[REPORT_TEXTS]){ texts[REPORT_PLACE], texts[REPORT_ID],
							   texts[REPORT_NAME], c->runtime,
							   c->image },
			       REPORT_NAME, e->wall_ns),
		    OF_ENTERED, 1);
}

static void count_ns_change(struct report *r, const struct event *e,
			    const struct event_ns_change *change)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits ns, user;
	struct buf owner = { 0 };
	struct report_row *row;

	report_put_place(texts, &ns, e);
	texts[3] = str_of(e->kind == EVENT_FORK ? "clone" : event_kind_name(e->kind));
	texts[4] = change ? str_of(ns_name(change->type)) : str_from(NULL, 0);
	texts[5] = change ? report_owner(&owner, e, change) : str_from(NULL, 0);
	texts[6] = report_program(&e->proc);
	texts[7] = report_user_id(&user, &e->proc);
	row = report_row(r, REPORT_NAMESPACES, texts, 8, e->wall_ns);
	add(row, 0, 1);
	add(row, 1, e->error != 0);
	r->no_memory |= owner.failed;
	buf_done(&owner);
}

static void count_namespaces(struct report *r, const struct event *e)
{
	for (uint32_t i = 0; i < e->ns_change_len && i < PTC_NS_COUNT; i++)
		count_ns_change(r, e, &e->ns_change[i]);
	if (e->error && e->ns_change_len == 0)
		count_ns_change(r, e, NULL);
}

static void count_host(struct report *r, struct str hostname, struct str boot_id, int64_t wall_ns)
{
	struct str texts[REPORT_TEXTS] = { hostname };

	if (hostname.len)
		add(report_row(r, REPORT_HOSTS, texts, 1, wall_ns), 0, 1);
	texts[0] = boot_id;
	if (boot_id.len)
		add(report_row(r, REPORT_BOOTS, texts, 1, wall_ns), 0, 1);
}

static void count_lost(struct report *r, const struct event *e)
{
	const struct report_moment moment = {
		.from_ns = e->lost.from_wall_ns,
		.to_ns = e->lost.to_wall_ns,
		.count = e->lost.total,
		.reason = e->lost.reason,
	};

	report_moment(r, &r->lost, &moment);
}

static void count_throttled(struct report *r, const struct event *e)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits ns;

	report_put_place(texts, &ns, e);
	add(report_row(r, REPORT_THROTTLED, texts, REPORT_PLACES, e->wall_ns), 0, e->lost.total);
}

static void count_exec(struct report *r, const struct event *e)
{
	if (e->error) {
		/* What could not be started, not who tried. */
		count_error(r, e,
			    e->proc.file.filename.len ? e->proc.file.filename :
							report_program(&e->proc));
		return;
	}
	count_program(r, e);
	count_place(r, e, OF_PROGRAMS);
	count_user(r, e, OF_PROGRAMS);
	if (e->entered == ENTERED_EXEC || e->entered == ENTERED_NSENTER)
		count_visit(r, e);
}

void report_event(struct report *r, const struct event *e)
{
	r->events[e->kind]++;
	if (!r->first_ns || e->wall_ns < r->first_ns)
		r->first_ns = e->wall_ns;
	if (e->wall_ns > r->last_ns)
		r->last_ns = e->wall_ns;
	if (e->host)
		count_host(r, e->host->hostname, e->host->boot_id, e->wall_ns);
	switch (e->kind) {
	case EVENT_EXEC:
		count_exec(r, e);
		break;
	case EVENT_EXIT:
		count_end(r, e);
		rank(r, e);
		break;
	case EVENT_SETNS:
	case EVENT_UNSHARE:
		if (e->error)
			count_error(r, e, report_program(&e->proc));
		count_namespaces(r, e);
		break;
	case EVENT_FORK:
		count_namespaces(r, e);
		break;
	case EVENT_LOST:
		count_lost(r, e);
		break;
	case EVENT_THROTTLED:
		count_throttled(r, e);
		break;
	default:
		break;
	}
}

/* Rotation leaves no gap, and the runs of a tracer are what is counted. */
static bool is_run(const struct log_own *own)
{
	return !str_eq(own->reason, STR_LITERAL("rotate")) &&
	       !str_eq(own->reason, STR_LITERAL("reopen"));
}

void report_own(struct report *r, const struct log_own *own)
{
	struct str texts[REPORT_TEXTS] = { own->version, own->kernel };
	const struct report_moment gap = {
		.from_ns = own->previous_wall_ns,
		.to_ns = own->wall_ns,
		.count = own->fragment_bytes,
		.closed = own->previous_closed,
	};

	count_host(r, own->hostname, own->boot_id, own->wall_ns);
	if (own->version.len)
		add(report_row(r, REPORT_VERSIONS, texts, 2, own->wall_ns), 0, 1);
	if (str_eq(own->action, STR_LITERAL("log-close")))
		r->closed += is_run(own);
	if (!str_eq(own->action, STR_LITERAL("log-open")) || !is_run(own))
		return;
	r->opened++;
	if (own->has_previous)
		report_moment(r, &r->gaps, &gap);
}
