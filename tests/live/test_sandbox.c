// SPDX-License-Identifier: Apache-2.0
/*
 * test_sandbox - what a tracer is left with while it traces, and what it leaves behind
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

/* CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE. */
#define KEPT	  "0000000000080004"
#define NONE	  "0000000000000000"
#define PROGS_MAX 64

static const char *line_of(const char *text, const char *name)
{
	static char value[64];
	const char *line = strstr(text, name);

	if (!line)
		harness_fail("no %s in %s", name + 1, text);
	line += strlen(name);
	line += strspn(line, " \t");
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"), line);
	return value;
}

/* The agent's own thread reads /proc; those beside it write, and have no capability at all. */
static void check_thread(const char *path, bool agent)
{
	const char *caps = agent ? KEPT : NONE;
	char *text = read_whole(path);

	assert_string_equal(line_of(text, "\nCapPrm:"), caps);
	assert_string_equal(line_of(text, "\nCapEff:"), caps);
	assert_string_equal(line_of(text, "\nCapInh:"), NONE);
	assert_string_equal(line_of(text, "\nCapAmb:"), NONE);
	if (agent)
		assert_string_equal(line_of(text, "\nCapBnd:"), KEPT);
#ifndef __SANITIZE_ADDRESS__
	assert_string_equal(line_of(text, "\nNoNewPrivs:"), "1");
	assert_string_equal(line_of(text, "\nSeccomp:"), "2");
#endif
	free(text);
}

/* Calls back for each file of a folder of a process in /proc. */
static void each_of(pid_t pid, const char *folder,
		    void (*each)(const char *path, const char *name, void *arg), void *arg)
{
	const struct dirent *entry;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, folder);
	dir = opendir(path);
	if (!dir)
		harness_fail("%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/%s/%s", pid, folder, entry->d_name);
		each(path, entry->d_name, arg);
	}
	closedir(dir);
}

struct threads {
	pid_t pid;
	int len;
};

static void check_one(const char *path, const char *name, void *arg)
{
	struct threads *threads = arg;
	char status[600];

	snprintf(status, sizeof(status), "%s/status", path);
	check_thread(status, atoi(name) == threads->pid);
	threads->len++;
}

static int check_threads(pid_t pid)
{
	struct threads threads = { .pid = pid };

	each_of(pid, "task", check_one, &threads);
	return threads.len;
}

static void least_privilege(void **state)
{
	struct harness *h =
		harness_start("-f", "json", "-e", "all", "--log", scratch_path("audit.log"));
	struct command *tiny = command_run(NULL, argv_of(workload("tiny")));

	(void)state;
	harness_wait_event(h, "exit", tiny->pid);
	/* Those that write have begun by now. */
	assert_in_range(check_threads(h->tracer->pid), 2, 16);
	harness_stop_whole(h);
}

/* The command of -- gets what its user has. */
static void the_command_keeps_its_own(void **state)
{
	struct harness *h = harness_start("-f", "json", "--", "sleep", "600");
	struct json_object *exec = harness_wait_event(h, "exec", 0);
	char path[64], *own = read_whole("/proc/self/status"), *text;
	char want[64];

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)field_int(exec, "process.pid"));
	text = read_whole(path);
	snprintf(want, sizeof(want), "%s", line_of(own, "\nCapEff:"));
	assert_string_equal(line_of(text, "\nCapEff:"), want);
	assert_string_equal(line_of(text, "\nNoNewPrivs:"), "0");
	assert_string_equal(line_of(text, "\nSeccomp:"), "0");
	free(own);
	free(text);
}

static void switched_off(void **state)
{
	struct harness *h = harness_start("-f", "json", "--no-sandbox");
	char path[64], *text;

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/status", h->tracer->pid);
	text = read_whole(path);
	assert_string_equal(line_of(text, "\nNoNewPrivs:"), "0");
	assert_string_equal(line_of(text, "\nSeccomp:"), "0");
	assert_string_not_equal(line_of(text, "\nCapEff:"), KEPT);
	free(text);
	harness_stop_whole(h);
}

/* ---- who would end it, look into it, or change it */

static void become_nobody(void)
{
	const uid_t nobody = 65534;

	if (setgroups(0, NULL) < 0 || setresgid(nobody, nobody, nobody) < 0 ||
	    setresuid(nobody, nobody, nobody) < 0)
		_exit(255);
}

/* As root of a container that sees the host's processes, which has less still. */
static void drop_all_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capset, &header, none) < 0)
		_exit(255);
}

static bool is_refused(long result)
{
	return result < 0 && (errno == EPERM || errno == EACCES);
}

/* NULL, or what was not refused. */
static const char *end_it(pid_t pid)
{
	const struct rlimit none = { 0 };
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (!is_refused(kill(pid, SIGKILL)))
		return "kill";
	if (fd < 0 || !is_refused(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0)))
		return "pidfd_send_signal";
	close(fd);
	if (!is_refused(prlimit(pid, RLIMIT_FSIZE, &none, NULL)))
		return "prlimit";
	return NULL;
}

