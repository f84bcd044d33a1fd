// SPDX-License-Identifier: Apache-2.0
/*
 * values.c - what the values of filter options mean
 */
#include "filter/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "event/names.h"

#define PID_LIMIT 4194304	   /* PID_MAX_LIMIT of linux/threads.h */
#define UID_LIMIT (UINT32_MAX - 1) /* the largest number means "no user" */

int value_label(struct term *term, void *unused, char **ret_error)
{
	(void)unused;
	if (term->text[0] == '=')
		return terms_error(ret_error, "'%s' has no key: use KEY or KEY=GLOB", term->text);
	return 0;
}

int value_pid(struct term *term, void *unused, char **ret_error)
{
	uint64_t pid;

	(void)unused;
	if (parse_number(term->text, PID_LIMIT, &pid) < 0 || pid == 0)
		return terms_error(ret_error, "'%s' is no process id", term->text);
	term->number = (uint32_t)pid;
	return 0;
}

int value_user(struct term *term, void *arg, char **ret_error)
{
	const struct user_names *names = arg;
	uint64_t uid;
	int r;

	r = parse_number(term->text, UID_LIMIT, &uid);
	if (r == -ERANGE)
		return terms_error(ret_error, "%s is no user id", term->text);
	if (r == 0) {
		term->number = (uint32_t)uid;
		return 0;
	}
	term->is_name = true;
	term->number = UINT32_MAX;
	r = users_uid(names->users, term->text, &term->number);
	if (r < 0 && !names->may_be_unknown)
		return terms_error(ret_error, "this host has no user '%s': a user id works as well",
				   term->text);
	return 0;
}

int value_kind(struct term *term, void *unused, char **ret_error)
{
	int kind = event_kind_parse(str_of(term->text));

	(void)unused;
	if (kind >= 0)
		term->number = KIND_BIT(kind);
	else if (!strcmp(term->text, "container"))
		term->number = CONTAINER_KINDS;
	else if (!strcmp(term->text, "all"))
		term->number = KIND_BIT(EVENT_KINDS) - 1;
	else
		return terms_error(
			ret_error,
			"'%s' is no kind of event: use fork, exec, exit, setns, unshare, "
			"cgroup, container, signal, process, lost, throttled or all",
			term->text);
	if (term->negated && term->number == KIND_BIT(EVENT_LOST))
		return terms_error(ret_error, "'lost' is always shown");
	return 0;
}

int value_ended(struct term *term, void *unused, char **ret_error)
{
	static const struct {
		const char *word;
		enum ended bit;
	} rows[] = {
		{ "nonzero", ENDED_NONZERO },
		{ "signal", ENDED_SIGNAL },
		{ "oom", ENDED_OOM },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(term->text, rows[i].word)) {
			term->number = rows[i].bit;
			return 0;
		}
	}
	return terms_error(ret_error, "'%s' is no end: use nonzero, signal or oom", term->text);
}
