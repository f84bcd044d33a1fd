// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect - processes without a container, against lsns, capsh, ps, nsenter
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compared.h"
#include "harness.h"
#include "inspected.h"
#include "scratch.h"

/* Runs inspect to its end, which must be with this exit status. The caller's to command_free(). */
static struct command *run_to(int want, const struct command_options *options,
			      const char *const args[])
{
	const char *argv[16] = { proctrace(), "inspect" };
	struct command *c;
	int status;

	for (size_t i = 0; i < 13 && args[i]; i++)
		argv[i + 2] = args[i];
	c = command_start(options, argv);
	status = command_wait(c, deadline_ms());
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
		harness_fail("inspect %s …: status %#x, not exit %d; it printed:\n%s%s", args[0],
			     status, want, c->out.data, c->err.data);
	return c;
}

#define run(want, ...) run_to(want, NULL, argv_of(__VA_ARGS__))

static const char *number(pid_t pid)
{
	static char text[4][16];
	static unsigned int next;

	snprintf(text[next % 4], sizeof(text[0]), "%d", pid);
	return text[next++ % 4];
}

static bool holds(const struct stream *s, const char *text)
{
	return s->len && memmem(s->data, s->len, text, strlen(text));
}

static void check_holds(const struct command *c, const char *text)
{
	if (!holds(&c->out, text) && !holds(&c->err, text))
		harness_fail("'%s' is not in:\n%s%s", text, c->out.data, c->err.data);
}

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
				       number(pid), "sh", "-c", "cat /proc/self/uid_map"));
	check_holds(id, "7"); /* the map as it is seen from inside */
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
	c = run(0, "2");
	check_holds(c, "none (a kernel thread)");
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
	command_free(run(0, number(pid)));
	waitpid(pid, NULL, 0);
	command_free(run(1, number(pid)));
}

/* Its name would end the name in stat, its arguments the terminal's patience. */
static void hostile_names(void **state)
{
	struct command *c = command_start(&(struct command_options){ .input = true,
								     .program = workload("hold") },
					  argv_of("a) R (\n", "\033]0;title\007", "\xff"));
	struct json_object *identity;
	struct command *text;

	(void)state;
	command_wait_lines(c, 1);
	text = run(0, "--section", "identity", number(c->pid));
	for (size_t i = 0; i < text->out.len; i++)
		if ((unsigned char)text->out.data[i] < ' ' && text->out.data[i] != '\n')
			harness_fail("a control character reached the terminal:\n%s",
				     text->out.data);
	identity = inspected(c->pid, "identity", NULL);
	check_str(identity, "state", "sleeping");
	check_str(identity, "arguments[1]", "\033]0;title\007");
	check_str(identity, "arguments[2]", "\\xff");
	check_str(identity, "escaped[0]", "arguments");
	json_object_put(identity);
	command_free(text);
	command_end(c);
}

static void comm_with_parentheses(void **state)
{
	struct json_object *identity;

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, "x) Z (1\n2"), 0);
	identity = inspected(getpid(), "identity", NULL);
	check_str(identity, "name", "x) Z (1\n2");
	check_that(identity, strcmp(field_str(identity, "state"), "zombie") != 0);
	json_object_put(identity);
	assert_int_equal(prctl(PR_SET_NAME, "test_inspect"), 0);
}

/* Secrets in arguments stay where they are, unless they are asked for. */
static void secrets(void **state)
{
	struct command *c = command_start(&(struct command_options){ .input = true },
					  argv_of(workload("hold"), "--password=hunter2")),
		       *text;

	(void)state;
	command_wait_lines(c, 1);
	text = run(0, number(c->pid));
	assert_false(holds(&text->out, "hunter2"));
	check_holds(text, "[redacted]");
	command_free(text);
	text = run(0, "--no-redact", number(c->pid));
	check_holds(text, "hunter2");
	command_free(text);
	command_end(c);
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
	c = run_to(0, &options,
		   argv_of("--section", "identity,namespaces,privileges,verdict",
			   number(own->pid)));
	check_holds(c, workload("hold"));
	check_holds(c, "dumpable");
	assert_false(holds(&c->out, "not known: denied"));
	command_free(c);
	c = run_to(0, &options, argv_of("1"));
	check_holds(c, "not known: denied");
	command_free(c);
	command_end(own);
}

