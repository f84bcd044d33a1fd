// SPDX-License-Identifier: Apache-2.0
/*
 * report.c - what an auditor asks first of a log, counted
 */
#include "log/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event/names.h"
#include "log/report_names.h"
#include "log/report_search.h"
#include "log/report_table.h"
#include "log/report_who.h"

static void add(struct report_row *row, size_t number, uint64_t count)
{
	if (row && __builtin_add_overflow(row->numbers[number], count, &row->numbers[number]))
		row->numbers[number] = UINT64_MAX;
}

/* The container's row, and the user's: what the two number is of both. */
enum { OF_PROGRAMS, OF_FAILED, OF_ENTERED };

/* What a container's row says of it, behind the place. */
static void put_facts(struct str facts[REPORT_FACTS], const struct container_info *c)
{
	if (!c)
		return;
	facts[REPORT_RUNTIME] = c->runtime;
	facts[REPORT_IMAGE] = c->image;
	facts[REPORT_IMAGE_TAG] = c->image_tag;
}

static struct report_row *container_row(struct report *r, const struct str place[REPORT_PLACES],
					const struct str facts[REPORT_FACTS], int64_t wall_ns)
{
	struct str texts[REPORT_TEXTS] = { 0 };

	memcpy(texts, place, REPORT_PLACES * sizeof(*texts));
	memcpy(texts + REPORT_PLACES, facts, REPORT_FACTS * sizeof(*texts));
	/* The name and the image may become known later: rows are told apart by the id. */
	return report_row(r, REPORT_CONTAINERS, texts, REPORT_NAME, wall_ns);
}

static void put_user(struct str texts[3], struct report_digits *id, struct report_digits *login,
		     const struct event_process *p)
{
	texts[0] = report_user_id(id, p);
	texts[1] = p->creds.user_name;
	texts[2] = report_login_id(login, p);
}

