/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.h - shell patterns on text that may hold any byte
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Whether a glob (fnmatch(3)) fits all of text. Text of 4 KiB or more fits none. */
bool glob_fits(const char *glob, struct str text);

/* A list of globs, as an option collects it. */
struct globs {
	const char **items; /* owned, as the strings in it */
	size_t len;
};

/* Adds the values of a list separated by commas. Returns 0, -ENOMEM, -EINVAL: one is empty. */
int globs_add(struct globs *globs, const char *list);
void globs_done(struct globs *globs);

/* True if one of them fits. */
bool globs_fit(const struct globs *globs, struct str text);

#endif /* BASE_GLOB_H */
