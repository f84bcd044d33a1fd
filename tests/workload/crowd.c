// SPDX-License-Identifier: Apache-2.0
/*
 * crowd - starts many processes that all live until its standard input ends
 *
 * usage: crowd COUNT GROUPS PREFIX PROGRAM [ARG]
 *
 * Child i is born in the v2 cgroup PREFIX and four hexadecimal digits of i % GROUPS, and executes
 * PROGRAM with the arguments PROGRAM, "crowd-<i>", ARG; it has this standard input and no
 * output. Facts, when all are there: pid, children (how many).
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns when the child runs the program; 0, or -1 for a failure. */
static int start(const char *directory, int null_fd, char **args)
{
	/* CLONE_VFORK without CLONE_VM: the child may do what it likes with its memory. */
	struct clone_args clone = { .flags = CLONE_INTO_CGROUP | CLONE_VFORK,
				    .exit_signal = SIGCHLD };
	int fd = open(directory, O_PATH | O_CLOEXEC);
	long child;

	clone.cgroup = (__u64)fd;
	child = fd < 0 ? -1 : syscall(SYS_clone3, &clone, sizeof(clone));
	if (child == 0) {
		dup2(null_fd, STDOUT_FILENO);
		execv(args[0], args);
		_exit(127);
	}
	if (child < 0)
		perror(directory);
	close(fd);
	return child < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	int count = argc > 4 ? atoi(argv[1]) : 0, groups = argc > 4 ? atoi(argv[2]) : 0;
	int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char directory[512], unique[32], rest[64];

	if (count <= 0 || groups <= 0 || null_fd < 0)
		return 2;
	for (int i = 0; i < count; i++) {
		snprintf(directory, sizeof(directory), "%s%04x", argv[3], i % groups);
		snprintf(unique, sizeof(unique), "crowd-%d", i);
		if (start(directory, null_fd, (char *[]){ argv[4], unique, argv[5], NULL }) < 0)
			return 1;
	}
	printf("{\"pid\":%d,\"children\":%d}\n", getpid(), count);
	fflush(stdout);
	while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
	while (wait(NULL) > 0)
		;
	return 0;
}
