// SPDX-License-Identifier: Apache-2.0
/*
 * die - ends in the wanted way
 *
 * usage: die exit STATUS | die signal NUMBER | die core NUMBER
 *
 * "core" allows a core file of any size, "signal" none.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rlimit core = { 0, 0 };
	volatile int *volatile nowhere = NULL;
	int number = argc > 2 ? atoi(argv[2]) : 0;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "exit"))
		_exit(number);
	if (!strcmp(argv[1], "core"))
		core.rlim_cur = core.rlim_max = RLIM_INFINITY;
	if (setrlimit(RLIMIT_CORE, &core))
		return 2;
	if (number == SIGSEGV)
		*nowhere = 1; /* a real fault: the kernel sends it */
	raise(number);
	return 2;
}
