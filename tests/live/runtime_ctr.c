// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_ctr.c - containerd without Kubernetes or nerdctl: what ctr starts
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "runtime_ops.h"

/* Of this test program's own, for names are known in all of the host's containerds. */
static const char *own_namespace(void)
{
	static char ns[32];

	snprintf(ns, sizeof(ns), "test-%d", getpid());
	return ns;
}

static void open_ctr(void)
{
	containerd_open(own_namespace(), "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n");
}

static void close_ctr(void)
{
	containerd_close(own_namespace());
}

/*
 * runc's own files are the test's too, so that only the bundle in containerd's state directory
 * tells of the container. A v2 view of this test's may have no cpu controller.
 */
static size_t put_run(const char *argv[])
{
	return runtime_put_args(argv, 0,
				argv_of("run", "--runc-root", runtime_below("runc"), "--cpu-shares",
					"0", "--annotation", "owner=ops"));
}

static struct command *start(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = runtime_put_args(argv, put_run(argv), argv_of("--rm", CONTAINERD_IMAGE, name));

	runtime_put_args(argv, n, command);
	return containerd_ctr_start(own_namespace(), argv);
}

static pid_t pid_of(const char *name)
{
	struct command *c = containerd_ctr(own_namespace(), argv_of("task", "ls"));
	size_t len = strlen(name);
	pid_t pid = 0;

	for (char *line = c->out.data; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			pid = (pid_t)strtol(line + len, NULL, 10);
	}
	command_free(c);
	if (!pid)
		harness_fail("ctr knows no process of %s", name);
	return pid;
}

static void keep(const char *name, const char *other)
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = runtime_put_args(argv, put_run(argv), argv_of("-d", "--null-io"));
	char network[64];

	if (other) {
		snprintf(network, sizeof(network), "network:/proc/%d/ns/net", pid_of(other));
		n = runtime_put_args(argv, n, argv_of("--with-ns", network));
	}
	runtime_put_args(argv, n, argv_of(CONTAINERD_IMAGE, name, "sleep", "600"));
	command_free(containerd_ctr(own_namespace(), argv));
}

static struct command *exec(const char *name, const char *const command[])
{
	static unsigned int execs;
	const char *argv[RUNTIME_ARGS_MAX];
	char id[32];
	size_t n;

	snprintf(id, sizeof(id), "exec-%u", ++execs);
	n = runtime_put_args(argv, 0, argv_of("task", "exec", "--exec-id", id, name));
	runtime_put_args(argv, n, command);
	return containerd_ctr_start(own_namespace(), argv);
}

static void remove_one(const char *name)
{
	command_free(containerd_ctr(own_namespace(), argv_of("task", "rm", "-f", name)));
	command_free(containerd_ctr(own_namespace(), argv_of("container", "rm", name)));
}

struct json_object *ctr_info(const char *name)
{
	struct command *c = containerd_ctr(own_namespace(), argv_of("container", "info", name));
	struct json_object *info = json_tokener_parse(c->out.data);

	if (!info)
		harness_fail("ctr container info %s: %s", name, c->out.data);
	command_free(c);
	return info;
}

const struct runtime_ops runtime_ctr = {
	.name = "ctr",
	.runtime = "containerd",
	.image_open = true,
	.starter = "runc",
	.watcher = "containerd-shim",
	.execer = "runc",
	.open = open_ctr,
	.close = close_ctr,
	.start = start,
	.keep = keep,
	.exec = exec,
	.remove = remove_one,
	.pid = pid_of,
};
