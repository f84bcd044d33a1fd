// SPDX-License-Identifier: Apache-2.0
/*
 * test_procfs_self.c - the readers on the real /proc: this process and its children
 *
 * Children block on a pipe until they are told to go on; nothing waits for a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "procfs/link.h"
#include "procfs/ns.h"
#include "procfs/procfs.h"
#include "procfs/status.h"
#include "procfs/value.h"
#include "procfs/words.h"

static int root_fd = -1;
static char dir[] = "/tmp/proctrace-test-XXXXXX";

struct child {
	pid_t pid;
	int fd; /* its directory in /proc */
};

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? procfs_open_root("/proc", &root_fd) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	cleanup_closep(&root_fd);
	return rmdir(dir);
}

/* Starts a program that waits for a signal, and returns when it runs. */
static struct child start(int exe_fd, const char *path, char *const argv[])
{
	struct child c = { .fd = -1 };
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	c.pid = fork();
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		char *env[] = { NULL };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (exe_fd >= 0)
			syscall(SYS_execveat, exe_fd, "", argv, env, AT_EMPTY_PATH);
		else
			execve(path, argv, env);
		_exit(127);
	}
	close(ready[1]);
	/* The exec closes the other end. */
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	assert_int_equal(procfs_open(root_fd, (uint32_t)c.pid, 0, &c.fd), 0);
	return c;
}

static void stop(struct child *c)
{
	assert_int_equal(kill(c->pid, SIGKILL), 0);
	assert_int_equal(waitpid(c->pid, NULL, 0), c->pid);
	cleanup_closep(&c->fd);
}

static char *const sleep_argv[] = { "sleep", "1000", NULL };

static void copy_sleep(char *ret_path, const char *name)
{
	char cmd[256];

	snprintf(ret_path, PATH_MAX, "%s/%s", dir, name);
	snprintf(cmd, sizeof(cmd), "cp /bin/sleep '%s'", ret_path);
	assert_int_equal(system(cmd), 0);
}

static void assert_path(struct str path, const char *expected)
{
	assert_int_equal(path.len, strlen(expected));
	assert_memory_equal(path.p, expected, path.len);
}

static void test_self(void **state)
{
	static char buf[STATUS_SIZE];
	struct proc_status status;
	struct proc_stat stat;
	uint64_t start_ns;
	struct proc_ns ns;
	struct stat st;
	int fd = -1, other = -1;
	uint32_t pid = (uint32_t)getpid();

	(void)state;
	assert_int_equal(procfs_open_stat(root_fd, pid, 0, &stat, &fd), 0);
	assert_true(procfs_is_mounted(fd));
	assert_int_equal(stat.pid, pid);
	assert_int_equal(stat.ppid, getppid());
	start_ns = stat.start_ticks * clock_tick_ns();
	assert_true(start_ns <= clock_boot_ns());
	assert_int_equal(procfs_open(root_fd, pid, start_ns + clock_tick_ns() - 1, &other), 0);
	close(other);
	assert_int_equal(procfs_open(root_fd, pid, start_ns + clock_tick_ns(), &other), -ESRCH);
	assert_int_equal(read_status(fd, buf, sizeof(buf), &status), 0);
	assert_int_equal(status.malformed, 0);
	assert_int_equal(status.uid[STATUS_EFFECTIVE], geteuid());
	assert_int_equal(read_ns(fd, &ns), 0);
	assert_int_equal(fstatat(fd, "ns/net", &st, 0), 0);
	assert_int_equal(ns.inode[PROC_NS_NET], st.st_ino);
	close(fd);
}

static int find_pid(uint32_t pid, void *arg)
{
	return pid == *(uint32_t *)arg;
}

static void test_each_pid(void **state)
{
	uint32_t pid = (uint32_t)getpid(), none = UINT32_MAX;

	(void)state;
	assert_int_equal(procfs_each_pid(root_fd, find_pid, &pid), 1);
	assert_int_equal(procfs_each_pid(root_fd, find_pid, &none), 0);
}

/* Everything must say "gone" after the process was reaped, whatever /proc says. */
static void test_reaped(void **state)
{
	struct child c = start(-1, "/bin/sleep", sleep_argv);
	int dup_fd = fcntl(c.fd, F_DUPFD_CLOEXEC, 0);
	static char buf[STATUS_SIZE];
	struct proc_status status;
	struct proc_words words;
	struct proc_link exe;
	struct proc_stat stat;
	struct proc_ns ns;
	uint32_t u;
	int fd;

	(void)state;
	assert_int_equal(read_stat(dup_fd, &stat), 0);
	stop(&c);
	assert_int_equal(read_stat(dup_fd, &stat), -ESRCH);
	assert_int_equal(read_status(dup_fd, buf, sizeof(buf), &status), -ESRCH);
	assert_int_equal(read_cmdline(dup_fd, buf, sizeof(buf), &words), -ESRCH);
	assert_int_equal(read_exe(dup_fd, buf, &exe), -ESRCH);
	assert_int_equal(read_ns(dup_fd, &ns), -ESRCH);
	assert_int_equal(read_loginuid(dup_fd, &u), -ESRCH);
	assert_int_equal(procfs_open(root_fd, (uint32_t)c.pid, 0, &fd), -ESRCH);
	close(dup_fd);
}

