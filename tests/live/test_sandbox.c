// SPDX-License-Identifier: Apache-2.0
/*
 * test_sandbox - what a tracer is left with while it traces, and what it leaves behind
 */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
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
		live_test(least_privilege),
		live_test(the_command_keeps_its_own),
		live_test(switched_off),
		live_test(nothing_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
