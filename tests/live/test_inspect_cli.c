// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_cli - exit statuses, messages and output of proctrace inspect, hostile processes
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "inspected.h"
#include "scratch.h"

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
	text = inspect_run(0, "--section", "identity", pid_text(c->pid));
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
	text = inspect_run(0, pid_text(c->pid));
	assert_false(output_holds(text, "hunter2"));
	check_output(text, "[redacted]");
	command_free(text);
	text = inspect_run(0, "--no-redact", pid_text(c->pid));
	check_output(text, "hunter2");
	command_free(text);
	command_end(c);
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
						      pid_text(c->pid)));
		/* Somewhere in the midst of it, sooner or later each time. */
		stream_pump(-1, clock_ms() + i * 8);
		command_free(c);
		status = command_wait(inspect, deadline_ms());
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		ended += WEXITSTATUS(status);
		if (WEXITSTATUS(status) == 1 && inspect->out.len)
			check_output(inspect, "\"ended\":true");
		else if (WEXITSTATUS(status) == 1)
			check_output(inspect, "there is no process");
		command_free(inspect);
	}
	print_message("%d of 20 ended too early\n", ended);
}

static void messages(void **state)
{
	struct command *c;

	(void)state;
	c = inspect_run(1, "2147483647");
	check_output(c, "there is no process 2147483647");
	command_free(c);
	c = inspect_run(1, "99999999999999999999");
	check_output(c, "there is no process 99999999999999999999");
	command_free(c);
	c = inspect_run(1, "no-such-container");
	check_output(c, "no container 'no-such-container' has a process");
	command_free(c);
	c = inspect_run(1, "--proc-root", "/nowhere", "1");
	check_output(c, "cannot read /nowhere");
	command_free(c);
	c = inspect_run(1, "--diff", "1", "2147483647");
	check_output(c, "there is no process");
	assert_int_equal(c->out.len, 0);
	command_free(c);
	/* What was found is printed, whatever was not. */
	c = inspect_run(1, "--section", "identity", "2147483647", pid_text(getpid()));
	check_output(c, "test_inspect");
	command_free(c);
}

struct other {
	int ready[2], leave[2]; /* pipes */
};

static void *be_there(void *arg)
{
	struct other *other = arg;
	pid_t tid = gettid();
	char end;

	if (write(other->ready[1], &tid, sizeof(tid)) == sizeof(tid))
		(void)!read(other->leave[0], &end, 1);
	return NULL;
}

/* A thread has a directory in /proc as well, which is not listed. */
static void thread(void **state)
{
	struct other other;
	pthread_t id;
	pid_t tid;

	(void)state;
	assert_int_equal(pipe(other.ready) | pipe(other.leave), 0);
	assert_int_equal(pthread_create(&id, NULL, be_there, &other), 0);
	assert_int_equal(read(other.ready[0], &tid, sizeof(tid)), sizeof(tid));
	check_output(inspect_run(1, pid_text(tid)), ", only a thread");
	close(other.leave[1]);
	assert_int_equal(pthread_join(id, NULL), 0);
	close(other.leave[0]);
	close(other.ready[0]);
	close(other.ready[1]);
}

static void to_a_file(void **state)
{
	const char *file = scratch_path("out");
	char *text;

	(void)state;
	command_free(inspect_run(0, "-o", file, "--section", "identity", pid_text(getpid())));
	text = read_whole(file);
	assert_non_null(strstr(text, "test_inspect"));
	free(text);
	command_free(
		inspect_run(1, "-o", "/dev/full", "--section", "identity", pid_text(getpid())));
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
	diff = inspect_run(0, "--section", "privileges", "--diff", pid_text(getpid()),
			   pid_text(c->pid));
	check_output(diff, "capabilities / effective\n    only A  CAP_CHOWN");
	check_output(diff, "ids / effective");
	command_free(diff);
	diff = inspect_run(0, "-f", "json", "--section", "namespaces", "--diff", pid_text(getpid()),
			   pid_text(c->pid));
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
		live_test(hostile_names), live_test(comm_with_parentheses),
		live_test(secrets),	  live_test(ends_meanwhile),
		live_test(messages),	  live_test(thread),
		live_test(to_a_file),	  live_test(difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
