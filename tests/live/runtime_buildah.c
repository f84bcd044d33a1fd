// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_buildah.c - the steps of an image's build, as root
 *
 * What it starts is no container of a list: it has a name of its own for each step.
 */
#include <stdio.h>

#include "runtime_ops.h"

#define WORKING "working-container"

static size_t put_buildah(const char *argv[], const char *const args[])
{
	size_t n = runtime_put_args(argv, 0,
				    argv_of("/usr/bin/buildah", "--root", runtime_below("storage"),
					    "--runroot", runtime_below("run"), "--storage-driver",
					    "vfs"));

	return runtime_put_args(argv, n, args);
}

static void run(const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	put_buildah(argv, args);
	command_free(
		command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS }, argv));
}

static void open_buildah(void)
{
	runtime_need_program("/usr/bin/buildah", "buildah");
	run(argv_of("from", "--name", WORKING, "scratch"));
	run(argv_of("copy", WORKING, runtime_rootfs(), "/"));
}

static void close_buildah(void)
{
	run(argv_of("rm", "-a"));
}

static struct command *start_step(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n;

	(void)name; /* is buildah's to choose */
	n = put_buildah(argv, argv_of("run", "--isolation", "oci", "--runtime", "runc", "--network",
				      "none", WORKING, "--"));
	runtime_put_args(argv, n, command);
	return command_start(NULL, argv);
}

const struct runtime_ops runtime_buildah = {
	.name = "buildah",
	.runtime = "buildah",
	.starter = "runc",
	.open = open_buildah,
	.close = close_buildah,
	.start = start_step,
};
