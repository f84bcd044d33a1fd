// SPDX-License-Identifier: Apache-2.0
/*
 * test_isolated - processes in namespaces of their own that no runtime made
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static const char tiny_arg[] = "within";

static bool is_within(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");
	const char *first = field_str(event, "process.args[1]");

	return action && !strcmp(action, arg) && first && !strcmp(first, tiny_arg);
}

/* The program with tiny at its end; the exec and the exit of tiny are of a group made by it. */
static void check_made(const char *const argv[], const char *by, const char *name)
{
	struct harness *h = harness_start_own("-e", "exec,exit,fork,unshare");
	struct command *c = command_run(NULL, argv);
	struct json_object *exec = harness_wait_where(h, is_within, "exec");
	struct json_object *exit = harness_wait_where(h, is_within, "exit");

	check_str(exec, "proctrace.isolated.by", by);
	check_str(exec, "proctrace.isolated.name", name);
	check_str(exec, "proctrace.isolated.maker.name", name);
	check_int(exec, "proctrace.isolated.maker.pid", c->pid);
	check_that(exec, field_int(exec, "proctrace.isolated.ns") > 0);
	check_str(exit, "proctrace.isolated.name", name);
	check_int(exit, "proctrace.isolated.ns", field_int(exec, "proctrace.isolated.ns"));
	check_absent(exec, "container");
	check_absent(harness_wait_event(h, "exit", c->pid), "container");
	harness_stop_whole(h);
}

static void by_unshare(void **state)
{
	(void)state;
	check_made(argv_of("unshare", "--mount", workload("tiny"), tiny_arg), "mnt", "unshare");
	check_made(argv_of("unshare", "--user", workload("tiny"), tiny_arg), "user", "unshare");
	check_made(argv_of("unshare", "--pid", "--fork", workload("tiny"), tiny_arg), "pid",
		   "unshare");
	check_made(argv_of("unshare", "--pid", "--fork", "--mount", "--net", workload("tiny"),
			   tiny_arg),
		   "pid", "unshare");
}

/* A network or a host name alone is what many a service has. */
static void not_by_less(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c = command_run(NULL, argv_of("unshare", "--net", "--uts", "--ipc",
						      workload("tiny"), tiny_arg));
	struct json_object *exec = harness_wait_where(h, is_within, "exec");

	(void)state;
	check_absent(exec, "proctrace.isolated");
	check_str(exec, "proctrace.ns.isolated[0]", "net");
	harness_wait_event(h, "exit", c->pid);
	harness_stop_whole(h);
}

static void need_bubblewrap(void)
{
	if (access("/usr/bin/bwrap", X_OK) != 0)
		harness_skip("no bwrap here: install bubblewrap");
}

#define BUBBLEWRAP(...) \
	argv_of("bwrap", "--dev-bind", "/", "/", "--unshare-pid", "--unshare-ipc", __VA_ARGS__)

static bool is_first(struct json_object *event, const void *action)
{
	return !strcmp(field_str(event, "event.action"), action) &&
	       field_int(event, "process.vpid") == 1;
}

static void check_group(struct json_object *event, const char *name, int64_t ns)
{
	check_str(event, "proctrace.isolated.by", "pid");
	if (name)
		check_str(event, "proctrace.isolated.name", name);
	else
		check_absent(event, "proctrace.isolated.name");
	check_int(event, "proctrace.isolated.ns", ns);
	check_absent(event, "container");
}

/* Its own first process, which waits for the others, and one that is gone in no time. */
static void by_bubblewrap(void **state)
{
	struct harness *h;
	struct json_object *exec, *first;
	struct command *c;
	int64_t ns;

	(void)state;
	need_bubblewrap();
	h = harness_start_own("-e", "exec,exit,fork,unshare");
	c = command_run(NULL, BUBBLEWRAP(workload("tiny"), tiny_arg));
	exec = harness_wait_where(h, is_within, "exec");
	ns = field_int(exec, "proctrace.isolated.ns");
	check_group(exec, "bwrap", ns);
	check_int(exec, "proctrace.isolated.maker.pid", c->pid);
	check_int(exec, "process.vpid", 2);
	check_group(harness_wait_where(h, is_within, "exit"), "bwrap", ns);
	first = harness_wait_where(h, is_first, "fork");
	check_group(first, "bwrap", ns);
	check_int(first, "process.parent.pid", c->pid);
	check_group(harness_wait_where(h, is_first, "exit"), "bwrap", ns);
	check_absent(harness_wait_event(h, "exit", c->pid), "proctrace.isolated");
	harness_stop_whole(h);
}

static bool is_hold(struct json_object *event, const void *action)
{
	return !strcmp(field_str(event, "event.action"), action) &&
	       !strcmp(field_str(event, "process.name"), "hold");
}

static bool is_setns(struct json_object *event, const void *type)
{
	const char *got = field_str(event, "proctrace.ns_change[0].type");

	return got && !strcmp(field_str(event, "event.action"), "setns") && !strcmp(got, type);
}

/* From outside into the group that a process lives in: of the group from then on. */
static void check_brought_in(struct harness *h, pid_t holder, const char *name, int64_t ns)
{
	struct json_object *event;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", holder);
	command_free(command_run(NULL, argv_of("nsenter", "-t", pid, "-m", "-p", "-i", "--",
					       workload("tiny"), tiny_arg)));
	event = harness_wait_where(h, is_setns, "pid_for_children");
	check_str(event, "process.name", "nsenter");
	check_str(event, "proctrace.ns_change[0].owner.type", "isolated");
	check_int(event, "proctrace.ns_change[0].owner.ns", ns);
	event = harness_wait_where(h, is_within, "exec");
	check_group(event, name, ns);
	check_between(event, "process.vpid", 2, 100);
	check_group(harness_wait_where(h, is_within, "exit"), name, ns);
}

