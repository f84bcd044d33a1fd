// SPDX-License-Identifier: Apache-2.0
/*
 * storm - starts many short processes, one after the other, as fast as it can
 *
 * usage: storm COUNT PROGRAM ARG…
 *
 * Child i executes PROGRAM with the arguments PROGRAM, "unique-<i>", ARG…. vfork, so
 * that nothing but exec and exit is measured. Facts: pid, children (their pids in order).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns the pid, -1 for a failure. */
static pid_t run_one(char **args)
{
	pid_t child = vfork();

	if (child == 0) {
		execv(args[0], args);
		_exit(127);
	}
	return waitpid(child, NULL, 0) == child ? child : -1;
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[1]) : 0;
	pid_t *children = calloc((size_t)count + 1, sizeof(*children));
	char unique[32];
	char **args = argv + 1;

	if (count <= 0 || !children)
		return 2;
	/* argv[1] COUNT becomes PROGRAM, argv[2] the unique argument. */
	args[0] = argv[2];
	args[1] = unique;
	for (long i = 0; i < count; i++) {
		snprintf(unique, sizeof(unique), "unique-%ld", i);
		children[i] = run_one(args);
		if (children[i] < 0)
			return 1;
	}
	printf("{\"pid\":%d,\"children\":[", getpid());
	for (long i = 0; i < count; i++)
		printf("%s%d", i ? "," : "", children[i]);
	printf("]}\n");
	return 0;
}
