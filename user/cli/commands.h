/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - the subcommands
 *
 * Each takes the parsed options, says on standard error what went wrong, and
 * returns the exit status of the program.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

/* Exit statuses, as in proctrace(8). */
enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILURE = 1,
	STATUS_USAGE = 2,
	STATUS_NOT_PERMITTED = 3,     /* or the kernel lacks what is needed */
	STATUS_CHANGED = 4,	      /* verify found something */
	STATUS_COMMAND_FAILURE = 125, /* a failure before COMMAND was started */
	STATUS_COMMAND_NOT_RUN = 126,
	STATUS_COMMAND_NOT_FOUND = 127,
};

int cmd_trace(struct options *options);
int cmd_replay(struct options *options);
int cmd_inspect(struct options *options);
int cmd_report(struct options *options);
int cmd_features(struct options *options);
int cmd_ps(struct options *options);
int cmd_verify(struct options *options);
int cmd_keygen(struct options *options);

#endif /* CLI_COMMANDS_H */
