/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.h - what the values of filter options mean
 *
 * Each function fills a term from its text, as terms_fill: 0, -ENOMEM, or -EINVAL
 * with *ret_error for a value that can never match. An argument called unused may be NULL.
 */
#ifndef FILTER_VALUES_H
#define FILTER_VALUES_H

#include <stdbool.h>

#include "base/users.h"
#include "event/event.h"
#include "filter/terms.h"

#define KIND_BIT(kind)	(1u << (kind))
#define CONTAINER_KINDS (KIND_BIT(EVENT_CONTAINER_START) | KIND_BIT(EVENT_CONTAINER_STOP))

/* The arg of value_user(). */
struct user_names {
	struct users *users;
	bool may_be_unknown; /* a log knows names that this host does not */
};

enum ended {
	ENDED_NONZERO = 1, /* it exited by itself, not with 0 */
	ENDED_SIGNAL = 2,
	ENDED_OOM = 4,
};

int value_label(struct term *term, void *unused, char **ret_error); /* that it has a key */
int value_pid(struct term *term, void *unused, char **ret_error);   /* number: the pid */
int value_user(struct term *term, void *arg, char **ret_error);	    /* number: the uid */
int value_kind(struct term *term, void *unused, char **ret_error);  /* number: KIND_BITs */
int value_ended(struct term *term, void *unused, char **ret_error); /* number: enum ended */

#endif /* FILTER_VALUES_H */
