// SPDX-License-Identifier: Apache-2.0
/*
 * specs.c - the subcommands: what --help says of each, and which options it takes
 */
#include <string.h>

#include "cli/table.h"

const struct command_spec commands[COMMANDS] = {
	[COMMAND_TRACE] = {
		"trace", "proctrace", "[-- COMMAND [ARG...]]",
		"Shows every process that starts, changes namespace or ends on this host, each "
		"with its container. With -- COMMAND: that command and its descendants only."
		"\v"
		"Other commands, each with its own --help:\n"
		"  proctrace ps               the processes that run now, by container\n"
		"  proctrace inspect PID...   everything /proc says of a process, decoded\n"
		"  proctrace replay FILE...   print a log as if it happened now\n"
		"  proctrace report FILE...   what an auditor asks first of a log\n"
		"  proctrace verify FILE...   was this log changed, cut or reordered?\n"
		"  proctrace keygen           keys for sealing a log\n"
		"  proctrace features         what this kernel offers and what is used\n\n"
		"The manual page proctrace(8) explains events, fields and exit statuses.",
		{ TABLE_FILTER, TABLE_KINDS, TABLE_OUTPUT, TABLE_TIMELINE, TABLE_FACTS, TABLE_LIVE, TABLE_LOG,
		  TABLE_PLACE, TABLE_COMMON },
		9,
	},
	[COMMAND_REPLAY] = {
		"replay", "proctrace replay", "FILE...",
		"Prints logs (JSON lines, as --log and --format json write them) through the same "
		"filters and formats. FILE may be compressed (gzip), a directory of rotated files, or "
		"- for standard input. The files of one log are read in their order, however they "
		"are given.",
		{ TABLE_FILTER, TABLE_KINDS, TABLE_WINDOW, TABLE_OUTPUT, TABLE_TIMELINE, TABLE_REPLAY,
		  TABLE_COMMON },
		7,
	},
	[COMMAND_INSPECT] = {
		"inspect", "proctrace inspect", "PID|CONTAINER...",
		"Says everything /proc knows of a process, decoded: what makes it contained, what "
		"it shares with whom, what it has open, and what separates it from the host. Of a "
		"container: its first process, by a prefix of the container's id (4 digits or "
		"more) or its name (glob).",
		{ TABLE_INSPECT, TABLE_PLACE, TABLE_COMMON }, 3,
	},
	[COMMAND_FEATURES] = {
		"features", "proctrace features", NULL,
		"Says what this kernel offers, what proctrace uses of it, and what is missing.",
		{ TABLE_PLACE, TABLE_COMMON }, 2,
	},
	[COMMAND_PS] = {
		"ps", "proctrace ps", NULL,
		"Lists the processes that run now, by container, those of the host last. Reads only "
		"/proc and the files of container runtimes: needs neither a kernel side nor root, "
		"but sees as much as its user may.",
		{ TABLE_FILTER, TABLE_OUTPUT, TABLE_PS, TABLE_FACTS, TABLE_PLACE, TABLE_COMMON },
		6,
	},
	[COMMAND_REPORT] = {
		"report", "proctrace report", "FILE...",
		"Says of logs what an auditor asks first: what they cover and what was lost, how "
		"many programs ran in which container and as which user, which failed, who entered "
		"a container from outside, which namespaces were entered and made, what ran longest "
		"and took most. FILE is as for replay.",
		{ TABLE_FILTER, TABLE_WINDOW, TABLE_REPORT, TABLE_COMMON }, 4,
	},
	[COMMAND_VERIFY] = {
		"verify", "proctrace verify", "FILE...",
		"Says whether the log that these files are, in any order, compressed or not, is what "
		"was written, and if not, where it was changed first. FILE may be a directory, or - "
		"for standard input."
		"\v"
		"Exit status: 0 nothing was changed, 4 something was, or the end is missing, 1 a file "
		"cannot be read. Without --key only the chain is checked, which anybody can make.",
		{ TABLE_VERIFY, TABLE_COMMON }, 2,
	},
	[COMMAND_KEYGEN] = {
		"keygen", "proctrace keygen", "--output FILE",
		"Makes a sealing key, in FILE, with which --log-seal seals a log as it is written; "
		"and prints the verification key, with which verify checks the seals. Keep that on "
		"another machine: whoever has it can make every seal.",
		{ TABLE_KEYGEN, TABLE_COMMON }, 2,
	},
};

const struct command_spec *command_find(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].word, word))
			return &commands[i];
	}
	return NULL;
}
