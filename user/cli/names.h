/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - where options find the names of users and groups
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "cli/options.h"

/*
 * The files of the host that is looked at, in passwd_path and group_path; the filter uses
 * the first. Returns 0, -ENOMEM, or what filter_use_names() returns.
 */
int names_set(struct options *options);

#endif /* CLI_NAMES_H */