static void test_zombie(void **state)
{
	struct child c = start(-1, "/bin/sleep", sleep_argv);
	char buf[PROC_LINK_SIZE];
	struct proc_stat stat;
	struct proc_link exe;
	struct proc_ns ns;
	siginfo_t info;

	(void)state;
	assert_int_equal(kill(c.pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(read_stat(c.fd, &stat), 0);
	assert_true(proc_stat_is_zombie(&stat));
	assert_int_equal(read_exe(c.fd, buf, &exe), -ENOENT);
	assert_int_equal(read_ns(c.fd, &ns), -ESRCH);
	stop(&c);
}

static void test_long_arguments(void **state)
{
	static char word[100001], buf[128 * 1024 + 1];
	/* A program that takes any arguments and waits: a shell that stops itself. */
	char *argv[] = { "sh", "-c", "kill -STOP $$", word, NULL };
	struct proc_words words;
	struct child c;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	c = start(-1, "/bin/sh", argv);
	assert_int_equal(read_cmdline(c.fd, buf, sizeof(buf), &words), 0);
	assert_false(words.truncated);
	assert_int_equal(words.count, 4);
	assert_int_equal(words.text.len, 3 + 3 + 14 + 100001);
	assert_memory_equal(words.text.p + 20, word, sizeof(word));
	assert_int_equal(read_cmdline(c.fd, buf, 1000, &words), 0);
	assert_true(words.truncated);
	assert_int_equal(words.text.len, 1000);
	stop(&c);
}

static void test_deleted(void **state)
{
	char path[PATH_MAX], other[PATH_MAX + 8], buf[PROC_LINK_SIZE];
	struct proc_link exe;
	struct child c;

	(void)state;
	/* No link left. */
	copy_sleep(path, "plain");
	c = start(-1, path, sleep_argv);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, path);
	assert_false(exe.deleted);
	assert_true(exe.has_file);
	assert_true(S_ISREG(exe.mode) && exe.inode);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, path);
	assert_true(exe.deleted);
	stop(&c);

	/* The suffix is the name's own, first with and then without the file. */
	copy_sleep(path, "own (deleted)");
	c = start(-1, path, sleep_argv);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, path);
	assert_false(exe.deleted);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, path);
	assert_true(exe.deleted);
	stop(&c);

	/* This name was removed, another leads to the file. */
	copy_sleep(path, "linked");
	snprintf(other, sizeof(other), "%s.2", path);
	assert_int_equal(link(path, other), 0);
	c = start(-1, path, sleep_argv);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, path);
	assert_true(exe.deleted);
	stop(&c);
	assert_int_equal(unlink(other), 0);
}

static void test_memfd(void **state)
{
	int in = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("x", MFD_CLOEXEC);
	uint32_t major = 0, minor = 0;
	char path[PATH_MAX], buf[PROC_LINK_SIZE];
	struct proc_link exe;
	struct child c;
	struct stat st;

	(void)state;
	assert_int_equal(probe_memfd_device(&major, &minor), 0);
	assert_int_equal(fstat(in, &st), 0);
	assert_true(sendfile(fd, in, NULL, (size_t)st.st_size) == st.st_size);
	c = start(fd, NULL, sleep_argv);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_path(exe.path, "/memfd:x");
	assert_true(exe.dev_major == major && exe.dev_minor == minor);
	stop(&c);
	close(fd);
	close(in);
	/* A file of that name, deleted, is on another device. */
	copy_sleep(path, "memfd:x");
	c = start(-1, path, sleep_argv);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(read_exe(c.fd, buf, &exe), 0);
	assert_true(exe.deleted);
	assert_false(exe.dev_major == major && exe.dev_minor == minor);
	stop(&c);
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* The leader ends, its thread does not. */
static void test_leader_ended(void **state)
{
	uint64_t deadline_ns = clock_boot_ns() + 10 * NSEC_PER_SEC;
	char buf[PROC_LINK_SIZE];
	struct proc_stat stat;
	struct proc_link exe;
	int fd = -1, live = -1;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		pthread_t thread;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pthread_create(&thread, NULL, wait_for_ever, NULL))
			_exit(1);
		syscall(SYS_exit, 0);
	}
	assert_int_equal(procfs_open(root_fd, (uint32_t)pid, 0, &fd), 0);
	do {
		assert_true(clock_boot_ns() < deadline_ns);
		sched_yield();
		assert_int_equal(read_stat(fd, &stat), 0);
	} while (!proc_stat_is_zombie(&stat));
	assert_int_equal(stat.threads, 2);
	assert_int_equal(read_exe(fd, buf, &exe), -ENOENT);
	assert_int_equal(procfs_open_live_thread(fd, &live), 0);
	assert_int_equal(read_exe(live, buf, &exe), 0);
	close(live);
	close(fd);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What an ordinary user may not see of root's first process. */
static void test_denied(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char buf[PROC_LINK_SIZE];
		struct proc_link exe;
		struct proc_ns ns;
		int fd;

		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ||
		    procfs_open(root_fd, 1, 0, &fd))
			_exit(1);
		_exit(read_exe(fd, buf, &exe) == -EACCES && read_ns(fd, &ns) == -EACCES ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),	       cmocka_unit_test(test_each_pid),
		cmocka_unit_test(test_reaped),	       cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_long_arguments), cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_memfd),	       cmocka_unit_test(test_leader_ended),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
