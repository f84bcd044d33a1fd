/* SPDX-License-Identifier: Apache-2.0 */
/*
 * about.h - the options whose values are about containers
 *
 * Values of one option are alternatives, different options must all hold; each is tried
 * on every container that an event has to do with.
 */
#ifndef FILTER_ABOUT_H
#define FILTER_ABOUT_H

#include <stdbool.h>

#include "event/event.h"
#include "filter/terms.h"

enum about_option {
	ABOUT_CONTAINER,
	ABOUT_IMAGE,
	ABOUT_RUNTIME,
	ABOUT_POD,
	ABOUT_LABEL,
	ABOUT_LEN,
};

struct about {
	struct terms terms[ABOUT_LEN];
};

/* Adds the value of one option; for the errors see terms_add_list(). */
int about_add(struct about *about, enum about_option option, const char *value, char **ret_error);
void about_done(struct about *about);

/* The value without '!' of that index among the containers asked for; NULL: no more. */
const char *about_container(const struct about *about, size_t index);

/* Whether there is any value at all. */
bool about_is_any(const struct about *about);

/* Whether it is certain that this container alone does not match, see filter_excludes(). */
bool about_excludes(const struct about *about, const struct container_info *container);

bool about_match(const struct about *about, const struct event *e);

#endif /* FILTER_ABOUT_H */
