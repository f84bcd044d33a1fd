// SPDX-License-Identifier: Apache-2.0
/*
 * test_exec - what was executed, from where, and what could not be
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

static bool is_failed_exec(struct json_object *event, const void *arg)
{
	const char *outcome = field_str(event, "event.outcome");

	return field_int(event, "process.pid") == *(const pid_t *)arg && outcome &&
	       !strcmp(outcome, "failure");
}

static void check_failure(struct harness *shown, struct harness *hidden, const char *call,
			  const char *path, const char *error)
{
	struct command *c =
		command_run(&(struct command_options){ .cwd = scratch() },
			    argv_of(workload("tryexec"), call, path, "name", "an arg", ""));
	struct json_object *event = harness_wait_where(shown, is_failed_exec, &c->pid);

	check_str(event, "event.action", "exec");
	check_str(event, "error.code", error);
	check_str(event, "proctrace.file.filename", path);
	check_args(event, argv_of("name", "an arg", ""));
	check_int(event, "process.parent.pid", getpid());
	/* It is still what it was. */
	check_str(event, "process.name", "tryexec");
	event = harness_wait_event(shown, "exit", c->pid);
	check_str(event, "process.args[1]", call);
	harness_wait_event(hidden, "exit", c->pid);
	assert_int_equal(harness_count(hidden, "exec", c->pid), 1);
	command_free(c);
}

static void that_fails(void **state)
{
	struct harness *shown = harness_start_own("-x");
	struct harness *hidden = harness_start_own();
	const char *text = scratch_write("not-executable", "x", 0644);
	const char *bad = scratch_write("no-format", "x", 0755);
	const char *lost = scratch_write("no-interpreter", "#!/nonexistent/sh\n", 0755);

	(void)state;
	check_failure(shown, hidden, "execve", "/nonexistent/program", "ENOENT");
	check_failure(shown, hidden, "execve", text, "EACCES");
	check_failure(shown, hidden, "execve", bad, "ENOEXEC");
	check_failure(shown, hidden, "execve", lost, "ENOENT");
	check_failure(shown, hidden, "execve", "not-there", "ENOENT");
	check_failure(shown, hidden, "execveat", "not-there", "ENOENT");
	check_failure(shown, hidden, "execveat", "not-executable", "EACCES");
	harness_stop_whole(shown);
	harness_stop_whole(hidden);
}

static void of_a_script(void **state)
{
	char line[PATH_MAX + 16];
	const char *script;
	struct harness *h = harness_start_own();
	struct command *c;
	struct json_object *event;

	(void)state;
	snprintf(line, sizeof(line), "#!%s one argument\n",
		 scratch_copy(workload("tiny"), "interp"));
	script = scratch_write("script", line, 0755);
	c = command_run(NULL, argv_of(script, "x", "y"));
	event = harness_wait_event(h, "exec", c->pid);
	check_str(event, "process.executable", scratch_path("interp"));
	check_true(event, "proctrace.file.script");
	check_str(event, "proctrace.file.filename", script);
	check_str(event, "proctrace.file.interpreter", scratch_path("interp"));
	check_args(event, argv_of(scratch_path("interp"), "one argument", script, "x", "y"));
	check_str(event, "process.name", "script");
	harness_stop_whole(h);
}

static void from_memory(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c =
		command_run(NULL, argv_of(workload("memfd"), workload("tiny"), "innocent"));
	struct json_object *event;

	(void)state;
	harness_wait_event(h, "exit", c->pid);
	event = harness_find_last(h, "exec", c->pid);
	check_true(event, "proctrace.file.memfd");
	check_args(event, argv_of("innocent"));
	check_str(event, "process.executable", "/memfd:hidden");
	harness_stop_whole(h);
}

/* A file may have any name. */
static void that_only_looks_like_memory(void **state)
{
	struct harness *h = harness_start_own();
	const char *path = scratch_copy(workload("tiny"), "memfd:x (deleted)");
	struct command *c = command_run(NULL, argv_of(path));
	struct json_object *event = harness_wait_event(h, "exec", c->pid);

	(void)state;
	check_str(event, "process.executable", path);
	check_absent(event, "proctrace.file.memfd");
	check_absent(event, "proctrace.file.deleted");
	harness_stop_whole(h);
}

