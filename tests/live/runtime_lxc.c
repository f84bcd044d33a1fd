// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_lxc.c - LXC, with a directory of containers of the test's own
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

static const char *containers(void)
{
	return runtime_below("lxc");
}

/* All share one root directory; nothing is written there. */
static void make_container(const char *name, const char *other)
{
	char path[192], config[2048], network[256] = "lxc.net.0.type = empty\n";
	FILE *f;

	snprintf(path, sizeof(path), "lxc/%s", name);
	if (mkdir(runtime_below(path), 0755))
		harness_fail("%s cannot be made", runtime_below(path));
	if (other)
		snprintf(network, sizeof(network), "lxc.namespace.share.net = %d\n",
			 runtime()->pid(other));
	snprintf(config, sizeof(config),
		 "lxc.uts.name = inside\n"
		 "lxc.rootfs.path = dir:%s\n"
		 "lxc.mount.auto = proc\n"
		 "lxc.apparmor.profile = unconfined\n"
		 "%s",
		 runtime_rootfs(), network);
	snprintf(path, sizeof(path), "lxc/%s/config", name);
	f = fopen(runtime_below(path), "we");
	if (!f || fputs(config, f) < 0 || fclose(f))
		harness_fail("%s cannot be written", runtime_below(path));
}

static struct command *start_lxc(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	make_container(name, NULL);
	runtime_put_args(
		argv,
		runtime_put_args(argv, 0,
				 argv_of("lxc-start", "-n", name, "-P", containers(), "-F", "--")),
		command);
	return command_start(NULL, argv);
}

static void keep_lxc(const char *name, const char *other)
{
	make_container(name, other);
	command_free(command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS,
							    .out_file = runtime_below("log") },
				 argv_of("lxc-start", "-n", name, "-P", containers(), "-d", "--",
					 "sleep", "600")));
}

static struct command *attach_lxc(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	runtime_put_args(
		argv,
		runtime_put_args(argv, 0,
				 argv_of("lxc-attach", "-n", name, "-P", containers(), "--")),
		command);
	return command_start(NULL, argv);
}

static void stop_lxc(const char *name)
{
	command_free(command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS },
				 argv_of("lxc-stop", "-k", "-n", name, "-P", containers())));
}

static pid_t lxc_pid(const char *name)
{
	struct command *c =
		command_run(NULL, argv_of("lxc-info", "-n", name, "-P", containers(), "-pH"));
	pid_t pid = (pid_t)strtol(c->out.data, NULL, 10);

	command_free(c);
	return pid;
}

static void open_lxc(void)
{
	runtime_need_program("/usr/bin/lxc-start", "lxc");
	if (mkdir(containers(), 0755))
		harness_fail("%s cannot be made", containers());
}

const struct runtime_ops runtime_lxc = {
	.name = "lxc",
	.runtime = "lxc",
	.starter = "lxc-start",
	.watcher = "lxc-start",
	.execer = "memfd:lxc-attac", /* its sealed copy of itself */
	.open = open_lxc,
	.start = start_lxc,
	.keep = keep_lxc,
	.exec = attach_lxc,
	.remove = stop_lxc,
	.pid = lxc_pid,
};
