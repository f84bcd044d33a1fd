// SPDX-License-Identifier: Apache-2.0
/*
 * main.c - dispatch to the subcommands
 */
#include "cli/commands.h"

static int run(struct options *options)
{
	switch (options->command) {
	case COMMAND_TRACE:
		return cmd_trace(options);
	case COMMAND_REPLAY:
		return cmd_replay(options);
	case COMMAND_INSPECT:
		return cmd_inspect(options);
	case COMMAND_REPORT:
		return cmd_report(options);
	case COMMAND_FEATURES:
		return cmd_features(options);
	case COMMAND_PS:
		return cmd_ps(options);
	case COMMAND_VERIFY:
		return cmd_verify(options);
	case COMMAND_KEYGEN:
		return cmd_keygen(options);
	}
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	struct options options;
	int status;

	if (options_parse(argc, argv, &options) == 0)
		status = run(&options);
	else
		status = options.exit_status;
	options_done(&options);
	return status;
}