static void into_bubblewrap(void **state)
{
	struct command *bwrap;
	struct harness *h;
	struct json_object *event;
	int64_t ns;

	(void)state;
	need_bubblewrap();
	h = harness_start_own();
	bwrap = command_start(&(struct command_options){ .input = true },
			      BUBBLEWRAP(workload("hold")));
	command_wait_lines(bwrap, 1);
	event = harness_wait_where(h, is_hold, "exec");
	ns = field_int(event, "proctrace.isolated.ns");
	check_brought_in(h, (pid_t)field_int(event, "process.pid"), "bwrap", ns);
	command_end(bwrap);
	check_group(harness_wait_where(h, is_hold, "exit"), "bwrap", ns);
	harness_stop_whole(h);
}

/* All of it is older than the tracer: a group of which nobody saw who made it. */
static void into_older_bubblewrap(void **state)
{
	struct command *bwrap;
	struct harness *h;
	struct json_object *event;
	int64_t ns;

	(void)state;
	need_bubblewrap();
	bwrap = command_start(&(struct command_options){ .input = true },
			      BUBBLEWRAP(workload("hold")));
	command_wait_lines(bwrap, 1);
	h = harness_start_own("--existing", "-e", "exec,exit,setns");
	event = harness_wait_where(h, is_hold, "process");
	ns = field_int(event, "proctrace.isolated.ns");
	check_group(event, NULL, ns);
	check_group(harness_wait_where(h, is_first, "process"), NULL, ns);
	check_brought_in(h, (pid_t)field_int(event, "process.pid"), NULL, ns);
	command_end(bwrap);
	check_group(harness_wait_where(h, is_hold, "exit"), NULL, ns);
	check_group(harness_wait_where(h, is_first, "exit"), NULL, ns);
	harness_stop_whole(h);
}

/* One that is older than the tracer: in a group, whose maker nobody saw. */
static void older_than_the_tracer(void **state)
{
	struct command *holder = command_start(&(struct command_options){ .input = true },
					       argv_of("unshare", "--mount", workload("hold")));
	struct harness *h;
	struct json_object *exit;
	struct stat st;
	char path[64];
	pid_t pid;

	(void)state;
	command_wait_lines(holder, 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", holder->pid);
	assert_int_equal(stat(path, &st), 0);
	pid = holder->pid;
	h = harness_start_own();
	command_end(holder);
	exit = harness_wait_event(h, "exit", pid);
	check_str(exit, "proctrace.isolated.by", "mnt");
	check_int(exit, "proctrace.isolated.ns", (int64_t)st.st_ino);
	check_absent(exit, "proctrace.isolated.name");
	check_absent(exit, "container");
	harness_stop_whole(h);
}

/* Who enters it is told whose it is, and who lives there. */
static void entered(void **state)
{
	struct harness *h = harness_start_own();
	struct command *holder =
		command_start(&(struct command_options){ .input = true },
			      argv_of("unshare", "--mount", "--net", workload("hold")));
	char mnt[64], net[64];
	struct json_object *setns;
	struct command *c;

	(void)state;
	command_wait_lines(holder, 1);
	harness_wait_event(h, "exec", holder->pid);
	snprintf(mnt, sizeof(mnt), "--mount=/proc/%d/ns/mnt", holder->pid);
	snprintf(net, sizeof(net), "--net=/proc/%d/ns/net", holder->pid);
	c = command_run(NULL, argv_of("nsenter", net, workload("tiny"), tiny_arg));
	setns = harness_wait_event(h, "setns", c->pid);
	check_str(setns, "proctrace.ns_change[0].type", "net");
	check_str(setns, "proctrace.ns_change[0].owner.type", "isolated");
	check_str(setns, "proctrace.ns_change[0].owner.by", "mnt");
	check_str(setns, "proctrace.ns_change[0].owner.name", "unshare");
	check_int(setns, "proctrace.ns_change[0].holder.pid", holder->pid);
	check_str(setns, "proctrace.ns_change[0].holder.name", "hold");
	/* Its working directory is the root of the other one's then. */
	c = command_run(NULL, argv_of("nsenter", mnt, "/bin/true"));
	setns = harness_wait_event(h, "setns", c->pid);
	check_str(setns, "proctrace.ns_change[0].type", "mnt");
	check_str(setns, "proctrace.ns_change[0].owner.type", "isolated");
	command_end(holder);
	harness_stop_whole(h);
}

static void filtered(void **state)
{
	struct harness *h = harness_start_own("--isolated", "-e", "exec");
	struct command *inside, *outside;

	(void)state;
	outside = command_run(NULL, argv_of(workload("tiny"), "outside"));
	inside = command_run(NULL, argv_of("unshare", "--mount", workload("tiny"), tiny_arg));
	harness_wait_where(h, is_within, "exec");
	assert_null(harness_find(h, NULL, outside->pid));
	assert_int_equal(harness_count(h, "exec", inside->pid), 1);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_unshare),
		live_test(not_by_less),
		live_test(by_bubblewrap),
		live_test(into_bubblewrap),
		live_test(into_older_bubblewrap),
		live_test(older_than_the_tracer),
		live_test(entered),
		live_test(filtered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
