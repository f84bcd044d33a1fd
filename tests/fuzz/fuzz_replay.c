// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_replay.c - a log through "proctrace replay" and "report", as text and as JSON
 *
 * The first byte chooses the command line.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "rig.h"

#define WORDS_MAX 12

static const char *const lines[][WORDS_MAX] = {
	{ "replay", "-f", "json" },
	{ "replay", "--color", "never", "--time", "utc" },
	{ "replay", "-f", "json", "--join" },
	{ "replay", "--join", "--tree", "--time", "delta", "--color", "never" },
	{ "replay", "--container", "web*", "--failed", "--color", "never", "--columns",
	  "+tid,vpid,caps,env,entity" },
	{ "report", "-f", "json" },
	{ "report", "--top", "3" },
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

static void check_output(int fd, bool json)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *data;
	struct str rest;

	if (len == 0)
		return;
	data = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
	FUZZ_CHECK(data != MAP_FAILED);
	rest = str_from(data, (size_t)len);
	if (!json)
		fuzz_check_text(rest);
	while (json && rest.len) {
		struct str line = fuzz_take_until(&rest, '\n');

		fuzz_check_json(str_from(line.p, line.len + 1));
	}
	munmap(data, (size_t)len);
}

/* The commands take a path; /proc/self/fd is one that no file need be made for. */
static void run_command(const char *const words[WORDS_MAX], int in)
{
	char in_path[32], out_path[32], *argv[WORDS_MAX + 5] = { (char *)"proctrace" };
	int argc = 1, out = memfd_create("out", MFD_CLOEXEC), saved;
	struct options options;

	FUZZ_CHECK(out >= 0);
	snprintf(in_path, sizeof(in_path), "/proc/self/fd/%d", in);
	snprintf(out_path, sizeof(out_path), "/proc/self/fd/%d", out);
	while (argc <= WORDS_MAX && words[argc - 1]) {
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	argv[argc++] = in_path;
	FUZZ_CHECK(options_parse(argc, argv, &options) == 0);
	/* Standard output is what both have. */
	saved = dup(STDOUT_FILENO);
	FUZZ_CHECK(saved >= 0 && dup2(out, STDOUT_FILENO) >= 0);
	if (options.command == COMMAND_REPORT)
		cmd_report(&options);
	else
		cmd_replay(&options);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	check_output(out, options.format == FORMAT_JSON);
	options_done(&options);
	close(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str log = fuzz_input(data, size);
	unsigned int choice = fuzz_take_choice(&log, LINES);
	int in = fuzz_file(log);

	log_level = (enum log_level) - 1; /* what is said of damaged lines */
	run_command(lines[choice], in);
	close(in);
	return 0;
}