/* Many that end while they are read: an answer or "gone", never a crash or another's facts. */
static void ends_meanwhile(void **state)
{
	int ended = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct command *c = command_start(&(struct command_options){ .input = true },
						  argv_of(workload("hold"))),
			       *inspect;
		int status;

		command_wait_lines(c, 1);
		inspect = command_start(NULL, argv_of(proctrace(), "inspect", "-f", "json",
						      number(c->pid)));
		/* Somewhere in the midst of it, sooner or later each time. */
		stream_pump(-1, clock_ms() + i * 2);
		command_free(c);
		status = command_wait(inspect, deadline_ms());
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		ended += WEXITSTATUS(status);
		if (WEXITSTATUS(status) == 1 && inspect->out.len)
			check_holds(inspect, "\"ended\":true");
		else if (WEXITSTATUS(status) == 1)
			check_holds(inspect, "there is no process");
		command_free(inspect);
	}
	print_message("%d of 20 ended too early\n", ended);
}

static void messages(void **state)
{
	struct command *c;

	(void)state;
	c = run(1, "2147483647");
	check_holds(c, "there is no process 2147483647");
	command_free(c);
	c = run(1, "99999999999999999999");
	check_holds(c, "there is no process 99999999999999999999");
	command_free(c);
	c = run(1, "no-such-container");
	check_holds(c, "no container 'no-such-container' has a process");
	command_free(c);
	c = run(1, "--proc-root", "/nowhere", "1");
	check_holds(c, "cannot read /nowhere");
	command_free(c);
	/* The thread of a process is no process. */
	c = run(1, "--diff", "1", "2147483647");
	check_holds(c, "there is no process");
	assert_int_equal(c->out.len, 0);
	command_free(c);
	/* What was found is printed, whatever was not. */
	c = run(1, "--section", "identity", "2147483647", number(getpid()));
	check_holds(c, "test_inspect");
	command_free(c);
}

static void to_a_file(void **state)
{
	const char *file = scratch_path("out");
	char *text;

	(void)state;
	command_free(run(0, "-o", file, "--section", "identity", number(getpid())));
	text = read_whole(file);
	assert_non_null(strstr(text, "test_inspect"));
	free(text);
	command_free(run(1, "-o", "/dev/full", "--section", "identity", number(getpid())));
}

/* Why can this process and not that one? */
static void difference(void **state)
{
	struct command *c = command_start(&(struct command_options){ .input = true, .uid = 65534 },
					  argv_of(workload("hold"))),
		       *diff;
	struct json_object *facts;

	(void)state;
	command_wait_lines(c, 1);
	diff = run(0, "--section", "privileges", "--diff", number(getpid()), number(c->pid));
	check_holds(diff, "capabilities / effective\n    only A  CAP_CHOWN");
	check_holds(diff, "ids / effective");
	command_free(diff);
	diff = run(0, "-f", "json", "--section", "namespaces", "--diff", number(getpid()),
		   number(c->pid));
	facts = command_facts(diff);
	check_int(facts, "a", getpid());
	check_int(facts, "b", c->pid);
	assert_int_equal(rows_of(facts, "differences"), 0);
	json_object_put(facts);
	command_free(diff);
	command_end(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(of_the_host),	   live_test(apart),
		live_test(ids_inside),	   live_test(names_inside),
		live_test(kernel_thread),  live_test(zombie),
		live_test(hostile_names),  live_test(comm_with_parentheses),
		live_test(secrets),	   live_test(ordinary_user),
		live_test(ends_meanwhile), live_test(messages),
		live_test(to_a_file),	   live_test(difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
