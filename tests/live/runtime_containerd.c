// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_containerd.c - a containerd of the test's own
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime_ops.h"

/* One layer, as "docker save" writes it. $0: the directory to work in; $1: the layer's files. */
static const char make_image[] =
	"set -e\n"
	"cd \"$0\"\n"
	"tar -C \"$1\" -cf layer.tar .\n"
	"sum=$(sha256sum layer.tar)\n"
	"printf '{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],"
	"\"Cmd\":[\"sleep\",\"600\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
	"[\"sha256:%s\"]}}' \"${sum%% *}\" >config.json\n"
	"printf '[{\"Config\":\"config.json\",\"RepoTags\":[\"" CONTAINERD_IMAGE "\","
	"\"localhost/pause:1\"],\"Layers\":[\"layer.tar\"]}]' >manifest.json\n"
	"tar -cf image.tar manifest.json config.json layer.tar\n";

const char *containerd_socket(void)
{
	static char path[RUNTIME_PATH_LEN];

	snprintf(path, sizeof(path), "%s", runtime_below("c.sock"));
	return path;
}

static void write_config(const char *path, const char *more)
{
	FILE *f = fopen(path, "we");

	if (!f)
		harness_fail("%s cannot be made", path);
	fprintf(f,
		"version = 2\n"
		"root = \"%s\"\n"
		"state = \"%s\"\n"
		"%s\n"
		"[grpc]\n"
		"  address = \"%s\"\n"
		"[ttrpc]\n"
		"  address = \"%s\"\n"
		/* A machine that is slow is no reason to give a shim up. */
		"[timeouts]\n"
		"  \"io.containerd.timeout.shim.cleanup\" = \"300s\"\n"
		"  \"io.containerd.timeout.shim.load\" = \"300s\"\n"
		"  \"io.containerd.timeout.shim.shutdown\" = \"300s\"\n"
		"  \"io.containerd.timeout.task.state\" = \"300s\"\n",
		runtime_below("data"), runtime_below("state"), more, containerd_socket(),
		runtime_below("t.sock"));
	fclose(f);
}

static size_t put_ctr(const char *argv[], const char *ns, const char *const args[])
{
	size_t n = runtime_put_args(argv, 0,
				    argv_of("/usr/bin/ctr", "-a", containerd_socket(), "-n", ns));

	return runtime_put_args(argv, n, args);
}

/* The overlay file system may not lie on what the test's directory lies on. */
static const char *const *const environment = (const char *const[]){
	"CONTAINERD_SNAPSHOTTER=native",
	NULL,
};

struct command *containerd_ctr_start(const char *ns, const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	put_ctr(argv, ns, args);
	return command_start(&(struct command_options){ .env = environment }, argv);
}

struct command *containerd_ctr(const char *ns, const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	put_ctr(argv, ns, args);
	return command_run(&(struct command_options){ .env = environment,
						      .deadline_ms = RUNTIME_START_MS },
			   argv);
}

void containerd_open(const char *ns, const char *config)
{
	const char *argv[RUNTIME_ARGS_MAX];

	runtime_need_program("/usr/bin/containerd", "containerd");
	runtime_need_program("/usr/bin/ctr", "containerd");
	runtime_need_program("/usr/sbin/runc", "runc");
	command_free(command_run(NULL, argv_of("sh", "-c", make_image, runtime_below("."),
					       runtime_rootfs())));
	write_config(runtime_below("config.toml"), config);
	runtime_start_daemon(
		argv_of("/usr/bin/containerd", "--config", runtime_below("config.toml")));
	put_ctr(argv, ns, argv_of("version"));
	runtime_wait_for_daemon(argv);
	command_free(containerd_ctr(ns, argv_of("image", "import", runtime_below("image.tar"))));
}

void containerd_close(const char *ns)
{
	char path[RUNTIME_PATH_LEN];

	runtime_stop_daemon();
	snprintf(path, sizeof(path), "/%s", ns);
	cgroup_remove_everywhere(path);
}
