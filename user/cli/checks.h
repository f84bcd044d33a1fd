/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checks.h - options that make no sense together
 */
#ifndef CLI_CHECKS_H
#define CLI_CHECKS_H

#include "cli/given.h"
#include "cli/options.h"

/* What is wrong, in a sentence for the caller to free; NULL: nothing, or no memory to say it. */
char *checks_find(const struct options *options, const struct given *given);

#endif /* CLI_CHECKS_H */
