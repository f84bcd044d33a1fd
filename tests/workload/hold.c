// SPDX-License-Identifier: Apache-2.0
/*
 * hold - lives until its standard input ends
 *
 * usage: hold [ARG…]
 *
 * A line on standard input starts a child that ends at once. Facts: pid; then a line with
 * each child's pid after it ended.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char line[256];

	printf("{\"pid\":%d}\n", getpid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		waitpid(child, NULL, 0);
		printf("{\"child\":%d}\n", child);
		fflush(stdout);
	}
	return 0;
}
