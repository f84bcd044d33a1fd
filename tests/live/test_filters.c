// SPDX-License-Identifier: Apache-2.0
/*
 * test_filters - which events are shown
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

static const char *own_pid(void)
{
	static char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return pid;
}

/* Fails if some event is not of one of these pids. */
static void check_only(struct harness *h, pid_t a, pid_t b)
{
	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++) {
		int64_t pid = field_int(h->events[i], "process.pid");

		/* A container's own events have no process. */
		check_that(h->events[i], pid == INT64_MIN || pid == a || pid == b);
	}
}

static struct command *run_tiny(const char *cgroup, const char *arg)
{
	const char *cgroups[2] = { cgroup };
	struct command_options options = { .cgroups = cgroup ? cgroups : NULL };

	return command_run(&options, argv_of(workload("tiny"), arg));
}

/* Two ids that begin alike. */
struct near_ids {
	char a[65], b[65], prefix_of_a[24], prefix_of_both[16], not_a[66];
};

static struct near_ids make_near_ids(void)
{
	struct near_ids ids;

	strcpy(ids.a, container_id('a'));
	strcpy(ids.b, ids.a);
	ids.b[20] = 'b';
	snprintf(ids.prefix_of_a, sizeof(ids.prefix_of_a), "%.21s", ids.a);
	snprintf(ids.prefix_of_both, sizeof(ids.prefix_of_both), "%.12s", ids.a);
	snprintf(ids.not_a, sizeof(ids.not_a), "!%s", ids.a);
	return ids;
}

static void by_container(void **state)
{
	const char *controller = cgroup_mount("") ? "" : "pids";
	struct near_ids ids = make_near_ids();
	const char *a = cgroup_make_docker(controller, ids.a);
	const char *b = cgroup_make_docker(controller, ids.b);
	struct harness *only_a = harness_start("-f", "json", "-c", ids.prefix_of_a);
	struct harness *both = harness_start("-f", "json", "-c", ids.prefix_of_both);
	struct harness *neither = harness_start_own("--host");
	struct harness *any = harness_start_own("--containers");
	struct harness *not_a = harness_start_own("-c", ids.not_a);
	struct command *in_a = run_tiny(a, "a"), *in_b = run_tiny(b, "b");
	struct command *outside = run_tiny(NULL, "outside");

	(void)state;
	harness_wait_event(only_a, "exit", in_a->pid);
	harness_wait_event(both, "exit", in_b->pid);
	harness_wait_event(neither, "exit", outside->pid);
	harness_wait_event(any, "exit", in_b->pid);
	harness_wait_event(not_a, "exit", outside->pid);
	assert_int_equal(harness_stop(only_a), 0);
	assert_int_equal(harness_stop(both), 0);
	assert_int_equal(harness_stop(neither), 0);
	assert_int_equal(harness_stop(any), 0);
	assert_int_equal(harness_stop(not_a), 0);
	check_only(only_a, in_a->pid, 0);
	check_only(both, in_a->pid, in_b->pid);
	check_only(any, in_a->pid, in_b->pid);
	assert_non_null(harness_find(both, "exec", in_a->pid));
	assert_null(harness_find(neither, "exit", in_a->pid));
	assert_null(harness_find(neither, "exit", in_b->pid));
	assert_null(harness_find(not_a, "exit", in_a->pid));
	assert_non_null(harness_find(not_a, "exit", in_b->pid));
}

static void wait_for_message(struct harness *h, const char *message)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (!strstr(h->tracer->err.data, message)) {
		if (!stream_pump(-1, deadline) && clock_ms() >= deadline)
			harness_fail("it does not say \"%s\"", message);
	}
}

/* A container that is not there yet: it says so, and waits. */
static void by_a_container_to_come(void **state)
{
	struct harness *h = harness_start("-f", "json", "-c", "no-such-container-yet");

	(void)state;
	wait_for_message(h, "no such container yet, waiting: no-such-container-yet");
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(h->events_len, 0);
}

/* This program and what descends from it, also if the tracer came later than the process. */
static void by_pid(void **state)
{
	struct command *hold = command_start(&(struct command_options){ .input = true },
					     argv_of(workload("hold")));
	struct command *other;
	struct harness *h;
	char pid[16];

	(void)state;
	command_wait_lines(hold, 1);
	snprintf(pid, sizeof(pid), "%d", hold->pid);
	h = harness_start("-f", "json", "-e", "fork,exec,exit", "-p", pid);
	other = run_tiny(NULL, "other");
	command_tell(hold, "");
	command_tell(hold, "");
	command_wait_lines(hold, 3);
	command_end(hold);
	harness_wait_event(h, "exit", (pid_t)strtol(pid, NULL, 10));
	assert_int_equal(harness_stop(h), 0);
	assert_null(harness_find(h, NULL, other->pid));
	assert_int_equal(harness_count(h, "fork", 0), 2);
	assert_int_equal(harness_count(h, "exit", 0), 3);
}

static void by_user_name_and_line(void **state)
{
	struct harness *user = harness_start_own("-u", "nobody");
	struct harness *id = harness_start_own("-u", "65534");
	struct harness *name = harness_start_own("-n", "named*");
	struct harness *line = harness_start_own("-l", "un(usual|known) argument$");
	struct harness *and = harness_start_own("-n", "named-a", "-l", "unusual");
	struct command *as_nobody, *named, *both;
	const char *path = scratch_copy(workload("tiny"), "named-a");

	(void)state;
	as_nobody = command_run(&(struct command_options){ .uid = 65534 },
				argv_of(workload("tiny"), "x"));
	named = command_run(NULL, argv_of(path, "y"));
	both = command_run(NULL, argv_of(path, "unusual argument"));
	harness_wait_event(user, "exit", as_nobody->pid);
	harness_wait_event(id, "exit", as_nobody->pid);
	harness_wait_event(name, "exit", both->pid);
	harness_wait_event(line, "exit", both->pid);
	harness_wait_event(and, "exit", both->pid);
	check_only(user, as_nobody->pid, 0);
	check_only(id, as_nobody->pid, 0);
	check_only(name, named->pid, both->pid);
	check_only(line, both->pid, 0);
	check_only(and, both->pid, 0);
	assert_non_null(harness_find(name, "exec", named->pid));
}

