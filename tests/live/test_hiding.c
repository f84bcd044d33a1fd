// SPDX-License-Identifier: Apache-2.0
/*
 * test_hiding - what a process does so that others take it for another one
 *
 * What ran is what the kernel was asked to run: it is recorded before the program's first
 * instruction, and what is changed afterwards changes nothing of it. (Lives of under a
 * millisecond: test_short; losses by storm: test_lost, test_rate; forged cgroups: test_forged;
 * programs from memory and deleted ones: test_exec.)
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

#define DEEP 4000 /* bytes of a path that is as long as a path can be (PATH_MAX), nearly */

static void check_what_ran(struct harness *h, struct command *c, const char *const args[])
{
	struct json_object *event = harness_wait_event(h, "exec", c->pid);
	pid_t pid = c->pid;

	check_args(event, args);
	check_str(event, "process.name", "mask");
	command_end(c);
	event = harness_wait_event(h, "exit", pid);
	/* The name is that of now, the arguments are those it was executed with. */
	check_str(event, "process.name", "innocent");
	check_args(event, args);
}

static struct command *start_mask(const char *const args[])
{
	struct command *c = command_start(&(struct command_options){ .input = true }, args);

	command_wait_lines(c, 1);
	return c;
}

static void arguments_and_name_rewritten(void **state)
{
	struct harness *h = harness_start_own();
	const char *const *args = argv_of(workload("mask"), "--evil", "http://example.invalid");

	(void)state;
	check_what_ran(h, start_mask(args), args);
	harness_stop_whole(h);
}

/* By somebody else, into its memory. */
static void arguments_written_from_outside(void **state)
{
	struct harness *h = harness_start_own();
	const char *const *args = argv_of(workload("mask"), "--evil");
	struct command *c = start_mask(args);
	struct json_object *facts = command_facts(c);
	char lie[] = "lie";
	struct iovec from = { lie, sizeof(lie) }, to = {
		.iov_base = (void *)(uintptr_t)field_int(facts, "args_at"),
		.iov_len = sizeof(lie),
	};

	(void)state;
	if (process_vm_writev(c->pid, &from, 1, &to, 1, 0) != sizeof(lie))
		harness_fail("process_vm_writev: %s", strerror(errno));
	json_object_put(facts);
	check_what_ran(h, c, args);
	harness_stop_whole(h);
}

/* Of field 48 of /proc/<pid>/stat, arg_start (proc_pid_stat(5)). */
static unsigned long args_at(pid_t pid)
{
	char path[64], *text, *at;
	unsigned long address;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = read_whole(path);
	at = strrchr(text, ')');
	for (int field = 2; at && field < 48; field++)
		at = strchr(at + 1, ' ');
	address = at ? strtoul(at, NULL, 10) : 0;
	free(text);
	return address;
}

/* A program that its parent traces stops before its first instruction. */
static pid_t start_traced(const char *const args[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		harness_fail("cannot trace: %s", strerror(errno));
	return pid;
}

/* By who traces it, before it runs at all. */
static void arguments_written_by_ptrace(void **state)
{
	struct harness *h = harness_start_own();
	const char *const *args = argv_of(workload("tiny"), "--evil");
	pid_t pid = start_traced(args);
	unsigned long at = args_at(pid);
	char *text, path[64];
	int status;

	(void)state;
	if (!at || ptrace(PTRACE_POKEDATA, pid, at, 0L) < 0)
		harness_fail("cannot write its arguments: %s", strerror(errno));
	/* Whoever looks now sees that. */
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	text = read_whole(path);
	assert_string_not_equal(text, args[0]);
	free(text);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	check_args(harness_wait_event(h, "exec", pid), args);
	check_args(harness_wait_event(h, "exit", pid), args);
	harness_stop_whole(h);
}

/* Its path shows another file by now. */
static void another_file_mounted_over_it(void **state)
{
	struct harness *h = harness_start_own();
	const char *program = scratch_copy(workload("mask"), "program");
	const char *const *args = argv_of(program, "a");
	struct stat real;
	struct json_object *event;
	struct command *c;

	(void)state;
	if (stat(program, &real) < 0)
		harness_fail("%s: %s", program, strerror(errno));
	c = start_mask(args);
	if (mount("/bin/true", program, NULL, MS_BIND, NULL) < 0)
		harness_fail("mount: %s", strerror(errno));
	event = harness_wait_event(h, "exec", c->pid);
	umount2(program, MNT_DETACH);
	check_str(event, "process.executable", program);
	check_int(event, "proctrace.file.inode", (int64_t)real.st_ino);
	check_args(event, args);
	command_end(c);
	harness_stop_whole(h);
}

/* A path so long that only parts of it can be named at once. */
static void at_the_end_of_a_long_path(void **state)
{
	struct harness *h = harness_start_own();
	char name[DEEP] = "";
	const char *program;
	struct json_object *event;
	struct command *c;
	size_t room = sizeof(name) - strlen(scratch()) - 64;

	(void)state;
	while (strlen(name) + 202 < room) {
		memset(name + strlen(name), 'd', 200);
		strcat(name, "/");
	}
	strcat(name, "program");
	program = scratch_copy(workload("tiny"), name);
	c = command_run(NULL, argv_of(program));
	event = harness_wait_event(h, "exec", c->pid);
	check_str(event, "process.executable", program);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(arguments_and_name_rewritten), live_test(arguments_written_from_outside),
		live_test(arguments_written_by_ptrace),	 live_test(another_file_mounted_over_it),
		live_test(at_the_end_of_a_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
