/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.h - what was wrong with the option that getopt refused
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "cli/table.h"

/*
 * argp says where it stopped (argp_state.next), not why: finds the reason again in the
 * table. Returns a sentence to be freed by the caller, NULL without memory.
 */
char *explain_refused(const struct command_spec *spec, int argc, char **argv, int next);

#endif /* CLI_EXPLAIN_H */
