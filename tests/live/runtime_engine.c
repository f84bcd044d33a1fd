// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_engine.c - clients that take Docker's words
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

#define IMAGE "busyboxtest:1"

static const struct runtime_engine *engine;

void engine_use(const struct runtime_engine *which)
{
	engine = which;
}

size_t engine_put(const char *argv[], const char *const args[])
{
	return runtime_put_args(argv, runtime_put_args(argv, 0, engine->client), args);
}

struct command *engine_run(const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	engine_put(argv, args);
	return command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS }, argv);
}

void engine_import_image(void)
{
	const char *tar = runtime_below("image.tar");

	command_free(command_run(NULL, argv_of("tar", "-C", runtime_rootfs(), "-cf", tar, ".")));
	command_free(engine_run(argv_of("import", tar, IMAGE)));
}

static const char *cid_file(const char *name)
{
	char file[128];

	snprintf(file, sizeof(file), "%s.cid", name);
	return runtime_below(file);
}

static size_t put_run(const char *argv[], const char *name, const char *network)
{
	size_t n = engine_put(argv, argv_of("run", "--network", network));

	n = runtime_put_args(argv, n, engine->run);
	return runtime_put_args(argv, n, argv_of("--cidfile", cid_file(name), "--name", name));
}

struct command *engine_start(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = put_run(argv, name, "none");

	n = runtime_put_args(argv, n, argv_of("--rm", IMAGE));
	runtime_put_args(argv, n, command);
	return command_start(NULL, argv);
}

void engine_keep(const char *name, const char *other)
{
	const char *argv[RUNTIME_ARGS_MAX];
	char network[128];

	snprintf(network, sizeof(network), "container:%s", other ? other : "");
	runtime_put_args(argv, put_run(argv, name, other ? network : "none"),
			 argv_of("-d", IMAGE, "sleep", "600"));
	command_free(
		command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS }, argv));
}

struct command *engine_exec(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX];

	runtime_put_args(argv, engine_put(argv, argv_of("exec", name)), command);
	return command_start(NULL, argv);
}

void engine_remove(const char *name)
{
	const char *argv[RUNTIME_ARGS_MAX];

	runtime_put_args(argv, engine_put(argv, engine->remove), argv_of(name));
	command_free(
		command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS }, argv));
}

pid_t engine_pid(const char *name)
{
	struct command *c = engine_run(argv_of("inspect", "-f", "{{.State.Pid}}", name));
	pid_t pid = (pid_t)strtol(c->out.data, NULL, 10);

	command_free(c);
	return pid;
}

void engine_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1])
{
	char *id = read_whole(cid_file(name));

	if (strlen(id) != CONTAINER_ID_LEN)
		harness_fail("%s: no container id: %s", name, id);
	strcpy(ret_id, id);
	free(id);
}
