// SPDX-License-Identifier: Apache-2.0
/*
 * checks.c - options that make no sense together
 */
#include "cli/checks.h"

#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

__attribute__((format(printf, 1, 2))) static char *say(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

static bool is_same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Two names of one file, which need not be there yet. */
static bool is_same_file(const char *a, const char *b)
{
	_cleanup_free_ char *a_copy = strdup(a), *b_copy = strdup(b);
	const char *a_slash = strrchr(a, '/'), *b_slash = strrchr(b, '/');
	struct stat a_stat, b_stat;

	if (stat(a, &a_stat) == 0 && stat(b, &b_stat) == 0)
		return is_same_inode(&a_stat, &b_stat);
	if (!a_copy || !b_copy || strcmp(a_slash ? a_slash + 1 : a, b_slash ? b_slash + 1 : b) != 0)
		return false;
	return stat(dirname(a_copy), &a_stat) == 0 && stat(dirname(b_copy), &b_stat) == 0 &&
	       is_same_inode(&a_stat, &b_stat);
}

/* Standard output, where no file was named. */
static bool is_output(const char *log)
{
	struct stat out, file;

	return fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) && stat(log, &file) == 0 &&
	       is_same_inode(&out, &file);
}

static char *check_log(const struct options *o)
{
	const struct log_options *log = &o->log;

	if (!log->path)
		return NULL;
	if (o->output_path ? is_same_file(o->output_path, log->path) : is_output(log->path))
		return say("--log: '%s' is where the output goes: choose another file", log->path);
	if (log->seal_every_ns < NSEC_PER_SEC)
		return say("--log-seal-every: once a second at most");
	if (log->seal_path && is_same_file(log->seal_path, log->path))
		return say("--log-seal: '%s' is the log: name the file that keygen made",
			   log->seal_path);
	/* Only a file that was closed can be removed. */
	if (log->max_total && !log->max_bytes && !log->rotate_every_ns)
		return say("--log-max-total needs --log-max-size or --log-rotate-every");
	if (log->max_total && log->max_bytes > log->max_total)
		return say("--log-max-size is more than --log-max-total");
	return NULL;
}

static char *check_verify(const struct options *o)
{
	if (o->files_len == 0)
		return say("verify needs a log: proctrace verify FILE..., or - for standard input");
	for (size_t i = 0; o->verify_key_path && i < o->files_len; i++) {
		if (!strcmp(o->verify_key_path, "-") && !strcmp(o->files[i], "-"))
			return say("--key and a log cannot both be standard input");
	}
	return NULL;
}

char *checks_find(const struct options *options, const struct given *given)
{
	char *lone = given_find_lone(given, &commands[options->command]);

	if (lone)
		return lone;
	if (options->command == COMMAND_KEYGEN && !options->output_path)
		return say("keygen needs a place for the sealing key: --output FILE");
	if (options->diff && options->targets_len != 2)
		return say("--diff compares two: proctrace inspect --diff A B");
	if (options->follow && options->join)
		return say("--join needs the end that --follow has not: use one of them");
	if (options->command == COMMAND_VERIFY)
		return check_verify(options);
	return options->command == COMMAND_TRACE ? check_log(options) : NULL;
}