/* Who logged in, whoever they are by now. */
static void by_login(void **state)
{
	struct harness *h = harness_start_own("--login", "54321");
	char script[512];
	struct command *c;

	(void)state;
	snprintf(script, sizeof(script), "echo 54321 >/proc/self/loginuid && exec %s logged-in",
		 workload("tiny"));
	c = command_start(NULL, argv_of("sh", "-c", script));
	if (command_wait(c, deadline_ms()) != 0)
		harness_skip("this kernel has no login uid: %s", c->err.data);
	check_str(harness_wait_event(h, "exit", c->pid), "proctrace.login.user.id", "54321");
	run_tiny(NULL, "not logged in");
	harness_stop_whole(h);
	check_only(h, c->pid, 0);
}

static void by_kind(void **state)
{
	struct harness *exec = harness_start_own("-e", "exec");
	struct harness *fork = harness_start_own("-e", "fork");
	struct harness *but = harness_start_own("-e", "!exit");
	struct harness *usual = harness_start_own();
	struct command *c = run_tiny(NULL, "x");

	(void)state;
	harness_wait_event(exec, "exec", c->pid);
	harness_wait_event(fork, "fork", c->pid);
	harness_wait_event(but, "exec", c->pid);
	harness_wait_event(usual, "exit", c->pid);
	harness_stop_whole(exec);
	harness_stop_whole(fork);
	harness_stop_whole(but);
	harness_stop_whole(usual);
	assert_int_equal(harness_count(exec, NULL, c->pid), 1);
	assert_int_equal(harness_count(exec, "exec", 0), exec->events_len);
	assert_int_equal(harness_count(fork, NULL, c->pid), 1);
	assert_int_equal(harness_count(fork, "fork", 0), fork->events_len);
	assert_null(harness_find(but, "exit", c->pid));
	assert_int_equal(harness_count(usual, "exec", c->pid), 1);
	assert_int_equal(harness_count(usual, NULL, c->pid), 2);
}

static void by_end(void **state)
{
	struct harness *bad = harness_start_own("--ended", "nonzero,signal", "-e", "exit");
	struct harness *killed = harness_start_own("--ended", "signal", "-e", "exit");
	struct command *three, *term, *fine;

	(void)state;
	fine = run_tiny(NULL, "x");
	three = command_start(NULL, argv_of(workload("die"), "exit", "3"));
	term = command_start(NULL, argv_of(workload("die"), "signal", "15"));
	command_wait(three, deadline_ms());
	command_wait(term, deadline_ms());
	harness_wait_event(bad, "exit", three->pid);
	harness_wait_event(bad, "exit", term->pid);
	harness_wait_event(killed, "exit", term->pid);
	harness_stop_whole(bad);
	harness_stop_whole(killed);
	check_only(bad, three->pid, term->pid);
	check_only(killed, term->pid, 0);
	assert_null(harness_find(bad, NULL, fine->pid));
}

/* Signals that kill or stop are shown if they cross users. */
static void signals_across_users(void **state)
{
	struct harness *h = harness_start_own("-e", "signal");
	struct command *c = command_start(&(struct command_options){ .uid = 65534, .input = true },
					  argv_of(workload("hold")));
	struct json_object *event;

	(void)state;
	command_wait_lines(c, 1);
	kill(c->pid, SIGUSR1);
	command_wait(c, deadline_ms());
	event = harness_wait_event(h, "signal", getpid());
	check_str(event, "proctrace.signal.name", "SIGUSR1");
	check_int(event, "proctrace.signal.target.pid", c->pid);
	check_str(event, "proctrace.signal.target.user.id", "65534");
	harness_stop_whole(h);
}

static bool is_pid_process(struct json_object *event, const void *pid)
{
	return field_int(event, "process.pid") == *(const pid_t *)pid &&
	       !strcmp(field_str(event, "event.action"), "process");
}

static void processes_that_ran_already(void **state)
{
	struct command *c = command_start(&(struct command_options){ .input = true },
					  argv_of(workload("hold"), "an argument"));
	pid_t pid = c->pid;
	struct harness *h;
	struct json_object *event;
	const char *identity;

	(void)state;
	command_wait_lines(c, 1);
	h = harness_start("-f", "json", "--existing", "-p", own_pid());
	event = harness_wait_where(h, is_pid_process, &pid);
	check_args(event, argv_of(workload("hold"), "an argument"));
	check_int(event, "process.parent.pid", getpid());
	check_str(event, "event.kind", "state");
	identity = field_str(event, "process.entity_id");
	command_end(c);
	/* The identity does not change, though it began before the tracer. */
	check_str(harness_wait_event(h, "exit", pid), "process.entity_id", identity);
	assert_int_equal(harness_count(h, "process", pid), 1);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_container),
		live_test(by_a_container_to_come),
		live_test(by_pid),
		live_test(by_user_name_and_line),
		live_test(by_login),
		live_test(by_kind),
		live_test(by_end),
		live_test(signals_across_users),
		live_test(processes_that_ran_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
