// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect - processes without a container, against lsns, capsh, ps, nsenter
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compared.h"
#include "harness.h"
#include "inspected.h"
#include "scratch.h"

/* A process of the host like any other: this one. */
static void of_the_host(void **state)
{
	struct json_object *namespaces = inspected(getpid(), "namespaces", NULL);
	struct json_object *privileges = inspected(getpid(), "privileges", NULL);
	struct json_object *identity = inspected(getpid(), "identity", NULL);
	struct json_object *verdict = inspected(getpid(), "verdict", NULL);

	(void)state;
	compare_namespaces(getpid(), namespaces);
	compare_capabilities(getpid(), privileges);
	compare_process(getpid(), identity, privileges);
	check_str(verdict, "level", "host");
	check_that(verdict, row_of(verdict, "reaches", "what", "/") != NULL);
	json_object_put(namespaces);
	json_object_put(privileges);
	json_object_put(identity);
	json_object_put(verdict);
}

/* The process that unshare(1) started, once it runs. */
static pid_t child_of(struct command *c)
{
	char path[64], text[32] = "";
	int64_t deadline = clock_ms() + deadline_ms();

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", c->pid, c->pid);
	while (!strtol(text, NULL, 10)) {
		FILE *f = fopen(path, "re");

		if (f && !fgets(text, sizeof(text), f))
			text[0] = '\0';
		if (f)
			fclose(f);
		if (clock_ms() >= deadline)
			harness_fail("%d has no child", c->pid);
		stream_pump(-1, clock_ms() + 10);
	}
	return (pid_t)strtol(text, NULL, 10);
}

static struct command *start_apart(const char *const argv[])
{
	struct command *c = command_start(&(struct command_options){ .input = true }, argv);

	command_wait_lines(c, 1); /* hold says that it runs */
	return c;
}

/* One that made namespaces for itself, with ids of its own. */
static void apart(void **state)
{
	struct command *c =
		start_apart(argv_of("unshare", "--user", "--map-root-user", "--pid", "--fork",
				    "--mount", "--net", "--uts", workload("hold")));
	pid_t pid = child_of(c);
	struct json_object *namespaces = inspected(pid, "namespaces", NULL);
	struct json_object *privileges = inspected(pid, "privileges", NULL);
	struct json_object *verdict = inspected(pid, "verdict", NULL);

	(void)state;
	compare_namespaces(pid, namespaces);
	compare_capabilities(pid, privileges);
	check_str(namespaces, "list[0].type", "pid");
	check_str(namespaces, "list[0].whose", "its own");
	/* unshare itself waits in the network that it made. */
	check_str(row_of(namespaces, "list", "type", "net"), "whose", "shared");
	check_that(namespaces,
		   has_process(row_of(namespaces, "list", "type", "net"), "processes", c->pid));
	check_str(row_of(namespaces, "list", "type", "ipc"), "whose", "host's");
	check_int(namespaces, "user.level", 1);
	check_int(namespaces, "user.owner_uid", 0);
	check_int(namespaces, "user.uid_map[0].inside", 0);
	check_int(namespaces, "user.uid_map[0].outside", 0);
	check_int(namespaces, "user.uid_map[0].count", 1);
	check_str(namespaces, "user.setgroups", "deny");
	check_str(verdict, "level", "partly contained");
	check_that(verdict, row_of(verdict, "separated", "what", "network") != NULL);
	check_that(verdict, row_of(verdict, "shared", "what", "IPC") != NULL);
	check_absent(verdict, "may"); /* what it may do it may do in its own user namespace */
	json_object_put(namespaces);
	json_object_put(privileges);
	json_object_put(verdict);
	command_end(c);
}

/* Ids of a user other than root, as nsenter sees them from inside. */
static void ids_inside(void **state)
{
	struct command *c =
		command_start(&(struct command_options){ .input = true, .uid = 65534 },
			      argv_of("unshare", "--user", "--map-user=7", workload("hold")));
	struct json_object *privileges, *namespaces;
	struct command *id;
	pid_t pid;

	(void)state;
	command_wait_lines(c, 1);
	pid = c->pid;
	privileges = inspected(pid, "privileges", NULL);
	namespaces = inspected(pid, "namespaces", NULL);
	id = command_run(NULL, argv_of("nsenter", "--user", "--preserve-credentials", "-t",
				       pid_text(pid), "sh", "-c", "cat /proc/self/uid_map"));
	check_output(id, "7"); /* the map as it is seen from inside */
	check_int(privileges, "ids[1].uid", 65534);
	check_int(namespaces, "user.uid_map[0].inside", 7);
	check_int(namespaces, "user.uid_map[0].outside", 65534);
	check_int(namespaces, "user.owner_uid", 65534);
	command_free(id);
	json_object_put(privileges);
	json_object_put(namespaces);
	command_end(c);
}

