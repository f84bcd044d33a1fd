/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact.h - keeps secrets and what nobody asked for out of events
 *
 * The kernel hands out the whole environment; only the variables that were asked
 * for stay. Values whose name looks secret become "[redacted]", in the environment
 * and in arguments, and event.redacted lists them by their JSON names.
 */
#ifndef EVENT_REDACT_H
#define EVENT_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "event/event.h"

struct redact_options {
	const char *const *env_globs; /* names of variables to keep; none: no environment */
	size_t env_globs_len;
	bool keep_secrets; /* --no-redact */
};

struct redact;

/* Borrows env_globs, which must outlive it. Returns 0 or -ENOMEM. */
int redact_new(const struct redact_options *options, struct redact **ret_redact);
void redact_free(struct redact *r); /* NULL is fine */

/*
 * Changes proc.args, proc.env and redacted of the event. What had to change lives in
 * r's own buffers until its next call; if they cannot grow, the fact is taken away
 * rather than shown (MISSING_SKIPPED).
 */
void redact_event(struct redact *r, struct event *e);

/*
 * True if the value of a variable or option with this name should not be shown:
 * it holds TOKEN, SECRET, PASSWORD, PASSWD, PASSPHRASE, KEY, CREDENTIAL or COOKIE, or
 * ends with _PASS, _PWD or _AUTH, in either case; '-' counts as '_'.
 */
bool redact_is_secret_name(struct str name);

#endif /* EVENT_REDACT_H */
