/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given.h - which options were given, and whether those are there that they need
 */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include <stdint.h>

#include "cli/table.h"

/* All zero: none. */
struct given {
	uint32_t rows[TABLES]; /* a bit for each row */
};

void given_note(struct given *given, const struct row *row);

/*
 * The first option, in the order of the tables, that needs one which was not given
 * (row.needs): a sentence for the caller to free. NULL: none does, or no memory to say it.
 */
char *given_find_lone(const struct given *given, const struct command_spec *spec);

#endif /* CLI_GIVEN_H */
