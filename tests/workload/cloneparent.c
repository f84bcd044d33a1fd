// SPDX-License-Identifier: Apache-2.0
/*
 * cloneparent - makes a process that is its parent's child, not its own
 *
 * usage: cloneparent PROGRAM ARG…
 *
 * With CLONE_PARENT, as runc does. The arguments are PROGRAM ARG…. Facts: pid, child.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct clone_args args = { .flags = CLONE_PARENT };
	long child;

	if (argc < 2)
		return 2;
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	printf("{\"pid\":%d,\"child\":%ld}\n", getpid(), child);
	return child < 0;
}
