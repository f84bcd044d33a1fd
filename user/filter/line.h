/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - regular expressions that command lines are searched for
 *
 * PCRE2's (pcre2pattern(3)) over bytes, whatever they are. A command line is its process's
 * own choice, and there are some on which a harmless pattern takes minutes: a search has limits, and
 * one that reaches them counts as found, so that nobody hides behind it.
 */
#ifndef FILTER_LINE_H
#define FILTER_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct line;

/*
 * Adds a pattern; *l is made by the first one. Returns 0, -ENOMEM, or -EINVAL with an allocated
 * *ret_error if it is no regular expression, or one too large.
 */
int line_add(struct line **l, const char *pattern, char **ret_error);

void line_free(struct line *l); /* NULL is fine */

/*
 * Whether one of the patterns is found in args, arguments that each end in NUL. Between them it
 * sees a single space and no quotes, so that a pattern reads as it is typed.
 */
bool line_match(struct line *l, struct str args);

/* How many searches had no end, or no memory, and counted as found. */
uint64_t line_undecided(const struct line *l);

#endif /* FILTER_LINE_H */
