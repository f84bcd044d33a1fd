// SPDX-License-Identifier: Apache-2.0
/*
 * test_sandbox.c - what is left to a process that gave away what it needs no more
 *
 * Each look is in a child, for there is no way back. Its exit status is the number of the line
 * that failed, as far as that goes.
 */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/thread.h"

#define EXPECT(condition)                                                       \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			_exit(1);                                               \
		}                                                               \
	} while (0)

/* Bits of CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE. */
#define KEPT (UINT64_C(1) << 2 | UINT64_C(1) << 19)

static void run(void (*look)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		EXPECT(sandbox_enter() == 0);
		look();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static uint64_t status_line(const char *path, const char *name)
{
	char text[8192];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *line;

	EXPECT(n > 0);
	text[n] = '\0';
	close(fd);
	line = strstr(text, name);
	EXPECT(line);
	return strtoull(line + strlen(name), NULL, 16);
}

static void look_at_status(const char *path, uint64_t had)
{
	EXPECT(status_line(path, "\nCapPrm:") == (had & KEPT));
	EXPECT(status_line(path, "\nCapEff:") == (had & KEPT));
	EXPECT(status_line(path, "\nCapInh:") == 0);
	EXPECT(status_line(path, "\nCapAmb:") == 0);
	EXPECT(status_line(path, "\nNoNewPrivs:") == 1);
#ifndef __SANITIZE_ADDRESS__
	EXPECT(status_line(path, "\nSeccomp:") == 2);
#endif
}

static uint64_t had;

static void *in_a_thread(void *arg)
{
	(void)arg;
	look_at_status("/proc/thread-self/status", 0);
	return NULL;
}

static void look_at_privileges(void)
{
	pthread_t thread;

	look_at_status("/proc/self/status", had);
	EXPECT(thread_start(&thread, in_a_thread, NULL) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
}

static void test_privileges(void **state)
{
	(void)state;
	had = status_line("/proc/self/status", "\nCapPrm:");
	run(look_at_privileges);
}

#ifndef __SANITIZE_ADDRESS__
#define REFUSED(call) (errno = 0, (call) == -1 && errno == EPERM)

static void look_at_what_is_refused(void)
{
	char *const argv[] = { (char *)"true", NULL };

	EXPECT(REFUSED(execve("/bin/true", argv, NULL)));
	EXPECT(REFUSED(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0)));
	EXPECT(REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
	EXPECT(REFUSED(syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 0)));
	EXPECT(REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL)));
	EXPECT(REFUSED(umount2("/tmp", 0)));
	EXPECT(REFUSED(syscall(SYS_bpf, 0, NULL, 0)));
	EXPECT(REFUSED(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)));
	EXPECT(REFUSED(syscall(SYS_init_module, NULL, 0, "")));
	EXPECT(REFUSED(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
	EXPECT(REFUSED(unshare(CLONE_NEWNS)));
	EXPECT(REFUSED(setns(-1, 0)));
	EXPECT(REFUSED(fork()));
	EXPECT(REFUSED(setuid(0)));
	EXPECT(REFUSED(chroot("/")));
	EXPECT(REFUSED(socket(AF_INET, SOCK_STREAM, 0)));
	EXPECT(REFUSED(socket(AF_INET6, SOCK_DGRAM, 0)));
	EXPECT(REFUSED(socket(AF_NETLINK, SOCK_RAW, 0)));
	EXPECT(REFUSED(mknod("/tmp/proctrace-none", 0600, 0)));
}

static void test_what_is_refused(void **state)
{
	(void)state;
	run(look_at_what_is_refused);
}
#endif

static void look_at_what_is_left(void)
{
	char path[] = "/tmp/proctrace-test-XXXXXX", text[64];
	int fd = mkstemp(path);

	EXPECT(fd >= 0 && write(fd, "x", 1) == 1 && fdatasync(fd) == 0 && fchmod(fd, 0640) == 0);
	EXPECT(unlink(path) == 0);
	close(fd);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(fd >= 0);
	close(fd);
	EXPECT(readlink("/proc/self/exe", text, sizeof(text)) > 0);
	EXPECT(kill(getpid(), 0) == 0);
}

static void test_what_is_left(void **state)
{
	(void)state;
	run(look_at_what_is_left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_privileges),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(test_what_is_refused),
#endif
		cmocka_unit_test(test_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
