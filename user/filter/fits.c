// SPDX-License-Identifier: Apache-2.0
/*
 * fits.c - does one value fit an event?
 */
#include "filter/fits.h"

#include "filter/match_container.h"

bool fits_container(const struct term *term, const void *what)
{
	const struct event *e = what;

	if (match_container(term->text, e->container) ||
	    match_container(term->text, e->old_container) ||
	    match_container(term->text, e->signal.target_container) ||
	    (e->about_process && match_container(term->text, e->proc.container)))
		return true;
	for (uint32_t i = 0; i < e->ns_change_len && i < PTC_NS_COUNT; i++) {
		if (match_container(term->text, e->ns_change[i].owner))
			return true;
	}
	return false;
}

bool fits_user(const struct term *term, const void *what)
{
	const struct event_process *p = what;

	return event_has(p, FACT_CREDS) && p->creds.euid == term->number;
}

/* In a log of another host a number may be somebody else's: the name it carries decides. */
bool fits_recorded_user(const struct term *term, const void *what)
{
	const struct event_process *p = what;

	if (!event_has(p, FACT_CREDS))
		return false;
	if (term->is_name && p->creds.user_name.len)
		return str_eq(str_of(term->text), p->creds.user_name);
	return p->creds.euid == term->number;
}

bool fits_login(const struct term *term, const void *what)
{
	const struct event_process *p = what;

	return event_has(p, FACT_LOGIN) && p->loginuid == term->number;
}

bool fits_name(const struct term *term, const void *what)
{
	const struct event_process *p = what;

	return (event_has(p, FACT_EXE) && match_glob(term->text, str_basename(p->executable))) ||
	       (event_has(p, FACT_NAME) && match_glob(term->text, p->name));
}

bool fits_line(const struct term *term, const void *what)
{
	return regexec(term->regex, what, 0, NULL, 0) == 0;
}
