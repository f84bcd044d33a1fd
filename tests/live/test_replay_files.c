// SPDX-License-Identifier: Apache-2.0
/*
 * test_replay_files - what rotation made of a log is replayed, followed and reported as one
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "field.h"
#include "harness.h"
#include "scratch.h"

static const char *own_pid(void)
{
	static char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return pid;
}

/* scratch_path() gives a name for a while only. */
static const char *log_path(void)
{
	static char path[2048];

	snprintf(path, sizeof(path), "%s", scratch_path("logs/log"));
	return path;
}

static const char *log_folder(void)
{
	static char path[2048];

	snprintf(path, sizeof(path), "%s", log_path());
	*strrchr(path, '/') = '\0';
	return path;
}

/* A log in small pieces, beside the output with these options. */
static struct harness *start(const char *const options[])
{
	const char *args[24] = { "-p", own_pid(),	"--log", log_path(), "--log-max-size",
				 "8K", "--log-compress" };
	struct harness *h;

	for (size_t n = 0; options[n]; n++)
		args[n + 7] = options[n];
	h = harness_start_argv(args);
	h->json = false;
	return h;
}

static void make_events(void)
{
	struct command *c;

	command_free(command_run(NULL, argv_of(workload("storm"), "100", workload("tiny"))));
	command_free(command_run(NULL, argv_of(workload("tiny"), "\x1b[1m\xff\n")));
	command_free(
		command_run(NULL, argv_of(workload("tryexec"), "execve", "/nonexistent", "x")));
	command_free(command_run(NULL, argv_of(workload("ns"), "unshare", "uts")));
	c = command_start(NULL, argv_of(workload("die"), "exit", "3"));
	command_wait(c, deadline_ms());
	command_free(c);
}

static void expect_same(const struct stream *live, const struct stream *replay)
{
	size_t at = 0;

	while (at < live->len && at < replay->len && live->data[at] == replay->data[at])
		at++;
	if (at < live->len || at < replay->len)
		harness_fail("of %zu bytes %zu are replayed, and they differ at %zu: %.200s",
			     live->len, replay->len, at, live->data + at);
}

/* In text and in JSON, by the folder and by its files in any order. */
static void the_live_output(void **state)
{
	const char *const text[] = { "-e", "all", "-x", "--time", "iso", NULL };
	const char *const json[] = { "-f", "json", "-e", "all", "-x", NULL };
	const char *const *const options[] = { text, json };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *argv[16] = { proctrace(), "replay", log_folder() };
		struct harness *h;
		struct command *c;
		char shell[8192];

		for (size_t n = 0; options[i][n]; n++)
			argv[n + 3] = options[i][n];
		snprintf(shell, sizeof(shell), "rm -rf '%s'/*", log_folder());
		command_free(command_run(NULL, argv_of("sh", "-c", shell)));
		h = start(options[i]);
		make_events();
		assert_int_equal(harness_stop(h), 0);
		c = command_run(NULL, argv);
		expect_same(&h->tracer->out, &c->out);
		command_free(c);
		/* The newest first. */
		snprintf(shell, sizeof(shell), "'%s' replay %s '%s' $(ls -r '%s'/log.*)",
			 proctrace(), i ? "-f json -e all -x" : "-e all -x --time iso", log_path(),
			 log_folder());
		c = command_run(NULL, argv_of("sh", "-c", shell));
		expect_same(&h->tracer->out, &c->out);
		command_free(c);
		harness_free(h);
	}
}

/* From the first records on, while it is rotated and compressed, each of them by itself. */
static void followed(void **state)
{
	const char *const options[] = { "-f", "json", "-e", "all", "-x", NULL };
	struct harness *h = start(options);
	int64_t deadline = clock_ms() + deadline_ms();
	struct command *c = command_start(NULL, argv_of(proctrace(), "replay", "--follow", "-f",
							"json", "-e", "all", "-x", log_folder()));

	(void)state;
	/* Where it begins is for the list of a directory that comes to rest. */
	command_free(command_run(NULL, argv_of(workload("tiny"))));
	while (!c->out.len)
		assert_true(stream_pump(-1, deadline));
	deadline = clock_ms() + deadline_ms();
	make_events();
	assert_int_equal(harness_stop(h), 0);
	assert_true(h->tracer->out.len > 0);
	while (c->out.len < h->tracer->out.len) {
		if (!stream_pump(-1, deadline))
			break;
	}
	expect_same(&h->tracer->out, &c->out);
	assert_false(c->ended);
	kill(c->pid, SIGTERM);
	assert_int_equal(command_wait(c, deadline_ms()), 0);
	command_free(c);
	harness_free(h);
}

static struct json_object *report_of(const char *const options[])
{
	const char *argv[16] = { proctrace(), "report", "-f", "json", log_folder() };
	struct json_object *report;
	struct command *c;

	for (size_t n = 0; options[n]; n++)
		argv[n + 5] = options[n];
	c = command_run(NULL, argv);
	report = json_tokener_parse(c->out.data);
	command_free(c);
	return report;
}

/* The count of the row of a table whose key ends so; 0: there is none. */
static int64_t count_of(struct json_object *report, const char *table, const char *key,
			const char *end)
{
	char path[64];
	struct json_object *list;

	snprintf(path, sizeof(path), "%s.list", table);
	list = field_find(report, path);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i);
		const char *text = field_str(row, key);

		if (text && strlen(text) >= strlen(end) &&
		    !strcmp(text + strlen(text) - strlen(end), end))
			return field_int(row, "count");
	}
	return 0;
}

static void reported(void **state)
{
	struct harness *h = start(argv_of("--no-header"));
	struct json_object *report;

	(void)state;
	make_events();
	assert_int_equal(harness_stop(h), 0);
	harness_free(h);
	report = report_of(argv_of("--top", "100"));
	assert_int_equal(count_of(report, "programs", "executable", "/tiny"), 101);
	assert_int_equal(count_of(report, "programs", "executable", "/storm"), 1);
	assert_int_equal(count_of(report, "failures", "how", "exec ENOENT"), 1);
	assert_int_equal(count_of(report, "failures", "how", "exit 3"), 1);
	assert_int_equal(count_of(report, "namespaces", "action", "unshare"), 1);
	check_int(report, "damaged_lines", 0);
	check_int(report, "tracer.opened", 1);
	check_int(report, "tracer.closed", 1);
	check_int(report, "lost.records", 0);
	json_object_put(report);
	report = report_of(argv_of("-n", "storm"));
	assert_int_equal(count_of(report, "programs", "executable", "/tiny"), 0);
	assert_int_equal(count_of(report, "programs", "executable", "/storm"), 1);
	json_object_put(report);
	report = report_of(argv_of("--until", "yesterday"));
	check_int(report, "events.total", 0);
	json_object_put(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(the_live_output),
		live_test(followed),
		live_test(reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
