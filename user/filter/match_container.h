/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_container.h - is this the container that somebody means?
 */
#ifndef FILTER_MATCH_CONTAINER_H
#define FILTER_MATCH_CONTAINER_H

#include <stdbool.h>

#include "base/str.h"
#include "event/container_info.h"

/* Whether a glob (fnmatch(3)) fits all of text, which may hold any byte. */
bool match_glob(const char *glob, struct str text);

/*
 * Whether value means the container or one around it: it is its id, a prefix of the
 * id of 4 hexadecimal digits or more, or a glob that fits its name. container may be
 * NULL: nothing means that.
 */
bool match_container(const char *value, const struct container_info *container);

#endif /* FILTER_MATCH_CONTAINER_H */
