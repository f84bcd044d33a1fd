// SPDX-License-Identifier: Apache-2.0
/*
 * threads - a process of several threads, each of which burns some CPU time
 *
 * usage: threads COUNT MS join|leader-first|exit-group|crash
 *
 * join: the leader waits for the others and ends with 0. leader-first: the leader ends at
 * once, the process when the last thread does. exit-group: a thread calls exit(5) while the
 * others run. crash: a thread faults. Facts: pid, cpu_us (join only: true to the end).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static long burn_ms;
static const char *mode;
static pthread_barrier_t started;
static volatile int *volatile nowhere;

static void burn(long ms)
{
	struct timespec now;

	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < ms);
}

static void *run(void *arg)
{
	long index = (long)arg;

	pthread_barrier_wait(&started);
	burn(index == 0 && strcmp(mode, "join") != 0 ? burn_ms / 2 : burn_ms);
	if (index == 0 && !strcmp(mode, "exit-group"))
		_exit(5);
	if (index == 0 && !strcmp(mode, "crash"))
		*nowhere = 1;
	return NULL;
}

int main(int argc, char **argv)
{
	long count = argc > 3 ? atol(argv[1]) : 0;
	pthread_t threads[64];
	struct rusage usage;

	if (count < 1 || count > 64)
		return 2;
	burn_ms = atol(argv[2]);
	mode = argv[3];
	pthread_barrier_init(&started, NULL, (unsigned int)count + 1);
	for (long i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, run, (void *)i);
	if (strcmp(mode, "join") != 0) {
		printf("{\"pid\":%d}\n", getpid());
		fflush(stdout);
	}
	pthread_barrier_wait(&started);
	if (!strcmp(mode, "leader-first"))
		pthread_exit(NULL);
	for (long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"pid\":%d,\"cpu_us\":%ld}\n", getpid(),
	       (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
		       usage.ru_stime.tv_usec);
	return 0;
}
