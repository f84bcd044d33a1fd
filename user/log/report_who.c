// SPDX-License-Identifier: Apache-2.0
/*
 * report_who.c - where, who and what an event is about, as the texts of a report
 */
#include "log/report_who.h"

#include <inttypes.h>
#include <stdio.h>

struct str report_number(struct report_digits *d, uint64_t number)
{
	return str_from(d->text, (size_t)snprintf(d->text, sizeof(d->text), "%" PRIu64, number));
}

struct str report_ref(struct report_ref_text *t, const struct event_ref *ref)
{
	int n;

	if (!ref->pid)
		return str_from(NULL, 0);
	n = snprintf(t->text, sizeof(t->text), "%.*s[%u]",
		     (int)(ref->name.len < 128 ? ref->name.len : 128),
		     ref->name.len ? ref->name.p : "", ref->pid);
	return str_from(t->text, n < (int)sizeof(t->text) ? (size_t)n : sizeof(t->text) - 1);
}

void report_put_container(struct str texts[REPORT_PLACES], const struct container_info *c)
{
	texts[REPORT_PLACE] = STR_LITERAL("container");
	texts[REPORT_ID] = c->id;
	texts[REPORT_NAME] = c->name;
}

static void put_isolated(struct str texts[REPORT_PLACES], struct report_digits *d,
			 const struct event_isolated *group)
{
	if (group->container) {
		report_put_container(texts, group->container);
		return;
	}
	texts[REPORT_PLACE] = STR_LITERAL("isolated");
	texts[REPORT_ID] = report_number(d, group->ns);
	texts[REPORT_NAME] = group->name;
}

void report_put_place(struct str texts[REPORT_PLACES], struct report_digits *d,
		      const struct event *e)
{
	const struct event_process *p = &e->proc;

	if (event_is_about_container(e) && e->container)
		report_put_container(texts, e->container);
	else if (p->container)
		report_put_container(texts, p->container);
	else if (p->isolated)
		put_isolated(texts, d, p->isolated);
	else if (event_has(p, FACT_CONTAINER))
		texts[REPORT_PLACE] = STR_LITERAL("host");
	else
		texts[REPORT_PLACE] = STR_LITERAL("unknown");
}

struct str report_user_id(struct report_digits *d, const struct event_process *p)
{
	return event_has(p, FACT_CREDS) ? report_number(d, p->creds.euid) : str_from(NULL, 0);
}

struct str report_login_id(struct report_digits *d, const struct event_process *p)
{
	return event_has(p, FACT_LOGIN) && p->loginuid != UINT32_MAX ?
		       report_number(d, p->loginuid) :
		       str_from(NULL, 0);
}

struct str report_program(const struct event_process *p)
{
	return p->executable.len ? p->executable : p->name;
}

void report_put_owner(struct str texts[REPORT_PLACES], struct report_digits *d,
		      const struct event *e, const struct event_ns_change *change)
{
	if (change->owner_host)
		texts[REPORT_PLACE] = STR_LITERAL("host");
	else if (change->owner)
		report_put_container(texts, change->owner);
	else if (change->owner_isolated)
		put_isolated(texts, d, change->owner_isolated);
	else if (e->kind != EVENT_SETNS && !e->error)
		texts[REPORT_PLACE] = STR_LITERAL("new");
}
