// SPDX-License-Identifier: Apache-2.0
/*
 * tryexec - executes a program and survives if that fails
 *
 * usage: tryexec execve|execveat PATH ARG…
 *
 * The arguments of the program are ARG…, the first one included; of execveat the path is
 * below the current directory. Facts, if it failed: pid, errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *env[] = { "TRYEXEC=1", NULL };

	if (argc < 4)
		return 2;
	if (!strcmp(argv[1], "execveat"))
		syscall(SYS_execveat, AT_FDCWD, argv[2], argv + 3, env, 0);
	else
		execve(argv[2], argv + 3, env);
	printf("{\"pid\":%d,\"errno\":%d}\n", getpid(), errno);
	return 0;
}
