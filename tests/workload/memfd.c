// SPDX-License-Identifier: Apache-2.0
/*
 * memfd - executes a program from memory, where no file system has it
 *
 * usage: memfd PROGRAM ARG…
 *
 * The arguments of the program are ARG…, the first one included.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *env[] = { NULL };
	char block[1 << 16];
	ssize_t n;
	int in, fd;

	if (argc < 3)
		return 2;
	in = open(argv[1], O_RDONLY | O_CLOEXEC);
	fd = memfd_create("hidden", MFD_CLOEXEC);
	while ((n = read(in, block, sizeof(block))) > 0) {
		if (write(fd, block, (size_t)n) != n)
			return 2;
	}
	fexecve(fd, argv + 2, env);
	return 1;
}
