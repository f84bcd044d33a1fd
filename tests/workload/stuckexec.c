// SPDX-License-Identifier: Apache-2.0
/*
 * stuckexec - as many calls of execve(2) at a time as wanted, all of which fail
 *
 * usage: stuckexec COUNT
 *
 * Each thread's file name is on a page that userfaultfd(2) holds back, so that every call has
 * begun before the first one ends. Facts: pid, calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS_MAX 4096
#define STACK_BYTES 65536

static char *name;

static void *run(void *arg)
{
	char *const argv[] = { "stuck", NULL };

	(void)arg;
	/* Not by the library, which a sanitizer lets look at the name first. */
	syscall(SYS_execve, name, argv, environ);
	return NULL;
}

/* A page that nobody can read before it is let go. Exits if there is none. */
static int hold_page(size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	name = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (unsigned long)name;
	range.range.len = size;
	if (fd < 0 || name == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) < 0 ||
	    ioctl(fd, UFFDIO_REGISTER, &range) < 0) {
		perror("stuckexec");
		exit(3);
	}
	return fd;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct uffdio_zeropage zero = { 0 };
	static pthread_t threads[THREADS_MAX];
	pthread_attr_t attr;
	int fd;

	if (count < 1 || count > THREADS_MAX)
		return 2;
	fd = hold_page(size);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (long i = 0; i < count; i++) {
		if (pthread_create(&threads[i], &attr, run, NULL))
			return 4;
	}
	/* One message for each that is stuck. */
	for (long i = 0; i < count; i++) {
		struct uffd_msg message;

		if (read(fd, &message, sizeof(message)) != sizeof(message))
			return 5;
	}
	zero.range.start = (unsigned long)name;
	zero.range.len = size;
	if (ioctl(fd, UFFDIO_ZEROPAGE, &zero) < 0)
		return 6;
	for (long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("{\"pid\":%d,\"calls\":%ld}\n", getpid(), count);
	return 0;
}
