// SPDX-License-Identifier: Apache-2.0
/*
 * threadexec - a thread that is not the leader executes a program
 *
 * usage: threadexec PROGRAM ARG…
 *
 * The arguments of the program are PROGRAM ARG…. Facts: pid, tid of the thread.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *run(void *arg)
{
	char **argv = arg;

	printf("{\"pid\":%d,\"tid\":%d}\n", getpid(), gettid());
	fflush(stdout);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 2 || pthread_create(&thread, NULL, run, argv + 1))
		return 2;
	pthread_join(thread, NULL);
	return 1;
}