/* Names inside are those of its own root, and nothing there holds inspect up. */
static void names_inside(void **state)
{
	const char *root = scratch_path("root");
	struct json_object *privileges;
	struct command *c;

	(void)state;
	scratch_write("root/etc/passwd", "within:x:0:0::/:/bin/sh\n", 0644);
	scratch_write("root/etc/other", "outside:x:0:\n", 0644);
	assert_int_equal(symlink("/etc/other", scratch_path("root/etc/group")), 0);
	scratch_copy(workload("hold"), "root/hold");
	c = start_apart(argv_of("chroot", root, "/hold"));
	privileges = inspected(c->pid, "privileges", NULL);
	check_str(privileges, "ids[1].user_inside", "within");
	check_int(privileges, "ids[1].uid_inside", 0);
	check_absent(privileges, "ids[1].group_inside");
	check_str(privileges, "missing.groups_inside", "ELOOP");
	json_object_put(privileges);
	assert_int_equal(unlink(scratch_path("root/etc/passwd")), 0);
	assert_int_equal(mkfifo(scratch_path("root/etc/passwd"), 0644), 0);
	privileges = inspected(c->pid, "privileges", NULL);
	check_absent(privileges, "ids[1].user_inside");
	check_str(privileges, "missing.users_inside", "ENODEV");
	json_object_put(privileges);
	command_end(c);
}

static void kernel_thread(void **state)
{
	struct json_object *identity, *verdict;
	struct command *c;

	(void)state;
	identity = inspected(2, "identity", NULL);
	check_true(identity, "kernel_thread");
	check_str(identity, "name", "kthreadd");
	check_that(identity, field_find(identity, "executable") == NULL);
	verdict = inspected(2, "verdict", NULL);
	check_str(verdict, "level", "kernel");
	check_absent(verdict, "shared");
	c = inspect_run(0, "2");
	check_output(c, "none (a kernel thread)");
	command_free(c);
	json_object_put(identity);
	json_object_put(verdict);
}

static void zombie(void **state)
{
	pid_t pid = fork();
	struct json_object *identity;
	siginfo_t info;

	(void)state;
	if (pid == 0)
		_exit(0);
	/* It has ended, and nobody has asked how. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	identity = inspected(pid, "identity", NULL);
	check_str(identity, "state", "zombie");
	check_absent(identity, "missing");
	json_object_put(identity);
	command_free(inspect_run(0, pid_text(pid)));
	waitpid(pid, NULL, 0);
	command_free(inspect_run(1, pid_text(pid)));
}

/* An ordinary user: all of one's own, and of others what may be read, with the reasons. */
static void ordinary_user(void **state)
{
	const struct command_options options = { .uid = 65534 };
	struct command *own = command_start(&(struct command_options){ .uid = 65534,
								       .input = true },
					    argv_of(workload("hold"))),
		       *c;

	(void)state;
	command_wait_lines(own, 1);
	c = inspect_to(0, &options,
		       argv_of("--section", "identity,privileges", pid_text(own->pid)));
	check_output(c, workload("hold"));
	check_output(c, "dumpable");
	if (output_holds(c, "not known: denied"))
		harness_fail("one's own is denied:\n%s", c->out.data);
	command_free(c);
	/* On most kernels only root can tell which mounts and network are the host's. */
	c = inspect_to(0, &options, argv_of("--section", "namespaces,verdict", pid_text(own->pid)));
	check_output(c, "the host's user namespace");
	command_free(c);
	c = inspect_to(0, &options, argv_of("1"));
	check_output(c, "not known: denied");
	command_free(c);
	command_end(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(of_the_host),	  live_test(apart),	    live_test(ids_inside),
		live_test(names_inside),  live_test(kernel_thread), live_test(zombie),
		live_test(ordinary_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
