// SPDX-License-Identifier: Apache-2.0
/*
 * crowd - many processes that live and do nothing
 *
 * usage: crowd
 *
 * Reads numbers, a line each, and makes it so many processes, each of a program of its own
 * (this one, with an argument); says the number when they are there. They end with it, and
 * it ends with its standard input.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static __attribute__((noreturn)) void idle(void)
{
	for (;;)
		pause();
}

static pid_t start_one(long i)
{
	pid_t parent = getpid();
	char number[32];
	char *args[] = { "crowd", number, NULL };
	pid_t child;

	snprintf(number, sizeof(number), "idle-%ld", i);
	child = vfork();
	if (child == 0) {
		/* Kept over an execve(2); whoever is too late for it ends at once. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		execv("/proc/self/exe", args);
		_exit(127);
	}
	return child;
}

int main(int argc, char **argv)
{
	long live = 0, wanted;
	pid_t *pids = NULL;
	char line[32];

	(void)argv;
	if (argc > 1)
		idle();
	while (fgets(line, sizeof(line), stdin)) {
		wanted = strtol(line, NULL, 10);
		if (wanted <= live)
			continue;
		pids = realloc(pids, (size_t)wanted * sizeof(*pids));
		for (; pids && live < wanted; live++) {
			pids[live] = start_one(live);
			if (pids[live] < 0)
				break;
		}
		if (live < wanted) {
			fprintf(stderr, "crowd: %ld of %ld: %s\n", live, wanted, strerror(errno));
			break;
		}
		printf("%ld\n", live);
		fflush(stdout);
	}
	for (long i = 0; i < live; i++)
		kill(pids[i], SIGKILL);
	for (long i = 0; i < live; i++)
		waitpid(pids[i], NULL, 0);
	free(pids);
	return 0;
}
