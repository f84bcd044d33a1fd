// SPDX-License-Identifier: Apache-2.0
/*
 * mask - makes itself look like another program, then lives until its standard input ends
 *
 * usage: mask ARG…
 *
 * All of its arguments become 'x', and its name "innocent", before anything else. Facts: pid,
 * and where its arguments stand in memory, for who wants to write there too.
 */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char line[16];

	for (int i = 0; i < argc; i++)
		memset(argv[i], 'x', strlen(argv[i]));
	prctl(PR_SET_NAME, "innocent");
	printf("{\"pid\":%d,\"args_at\":%llu}\n", getpid(),
	       (unsigned long long)(unsigned long)argv[0]);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	return 0;
}
