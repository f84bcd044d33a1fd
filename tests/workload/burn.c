// SPDX-License-Identifier: Apache-2.0
/*
 * burn - uses CPU time and memory, and says how much
 *
 * usage: burn CPU_MS MIB
 *
 * Facts: pid, cpu_us, maxrss_kib, minor_faults, as getrusage(2) says at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes = argc > 2 ? (size_t)atol(argv[2]) << 20 : 0;
	long ms = argc > 1 ? atol(argv[1]) : 0;
	struct timespec now;
	struct rusage usage;
	char *memory;

	memory = bytes ? malloc(bytes) : NULL;
	for (size_t i = 0; memory && i < bytes; i += 4096)
		((volatile char *)memory)[i] = 1;
	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	} while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < ms);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"pid\":%d,\"cpu_us\":%ld,\"maxrss_kib\":%ld,\"minor_faults\":%ld}\n", getpid(),
	       (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
		       usage.ru_stime.tv_usec,
	       usage.ru_maxrss, usage.ru_minflt);
	return 0;
}
