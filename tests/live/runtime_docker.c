// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_docker.c - Docker, with a daemon of the test's own
 */
#include <stdio.h>

#include "runtime_ops.h"

static void open_docker(void)
{
	static char host[RUNTIME_PATH_LEN], config[RUNTIME_PATH_LEN];
	/* Another docker may be first in PATH. */
	static const char *const client[] = {
		"/usr/bin/docker", "--config", config, "-H", host, NULL
	};
	static const char *const nothing[] = { NULL };
	static const char *const rm[] = { "rm", "-f", NULL };
	static const struct runtime_engine docker = { client, nothing, rm };

	runtime_need_program("/usr/bin/docker", "docker.io");
	runtime_need_program("/usr/sbin/dockerd", "docker.io");
	snprintf(host, sizeof(host), "unix://%s", runtime_below("d.sock"));
	snprintf(config, sizeof(config), "%s", runtime_below("config"));
	engine_use(&docker);
	runtime_start_daemon(argv_of("/usr/sbin/dockerd", "--iptables=false", "--ip6tables=false",
				     "--bridge=none", "-H", host, "--data-root",
				     runtime_below("data"), "--exec-root", runtime_below("exec"),
				     "--pidfile", runtime_below("pid")));
	runtime_wait_for_daemon(
		argv_of("/usr/bin/docker", "--config", config, "-H", host, "version"));
	engine_import_image();
}

const struct runtime_ops runtime_docker = {
	.name = "docker",
	.runtime = "docker",
	.image = "busyboxtest",
	.starter = "runc",
	.watcher = "containerd-shim",
	.execer = "runc",
	.open = open_docker,
	.close = runtime_stop_daemon,
	ENGINE_OPS,
};
