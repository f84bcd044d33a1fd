// SPDX-License-Identifier: Apache-2.0
/*
 * test_confined - proctrace in a container that shares the host's pid namespace
 *
 * With all that a container may be given it traces the host; with less it says in one sentence
 * what it lacks, and ends with status 3. (An ordinary user, and root without capabilities:
 * test_cli.)
 */
#include <string.h>
#include <sys/wait.h>

#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"

/* docker run with these options; the host's tree, in which the program finds its libraries. */
static struct command *start(const char *const options[], const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = engine_put(argv, argv_of("run", "--rm", "--network", "none", "--pid", "host",
					    "-e", "ASAN_OPTIONS=detect_leaks=0", "-v", "/:/host"));

	n = runtime_put_args(argv, n, options);
	n = runtime_put_args(
		argv, n, argv_of("busyboxtest:1", "/bin/busybox", "chroot", "/host", proctrace()));
	runtime_put_args(argv, n, args);
	return command_start(NULL, argv);
}

static void refused(const char *const options[])
{
	struct command *c = start(options, argv_of("--duration", "1ms"));

	command_wait(c, RUNTIME_START_MS);
	if (WEXITSTATUS(c->status) != 3 || strncmp(c->err.data, "proctrace: ", 11) != 0 ||
	    strchr(c->err.data, '\n') != c->err.data + c->err.len - 1 ||
	    !strstr(c->err.data, "CAP_BPF") || c->out.len)
		harness_fail("exit status %d, %s%s", WEXITSTATUS(c->status), c->err.data,
			     c->out.data);
	command_free(c);
}

static void as_containers_are(void **state)
{
	(void)state;
	runtime_need("docker");
	refused(argv_of("--label", "none"));
}

static void without_sys_admin(void **state)
{
	const char *const *all = argv_of("--cap-drop", "ALL", "--cap-add", "SYS_CHROOT",
					 "--cap-add", "SYS_PTRACE", "--cap-add", "DAC_READ_SEARCH",
					 "--cap-add", "SYS_ADMIN");
	const char *less[16];
	size_t n = 0;
	struct command *c;

	(void)state;
	runtime_need("docker");
	for (; strcmp(all[n + 1], "SYS_ADMIN") != 0; n++)
		less[n] = all[n];
	less[n] = NULL;
	refused(less);
	/* It is that one which was missing. */
	c = start(all, argv_of("--duration", "1ms"));
	command_wait(c, RUNTIME_START_MS);
	if (c->status || !strstr(c->err.data, "proctrace: tracing ("))
		harness_fail("status %d, %s", c->status, c->err.data);
	command_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(as_containers_are),
		live_test(without_sys_admin),
	};

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
