// SPDX-License-Identifier: Apache-2.0
/*
 * fits.c - does one value fit an event?
 */
#include "filter/fits.h"

#include "base/glob.h"
#include "filter/match_container.h"
#include "filter/values.h"

typedef bool (*match_fn)(const char *value, const struct container_info *container);

static bool fits_group(match_fn match, const char *value, const struct event_isolated *group)
{
	return group && match(value, group->container);
}

/* Every container that the event has to do with. */
static bool fits_one_of(const struct event *e, match_fn match, const char *value)
{
	if (match(value, e->container) || match(value, e->old_container) ||
	    match(value, e->visited) || match(value, e->signal.target_container) ||
	    (e->about_process &&
	     (match(value, e->proc.container) || fits_group(match, value, e->proc.isolated))))
		return true;
	for (uint32_t i = 0; i < e->ns_change_len && i < PTC_NS_COUNT; i++) {
		const struct event_ns_change *change = &e->ns_change[i];

		if (match(value, change->owner) || fits_group(match, value, change->owner_isolated))
			return true;
		for (uint32_t j = 0; j < change->shared_len && j < EVENT_SHARED_MAX; j++)
			if (match(value, change->shared[j]))
				return true;
	}
	return false;
}

bool fits_container(const struct term *term, const void *what)
{
	return fits_one_of(what, match_container, term->text);
}

bool fits_image(const struct term *term, const void *what)
{
	return fits_one_of(what, match_image, term->text);
}

bool fits_runtime(const struct term *term, const void *what)
{
	return fits_one_of(what, match_runtime, term->text);
}

bool fits_pod(const struct term *term, const void *what)
{
	return fits_one_of(what, match_pod, term->text);
}

bool fits_label(const struct term *term, const void *what)
{
	return fits_one_of(what, match_label, term->text);
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

	return (event_has(p, FACT_EXE) && glob_fits(term->text, str_basename(p->executable))) ||
	       (event_has(p, FACT_NAME) && glob_fits(term->text, p->name));
}

bool fits_end(const struct event_exit *exit, unsigned int wanted, unsigned int unwanted)
{
	unsigned int how = 0;

	if (exit->signal)
		how |= ENDED_SIGNAL;
	else if (exit->code)
		how |= ENDED_NONZERO;
	if (exit->oom)
		how |= ENDED_OOM;
	return !(how & unwanted) && (wanted == 0 || (how & wanted));
}
