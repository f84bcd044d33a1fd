// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_podman.c - Podman as root, with storage of the test's own
 */
#include <stdio.h>

#include "runtime_ops.h"

static void open_podman(void)
{
	static char storage[RUNTIME_PATH_LEN], run[RUNTIME_PATH_LEN], tmp[RUNTIME_PATH_LEN];
	static const char *const client[] = {
		"/usr/bin/podman",
		"--root",
		storage,
		"--runroot",
		run,
		"--tmpdir",
		tmp,
		"--runtime",
		"runc",
		"--cgroup-manager",
		"cgroupfs",
		"--events-backend",
		"none",
		NULL,
	};
	static const char *const limits[] = {
		/* No more than this machine has. */
		"--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024",
		/* A default that fails where v2 has no pids controller. */
		"--pids-limit", "-1", NULL
	};
	/* It would wait ten seconds for a first process that does not mind SIGTERM. */
	static const char *const rm[] = { "rm", "-f", "-t", "0", NULL };
	static const struct runtime_engine podman = { client, limits, rm };

	runtime_need_program("/usr/bin/podman", "podman");
	snprintf(storage, sizeof(storage), "%s", runtime_below("storage"));
	snprintf(run, sizeof(run), "%s", runtime_below("run"));
	snprintf(tmp, sizeof(tmp), "%s", runtime_below("tmp"));
	engine_use(&podman);
	engine_import_image();
}

static void close_podman(void)
{
	command_free(engine_run(argv_of("rm", "-f", "-t", "0", "-a")));
}

const struct runtime_ops runtime_podman = {
	.name = "podman",
	.runtime = "podman",
	.image = "localhost/busyboxtest",
	.starter = "runc",
	.watcher = "conmon",
	.execer = "runc",
	.open = open_podman,
	.close = close_podman,
	ENGINE_OPS,
};