/* Where a program ran, and who ran it. */
static void count_who(struct report *r, const struct event *e)
{
	struct str place[REPORT_PLACES] = { 0 }, facts[REPORT_FACTS] = { 0 };
	struct str user[REPORT_TEXTS] = { 0 };
	struct report_digits ns, id, login;

	report_put_place(place, &ns, e);
	put_facts(facts, e->proc.container);
	put_user(user, &id, &login, &e->proc);
	add(container_row(r, place, facts, e->wall_ns), OF_PROGRAMS, 1);
	add(report_row(r, REPORT_USERS, user, 3, e->wall_ns), OF_PROGRAMS, 1);
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

static void count_failure(struct report *r, const struct report_failure *f)
{
	const struct str *place = f->texts + FAILED_PLACE, *user = f->texts + FAILED_USER;
	struct str texts[REPORT_TEXTS] = { place[REPORT_PLACE], place[REPORT_ID],
					   place[REPORT_NAME], f->texts[FAILED_PROGRAM],
					   f->texts[FAILED_HOW] };
	struct str users[REPORT_TEXTS] = { user[0], user[1], user[2] };

	add(report_row(r, REPORT_FAILURES, texts, 5, f->wall_ns), 0, 1);
	add(container_row(r, place, f->texts + FAILED_FACTS, f->wall_ns), OF_FAILED, 1);
	add(report_row(r, REPORT_USERS, users, 3, f->wall_ns), OF_FAILED, 1);
}

/* may_be_step: of a search. */
static void fail(struct report *r, const struct event *e, struct str program, struct str how,
		 bool may_be_step)
{
	struct report_failure f = { .wall_ns = e->wall_ns };
	struct report_digits ns, id, login;

	report_put_place(f.texts + FAILED_PLACE, &ns, e);
	put_user(f.texts + FAILED_USER, &id, &login, &e->proc);
	f.texts[FAILED_PROGRAM] = program;
	f.texts[FAILED_HOW] = how;
	put_facts(f.texts + FAILED_FACTS, e->proc.container);
	if (may_be_step)
		report_search_hold(r, e, &f, count_failure);
	else
		count_failure(r, &f);
}

/* "exec ENOENT" */
static void count_error(struct report *r, const struct event *e, struct str program)
{
	const char *name = error_name(e->error);
	char how[64];
	int n = name ? snprintf(how, sizeof(how), "%s %s", event_kind_name(e->kind), name) :
		       snprintf(how, sizeof(how), "%s error %d", event_kind_name(e->kind),
				e->error);

	fail(r, e, program, str_from(how, (size_t)n), e->kind == EVENT_EXEC && e->error == ENOENT);
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
	fail(r, e, report_program(&e->proc), str_from(how, (size_t)n), false);
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
	struct str texts[REPORT_TEXTS] = { 0 }, facts[REPORT_FACTS] = { 0 };
	struct report_digits user, login;
	struct report_ref_text by;

	if (c)
		report_put_container(texts, c);
	else
		texts[REPORT_PLACE] = STR_LITERAL("unknown");
	texts[3] = str_of(entered_name(e->entered));
	texts[4] = report_ref(&by, &e->entered_by);
	put_user(texts + 5, &user, &login, &e->proc);
	texts[8] = e->proc.args;
	add(report_row(r, REPORT_VISITS, texts, 8, e->wall_ns), 0, 1);
	if (!c)
		return;
	put_facts(facts, c);
	add(container_row(r, texts, facts, e->wall_ns), OF_ENTERED, 1);
}

static void count_ns_change(struct report *r, const struct event *e,
			    const struct event_ns_change *change)
{
	struct str texts[REPORT_TEXTS] = { 0 };
	struct report_digits ns, owner_ns, user;
	struct report_row *row;

	report_put_place(texts, &ns, e);
	if (change)
		report_put_owner(texts + REPORT_OWNER, &owner_ns, e, change);
	texts[6] = str_of(e->kind == EVENT_FORK ? "clone" : event_kind_name(e->kind));
	texts[7] = change ? str_of(ns_name(change->type)) : str_from(NULL, 0);
	texts[8] = report_program(&e->proc);
	texts[9] = report_user_id(&user, &e->proc);
	row = report_row(r, REPORT_NAMESPACES, texts, 10, e->wall_ns);
	add(row, 0, 1);
	add(row, 1, e->error != 0);
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
	count_who(r, e);
	if (e->entered == ENTERED_EXEC || e->entered == ENTERED_NSENTER)
		count_visit(r, e);
}

static void widen(int64_t *from_ns, int64_t *to_ns, int64_t wall_ns)
{
	if (!*from_ns || wall_ns < *from_ns)
		*from_ns = wall_ns;
	if (wall_ns > *to_ns)
		*to_ns = wall_ns;
}

void report_see_event(struct report *r, const struct event *e)
{
	widen(&r->from_ns, &r->to_ns, e->wall_ns);
	report_search_see(r, e, count_failure);
}

void report_see_own(struct report *r, const struct log_own *own)
{
	widen(&r->from_ns, &r->to_ns, own->wall_ns);
}

void report_event(struct report *r, const struct event *e)
{
	r->events[e->kind]++;
	widen(&r->first_ns, &r->last_ns, e->wall_ns);
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

static bool is_opening(const struct log_own *own)
{
	return str_eq(own->action, STR_LITERAL("log-open")) && is_run(own);
}

void report_gap(struct report *r, const struct log_own *own)
{
	const struct report_moment gap = {
		.from_ns = own->previous_wall_ns,
		.to_ns = own->wall_ns,
		.count = own->fragment_bytes,
		.closed = own->previous_closed,
	};

	if (is_opening(own) && own->has_previous)
		report_moment(r, &r->gaps, &gap);
}

void report_own(struct report *r, const struct log_own *own)
{
	struct str texts[REPORT_TEXTS] = { own->version, own->kernel };

	count_host(r, own->hostname, own->boot_id, own->wall_ns);
	if (own->version.len)
		report_row(r, REPORT_VERSIONS, texts, 2, own->wall_ns);
	if (str_eq(own->action, STR_LITERAL("log-close")))
		r->closed += is_run(own);
	r->opened += is_opening(own);
}

void report_end(struct report *r)
{
	report_search_end(r, count_failure);
	report_sort(r);
	report_names_find(r);
}