static void of_a_deleted_file(void **state)
{
	struct harness *h = harness_start_own();
	const char *path = scratch_copy(workload("tiny"), "soon-gone");
	int fd = open(path, O_RDONLY);
	char link[64];
	struct command *c;
	struct json_object *event;

	(void)state;
	/* /proc/self/fd/N leads to it by no name. */
	assert_return_code(unlink(path), errno);
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", getpid(), fd);
	c = command_run(&(struct command_options){ .program = link }, argv_of("gone"));
	close(fd);
	event = harness_wait_event(h, "exec", c->pid);
	check_true(event, "proctrace.file.deleted");
	check_absent(event, "proctrace.file.memfd");
	check_str(event, "process.executable", path);
	harness_stop_whole(h);
}

/* A symbolic link is followed: the executable is the file, the name is as it was typed. */
static void through_a_link(void **state)
{
	struct harness *h = harness_start_own();
	const char *target = scratch_copy(workload("tiny"), "dir/target");
	const char *link = scratch_path("link");
	struct command *c;
	struct json_object *event;

	(void)state;
	assert_return_code(symlink("dir/target", link), errno);
	c = command_run(&(struct command_options){ .cwd = scratch_path("dir/") },
			argv_of("../link"));
	event = harness_wait_event(h, "exec", c->pid);
	check_str(event, "process.executable", target);
	check_str(event, "proctrace.file.filename", "../link");
	check_that(event, !strcmp(field_str(event, "process.name"), "link") ||
				  !strcmp(field_str(event, "process.name"), "target"));
	harness_stop_whole(h);
}

/* Paths are as the process sees them, not as they are on the host. */
static void below_another_root(void **state)
{
	struct harness *h = harness_start_own();
	struct command *c;
	struct json_object *event;

	(void)state;
	scratch_copy(workload("tiny"), "jail/bin/inside");
	scratch_path("jail/work/");
	c = command_run(NULL,
			argv_of(workload("jail"), scratch_path("jail"), "/work", "/bin/inside"));
	event = harness_wait_event(h, "exit", c->pid);
	check_str(event, "process.executable", "/bin/inside");
	event = harness_find_last(h, "exec", c->pid);
	check_str(event, "process.executable", "/bin/inside");
	check_str(event, "process.working_directory", "/work");
	harness_stop_whole(h);
}

static void in_a_deep_directory(void **state)
{
	struct harness *h = harness_start_own();
	char name[1200] = "";
	const char *dir;
	struct command *c;
	struct json_object *event;

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(name, "some-directory-/");
	dir = scratch_path(name);
	c = command_run(&(struct command_options){ .cwd = dir }, argv_of(workload("tiny")));
	event = harness_wait_event(h, "exec", c->pid);
	snprintf(name, sizeof(name), "%s", dir);
	name[strlen(name) - 1] = '\0';
	check_str(event, "process.working_directory", name);
	harness_stop_whole(h);
}

static void with_environment(void **state)
{
	struct harness *h = harness_start_own("--env", "LIVE_*,OTHER_TOKEN");
	const char *const env[] = { "LIVE_ONE=1", "LIVE_TWO=a b", "OTHER_TOKEN=secret", "REST=x",
				    NULL };
	struct command *c = command_run(&(struct command_options){ .env = env },
					argv_of(workload("tiny"), "--password=hunter2"));
	struct json_object *event = harness_wait_event(h, "exec", c->pid);
	const char *line = json_object_to_json_string(event);

	(void)state;
	check_that(event, strstr(line, "LIVE_ONE=1") && strstr(line, "LIVE_TWO=a b"));
	check_that(event, !strstr(line, "REST=x") && !strstr(line, "secret\"") &&
				  !strstr(line, "hunter2"));
	check_starts(event, "process.args[1]", "--password=");
	check_there(event, "proctrace.redacted[0]");
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(that_fails),	       live_test(of_a_script),
		live_test(from_memory),	       live_test(that_only_looks_like_memory),
		live_test(of_a_deleted_file),  live_test(through_a_link),
		live_test(below_another_root), live_test(in_a_deep_directory),
		live_test(with_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
