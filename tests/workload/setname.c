// SPDX-License-Identifier: Apache-2.0
/*
 * setname - gives itself another name (comm), which may be any bytes, and ends
 *
 * usage: setname NAME
 */
#include <sys/prctl.h>

int main(int argc, char **argv)
{
	return argc < 2 || prctl(PR_SET_NAME, argv[1]);
}
