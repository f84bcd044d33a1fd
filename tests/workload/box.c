// SPDX-License-Identifier: Apache-2.0
/*
 * box - a container runtime that nobody has heard of
 *
 * usage: box run DIRECTORY PROGRAM ARG…
 *        box exec DIRECTORY PID PROGRAM ARG…
 *
 * DIRECTORY is the container's cgroup. run: a child in new pid, uts and ipc namespaces moves
 * itself there and executes the program. exec: the same in those of PID. Waits for the child
 * and exits as it did. Facts: pid, child.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KINDS (CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

static int enter(const char *pid)
{
	static const char *const types[] = { "pid", "uts", "ipc" };

	for (int i = 0; i < 3; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, types[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, 0))
			return -1;
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int is_exec = argc > 1 && !strcmp(argv[1], "exec");
	int status = 1, told[2], fd;
	char path[4096];
	pid_t child;

	if (argc < 4 + is_exec)
		return 2;
	snprintf(path, sizeof(path), "%s/cgroup.procs", argv[2]);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || pipe(told) || (is_exec ? enter(argv[3]) : unshare(KINDS)))
		return 1;
	child = fork();
	if (child == 0) {
		close(told[1]);
		/* The facts are to stand before what the program prints. */
		if (read(told[0], path, 1) < 0)
			_exit(127);
		close(told[0]);
		if (write(fd, "0", 1) == 1)
			execv(argv[3 + is_exec], argv + 3 + is_exec);
		_exit(127);
	}
	printf("{\"pid\":%d,\"child\":%d}\n", getpid(), child);
	fflush(stdout);
	close(told[1]);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
