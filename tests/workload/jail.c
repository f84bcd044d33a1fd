// SPDX-License-Identifier: Apache-2.0
/*
 * jail - executes a program below another root
 *
 * usage: jail ROOT CWD PROGRAM ARG…
 *
 * CWD and PROGRAM are paths below ROOT; the program's arguments are PROGRAM ARG….
 */
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 4 || chroot(argv[1]) || chdir(argv[2]))
		return 2;
	execv(argv[3], argv + 3);
	return 1;
}
