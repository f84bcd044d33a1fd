// SPDX-License-Identifier: Apache-2.0
/*
 * test_log - the audit log, and that replay shows what the live output showed
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

static const char *own_pid(void)
{
	static char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return pid;
}

/* Something of everything that is shown by default, and of what is not. */
static void make_events(void)
{
	static const char *const calls[] = { "uts", "net", "ipc" };
	struct command *c;

	command_free(
		command_run(NULL, argv_of(workload("tiny"), "a b", "", "\x1b[1m\xff\n", "$x")));
	for (size_t i = 0; i < 3; i++)
		command_free(command_run(NULL, argv_of(workload("ns"), "unshare", calls[i])));
	command_free(
		command_run(NULL, argv_of(workload("tryexec"), "execve", "/nonexistent", "x")));
	c = command_start(NULL, argv_of(workload("die"), "exit", "3"));
	command_wait(c, deadline_ms());
	command_free(c);
	c = command_start(NULL, argv_of(workload("die"), "signal", "11"));
	command_wait(c, deadline_ms());
	command_free(c);
	command_free(
		command_run(NULL, argv_of(workload("threadexec"), workload("tiny"), "thread")));
	command_free(command_run(NULL, argv_of(workload("storm"), "20", workload("tiny"))));
	if (fork() == 0)
		_exit(0);
	wait(NULL);
}

/* How many lines of a log are of this kind, and ended so (NULL: either way). */
static size_t count_action(const char *path, const char *action, const char *outcome)
{
	char *text = read_whole(path), *rest = text, *line;
	size_t n = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		struct json_object *event = json_tokener_parse(line);
		const char *got = field_str(event, "event.action");
		const char *how = field_str(event, "event.outcome");

		if (!event)
			harness_fail("%s: no JSON: %s", path, line);
		n += got && !strcmp(got, action) && (!outcome || (how && !strcmp(how, outcome)));
		json_object_put(event);
	}
	free(text);
	return n;
}

/* Of every kind, also those that -e hides; it only restricts what is shown. */
static void of_every_kind(void **state)
{
	const char *path = scratch_path("log");
	struct harness *h = harness_start_own("--log", path, "--log-sync", "none", "-e", "exec");
	struct stat st;

	(void)state;
	make_events();
	harness_stop_whole(h);
	assert_return_code(stat(path, &st), errno);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(harness_count(h, "exit", 0), 0);
	assert_true(count_action(path, "fork", NULL) >= 30);
	assert_int_equal(count_action(path, "exec", "success"), harness_count(h, "exec", 0));
	assert_int_equal(count_action(path, "exec", "failure"), 1);
	assert_true(count_action(path, "exit", NULL) >= 30);
	assert_int_equal(count_action(path, "unshare", "success"), 3);
}

/* A second run goes on in the same file. */
static void appended(void **state)
{
	const char *path = scratch_path("log");
	size_t execs;

	(void)state;
	for (int i = 1; i <= 2; i++) {
		struct harness *h = harness_start_own("--log", path, "--log-sync", "none");

		command_free(command_run(NULL, argv_of(workload("tiny"))));
		harness_stop_whole(h);
		execs = count_action(path, "exec", NULL);
		assert_int_equal(execs, i);
	}
}

/* The same options give the same bytes. */
static void check_replay(const char *log, const struct stream *live, const char *const options[])
{
	const char *argv[24] = { proctrace(), "replay", log };
	struct command *c;

	for (size_t i = 0; options[i]; i++)
		argv[i + 3] = options[i];
	c = command_run(NULL, argv);
	if (c->out.len != live->len || memcmp(c->out.data, live->data, live->len) != 0)
		harness_fail("replay differs; live:\n%.6000s\n--- replay:\n%.6000s", live->data,
			     c->out.data);
	command_free(c);
}

/* One tracer, so that the sequence and the seeds are the same: text, and the log beside it. */
static void replay_is_the_live_output(void **state)
{
	const char *const all[] = { "-e", "all", "-x", "--time", "iso", NULL };
	const char *const usual[] = { "--no-header", "--time", "utc", NULL };
	const char *const json[] = { "-f", "json", "-e", "all", "-x", NULL };
	const char *const tree[] = { "-n", "tiny", "--tree", "--color", "always", NULL };
	const char *const *const options[] = { all, usual, json, tree };

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char name[16];
		const char *log, *args[24] = { "-p", own_pid(), "--log" };
		struct harness *h;

		snprintf(name, sizeof(name), "log-%zu", i);
		log = scratch_path(name);
		args[3] = log;
		for (size_t n = 0; options[i][n]; n++)
			args[n + 4] = options[i][n];
		h = harness_start_argv(args);
		h->json = false;
		make_events();
		assert_int_equal(harness_stop(h), 0);
		check_replay(log, &h->tracer->out, options[i]);
		harness_free(h);
	}
}

static void damaged(void **state)
{
	const char *log = scratch_path("log"), *broken;
	struct harness *h = harness_start_own("--log", log, "--log-sync", "none");
	struct command *c;
	char *text, *bad;

	(void)state;
	command_free(command_run(NULL, argv_of(workload("tiny"))));
	harness_stop_whole(h);
	text = read_whole(log);
	if (asprintf(&bad, "{\"broken\n\n%snonsense\n%.40s", text, text) < 0)
		abort();
	broken = scratch_write("broken", bad, 0600);
	c = command_start(NULL, argv_of(proctrace(), "replay", "-f", "json", "-e", "exec", broken));
	command_wait(c, deadline_ms());
	/* What is whole is shown, and what is not is said. */
	assert_non_null(strstr(c->out.data, "\"action\":\"exec\""));
	assert_non_null(strstr(c->err.data, "damaged line"));
	free(text);
	free(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(of_every_kind),
		live_test(appended),
		live_test(replay_is_the_live_output),
		live_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
