// SPDX-License-Identifier: Apache-2.0
/*
 * reuse - two processes, one after the other, with the same pid
 *
 * usage: reuse PROGRAM
 *
 * They execute PROGRAM first and PROGRAM second. clone3(2) chooses the pid, which needs
 * CONFIG_CHECKPOINT_RESTORE. Facts: pid, child (the same for both); errno if it cannot be.
 */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(char *program, char *which, pid_t wanted)
{
	char *argv[] = { program, which, NULL };
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t child;

	if (wanted) {
		args.set_tid = (uintptr_t)&wanted;
		args.set_tid_size = 1;
	}
	child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0) {
		execv(program, argv);
		_exit(127);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	return child;
}

int main(int argc, char **argv)
{
	pid_t child;

	if (argc < 2)
		return 2;
	child = start(argv[1], "first", 0);
	if (start(argv[1], "second", child) != child)
		printf("{\"pid\":%d,\"errno\":%d}\n", getpid(), errno);
	else
		printf("{\"pid\":%d,\"child\":%d,\"errno\":0}\n", getpid(), child);
	return 0;
}
