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
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>

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
		live_test(arguments_and_name_rewritten),
		live_test(arguments_written_from_outside),
		live_test(another_file_mounted_over_it),
		live_test(at_the_end_of_a_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