/* Every thread has the same memory, and so would its tracer. */
static void trace_thread(const char *path, const char *name, void *arg)
{
	const char **ret_not_refused = arg;
	char here = 0, file[600];
	struct iovec own = { &here, sizeof(here) };
	/* Whether there is something does not matter: who may not look is not told. */
	struct iovec its = { &here, sizeof(here) };
	pid_t tid = atoi(name);

	snprintf(file, sizeof(file), "%s/mem", path);
	if (!is_refused(open(file, O_RDONLY | O_CLOEXEC)) ||
	    !is_refused(open(file, O_RDWR | O_CLOEXEC)))
		*ret_not_refused = "open of mem";
	if (!is_refused(process_vm_readv(tid, &own, 1, &its, 1, 0)))
		*ret_not_refused = "process_vm_readv";
	if (!is_refused(process_vm_writev(tid, &own, 1, &its, 1, 0)))
		*ret_not_refused = "process_vm_writev";
	if (!is_refused(ptrace(PTRACE_ATTACH, tid, NULL, NULL)))
		*ret_not_refused = "ptrace(PTRACE_ATTACH)";
	if (!is_refused(ptrace(PTRACE_SEIZE, tid, NULL, NULL)))
		*ret_not_refused = "ptrace(PTRACE_SEIZE)";
}

static const char *trace_it(pid_t pid)
{
	const char *not_refused = NULL;

	each_of(pid, "task", trace_thread, &not_refused);
	return not_refused;
}

/* Tries it in a process of its own, which says what was not refused. */
static void check_refused(pid_t pid, void (*become)(void), const char *(*attempt)(pid_t pid))
{
	char what[64] = "";
	const char *not_refused;
	int ends[2], status;
	pid_t child;

	assert_return_code(pipe2(ends, O_CLOEXEC), errno);
	child = fork();
	assert_return_code(child, errno);
	if (child == 0) {
		become();
		not_refused = attempt(pid);
		if (not_refused && write(ends[1], not_refused, strlen(not_refused)) < 0)
			_exit(255);
		_exit(0);
	}
	close(ends[1]);
	assert_return_code(read(ends[0], what, sizeof(what) - 1), errno);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status || what[0])
		harness_fail("%s: status %#x", what[0] ? what : "the attempts", status);
}

static void out_of_reach(void **state)
{
	struct harness *h = harness_start("-f", "json", "--log", scratch_path("audit.log"));
	pid_t pid = h->tracer->pid;

	(void)state;
	/* Its threads are there by then, those without capabilities too. */
	harness_wait_event(h, "exit", command_run(NULL, argv_of(workload("tiny")))->pid);
	check_refused(pid, become_nobody, end_it);
	check_refused(pid, become_nobody, trace_it);
	check_refused(pid, drop_all_capabilities, trace_it);
	harness_wait_event(h, "exit", command_run(NULL, argv_of(workload("tiny")))->pid);
	harness_stop_whole(h);
}

/* Those that a process holds, by their ids. */
struct programs {
	__u32 ids[PROGS_MAX];
	size_t len;
};

static void note_program(const char *path, const char *name, void *arg)
{
	struct programs *programs = arg;
	char *text = read_whole(path);
	const char *line = strstr(text, "\nprog_id:");

	(void)name;
	if (line && programs->len < PROGS_MAX)
		programs->ids[programs->len++] =
			(__u32)strtoul(line + strlen("\nprog_id:"), NULL, 10);
	free(text);
}

static bool is_loaded(__u32 id)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	fd = syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	if (fd < 0)
		return false;
	close((int)fd);
	return true;
}

/* Also when nobody could tidy up. */
static void nothing_stays(void **state)
{
	struct harness *h = harness_start("-f", "json");
	int64_t deadline = clock_ms() + deadline_ms();
	struct programs programs = { .len = 0 };

	(void)state;
	each_of(h->tracer->pid, "fdinfo", note_program, &programs);
	assert_in_range(programs.len, 5, PROGS_MAX);
	for (size_t i = 0; i < programs.len; i++)
		assert_true(is_loaded(programs.ids[i]));
	kill(h->tracer->pid, SIGKILL);
	command_wait(h->tracer, deadline_ms());
	/* The kernel takes them away when nobody can be in them any more. */
	for (size_t i = 0; i < programs.len; i++) {
		while (is_loaded(programs.ids[i])) {
			if (clock_ms() > deadline)
				harness_fail("program %u is still there", programs.ids[i]);
			usleep(1000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(least_privilege), live_test(the_command_keeps_its_own),
		live_test(switched_off),    live_test(out_of_reach),
		live_test(nothing_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
