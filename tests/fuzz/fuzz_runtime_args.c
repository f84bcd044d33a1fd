// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_runtime_args.c - the command lines of runtimes and their daemons
 *
 * Words with a NUL after each, as /proc/<pid>/cmdline has them and any process may write them.
 */
#include <string.h>

#include "base/clock.h"
#include "container/ocicmd.h"
#include "container/roots.h"
#include "container/roots_args.h"
#include "event/redact.h"
#include "rig.h"

static struct hostfs fs;

static void take_daemon(struct str args, uid_t uid)
{
	struct roots_monitor monitor;
	struct roots roots;

	FUZZ_CHECK(roots_init(&roots, &fs, host_tree_path(fuzz_tree(), "/proc")) == 0);
	roots_args_of_daemon(args);
	roots_args_see(&roots, args, uid, NULL, STR_LITERAL("ab"));
	FUZZ_CHECK(roots.docker.len <= ROOTS_MAX && roots.podman.len <= ROOTS_MAX);
	FUZZ_CHECK(roots.docker.trusted_len <= roots.docker.len);
	for (unsigned int i = 0; i < roots.podman.len; i++)
		FUZZ_CHECK(roots.podman.path[i][0] == '/');
	if (roots_args_monitor(args, &monitor)) {
		fuzz_check_slice(monitor.id, args);
		fuzz_check_slice(monitor.name, args);
		fuzz_check_slice(monitor.containers, args);
	}
	roots_done(&roots);
}

static void take_runtime(struct str args)
{
	struct str rest = args, executable = fuzz_take_until(&rest, '\0');
	struct ocicmd command;

	if (!ocicmd_makes(executable, args, STR_LITERAL("ab"), &command))
		return;
	FUZZ_CHECK(command.runtime);
	fuzz_check_slice(command.root, args);
	fuzz_check_slice(command.bundle, args);
}

/* What is shown of them: as many words as there are, and no secret's value. */
static void take_redact(struct str args)
{
	static const char *const globs[] = { "*" };
	struct redact_options options = { .env_globs = globs, .env_globs_len = 1 };
	struct event e = { .kind = EVENT_EXEC, .about_process = true, .proc.pid = 1 };
	struct redact *redact;

	FUZZ_CHECK(redact_new(&options, &redact) == 0);
	e.proc.args = e.proc.env = args;
	event_set(&e.proc, FACT_ARGS, SOURCE_KERNEL);
	event_set(&e.proc, FACT_ENV, SOURCE_KERNEL);
	for (size_t i = 0; i < args.len; i++)
		e.proc.args_count += args.p[i] == '\0';
	redact_event(redact, &e);
	fuzz_check_event(&e, NULL);
	redact_free(redact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str args = fuzz_input(data, size);

	if (!fs.root_fd)
		FUZZ_CHECK(hostfs_init(&fs, fuzz_tree()->root) == 0);
	/* Whoever calls these has it so. */
	if (!args.len || args.p[args.len - 1] != '\0')
		return 0;
	take_daemon(args, 0);
	take_daemon(args, 1000);
	take_runtime(args);
	take_redact(args);
	return 0;
}
