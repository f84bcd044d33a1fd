/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row.h - what the value of an option becomes
 */
#ifndef CLI_ROW_H
#define CLI_ROW_H

#include "cli/options.h"
#include "cli/table.h"

/*
 * Puts value, as it was given (NULL where the option takes none), where the row says.
 * Not for ROW_TARGET, ROW_HELP, ROW_VERSION and "help" as a value. Returns 0, -ENOMEM, or -EINVAL
 * with *ret_error: what is wrong, without the option's name, to be freed by the caller.
 */
int row_set(struct options *options, const struct row *row, const char *value, char **ret_error);

#endif /* CLI_ROW_H */
