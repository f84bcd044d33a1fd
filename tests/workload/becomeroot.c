// SPDX-License-Identifier: Apache-2.0
/*
 * becomeroot - takes all user ids that it may, as a set-user-id program does, and waits
 *
 * usage: becomeroot [ARG…]
 *
 * Facts: pid, uid. Ends when its standard input does.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char c;

	if (setresuid(geteuid(), geteuid(), geteuid()) ||
	    setresgid(getegid(), getegid(), getegid()))
		return 1;
	printf("{\"pid\":%d,\"uid\":%d}\n", getpid(), getuid());
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
