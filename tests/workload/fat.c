// SPDX-License-Identifier: Apache-2.0
/*
 * fat - a process with much memory starts a small one by vfork
 *
 * usage: fat MIB PROGRAM ARG…
 *
 * Facts: pid, child; child_maxrss_kib and child_cpu_us as wait4(2) says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes = argc > 2 ? (size_t)atol(argv[1]) << 20 : 0;
	volatile char *memory = malloc(bytes);
	struct rusage usage;
	pid_t child;
	int status;

	if (!bytes || !memory)
		return 2;
	for (size_t i = 0; i < bytes; i += 4096)
		memory[i] = 1;
	child = vfork();
	if (child == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (wait4(child, &status, 0, &usage) != child || status)
		return 1;
	printf("{\"pid\":%d,\"child\":%d,\"child_maxrss_kib\":%ld,\"child_cpu_us\":%ld}\n",
	       getpid(), child, usage.ru_maxrss,
	       (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
		       usage.ru_stime.tv_usec);
	return 0;
}
