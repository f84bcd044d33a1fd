/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.h - what --help, --version and "help" as a value print
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>

#include "base/arena.h"
#include "cli/table.h"

/*
 * What --help says of an option: with its words and its default. In the arena, or a
 * literal.
 */
const char *help_doc(struct arena *arena, const struct row *row);

void help_version(void);

/* If value is "help" for an option that takes words from a list: prints that list. */
bool help_list(const struct options *options, const struct row *row, const char *value);

#endif /* CLI_HELP_H */
