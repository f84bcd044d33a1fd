// SPDX-License-Identifier: Apache-2.0
/*
 * intocgroup - starts a process that is born in another cgroup
 *
 * usage: intocgroup DIRECTORY PROGRAM ARG…
 *
 * DIRECTORY is a v2 cgroup's. CLONE_INTO_CGROUP: there is no move that could be seen. Facts:
 * pid, child.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	int fd;
	long child;

	if (argc < 3)
		return 2;
	fd = open(argv[1], O_PATH | O_CLOEXEC);
	args.cgroup = (__u64)fd;
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (child > 0)
		waitpid((pid_t)child, NULL, 0);
	printf("{\"pid\":%d,\"child\":%ld}\n", getpid(), child);
	return child < 0;
}
