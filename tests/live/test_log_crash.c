// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_crash - a tracer that is killed leaves a log that is whole up to its tail
 *
 * PROCTRACE_LOG_KILLS  how often (18)
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "logs.h"
#include "scratch.h"

#define MOMENT_MS 60 /* of the storm; within it the kill comes */

static int kills(void)
{
	const char *n = getenv("PROCTRACE_LOG_KILLS");

	return n ? atoi(n) : 18;
}

/* What the file of the output holds, but for a line that is torn. */
static char *read_shown(const char *path, size_t *ret_len)
{
	char *text = read_whole(path);
	char *end = strrchr(text, '\n');

	*ret_len = end ? (size_t)(end + 1 - text) : 0;
	return text;
}

/* scratch_path() gives a name for a while only. */
static const char *log_path(void)
{
	static char path[2048];

	snprintf(path, sizeof(path), "%s", scratch_path("log"));
	return path;
}

static void wait_for_size(const char *path, off_t least)
{
	int64_t deadline = clock_ms() + deadline_ms();
	struct stat st;

	while (least && (stat(path, &st) < 0 || st.st_size < least)) {
		if (clock_ms() >= deadline)
			harness_fail("%s does not grow", path);
		stream_pump(-1, clock_ms() + 1);
	}
}

/*
 * Starts a tracer amid a storm and kills it, when the log has so many bytes. Returns what it
 * had shown by then.
 */
static char *killed_run(const char *log, const char *const options[], off_t least, size_t *ret_len)
{
	const char *args[32] = { "-f", "json", "-e", "all", "-x", "-o", NULL, "--log", log };
	const char *shown = scratch_path("shown");
	struct command *storm;
	struct harness *h;
	size_t n = 9;

	args[6] = shown;
	while (*options)
		args[n++] = *options++;
	storm = command_start(NULL, argv_of(workload("storm"), "100000", workload("tiny")));
	h = harness_start_argv(args);
	h->json = false;
	wait_for_size(log, least);
	stream_pump(-1, clock_ms() + rand() % MOMENT_MS);
	kill(h->tracer->pid, SIGKILL);
	command_wait(h->tracer, deadline_ms());
	assert_true(WIFSIGNALED(h->tracer->status));
	harness_free(h);
	command_free(storm);
	return read_shown(shown, ret_len);
}

/* One more run, that ends as it should. */
static void last_run(const char *log, struct logs *ret_logs)
{
	struct harness *h = harness_start_own("--log", log);
	const struct log_entry *open;

	command_free(command_run(NULL, argv_of(workload("tiny"))));
	harness_stop_whole(h);
	logs_read(log, ret_logs);
	assert_false(ret_logs->torn);
	for (size_t i = 0; (open = logs_find(ret_logs, "log-open", i)); i++)
		if (i == 0)
			check_str(open->root, "proctrace.log_open.reason", "open");
	assert_string_equal(ret_logs->entries[ret_logs->len - 1].action, "log-close");
}

static void check_kills(const char *log, const char *const options[], int times, bool record)
{
	struct logs logs;
	size_t torn = 0, runs = 0;

	for (int i = 0; i < times; i++) {
		size_t len, before = runs;
		char *shown = killed_run(log, options, 0, &len);
		const struct log_entry *e;

		logs_read(log, &logs);
		torn += logs.torn;
		/* What was shown is in the log, and nothing else. */
		if (record)
			logs_check_shown(&logs, shown, len, true);
		for (runs = 0; (e = logs_find(&logs, "log-open", runs)); runs++)
			;
		if (runs <= before)
			harness_fail("no run more in the log after round %d", i);
		logs_free(&logs);
		free(shown);
	}
	last_run(log, &logs);
	fprintf(stderr, "%d kills: %zu torn tails, %zu records, %zu files\n", times, torn, logs.len,
		logs.files);
	logs_free(&logs);
}

static void killed(void **state)
{
	(void)state;
	check_kills(log_path(), argv_of("--log-sync", "none"), (kills() + 1) / 2, false);
}

static void killed_while_rotating(void **state)
{
	(void)state;
	check_kills(log_path(), argv_of("--log-max-size", "32K", "--log-compress"), kills() / 4,
		    false);
}

/* A line is shown only when the log holds it. */
static void killed_with_sync_record(void **state)
{
	(void)state;
	check_kills(log_path(), argv_of("--log-sync", "record", "--log-max-size", "1M"),
		    kills() - (kills() + 1) / 2 - kills() / 4, true);
}

/* A tail that is torn for sure. */
static void torn(void **state)
{
	const char *log = log_path();
	struct logs logs;
	struct stat st;
	size_t len;

	(void)state;
	free(killed_run(log, argv_of("--log-sync", "none"), 20000, &len));
	assert_return_code(stat(log, &st), errno);
	assert_return_code(truncate(log, st.st_size - 100), errno);
	logs_read(log, &logs);
	assert_true(logs.torn);
	logs_free(&logs);
	last_run(log, &logs);
	check_str(logs_find(&logs, "log-open", 1)->root, "proctrace.log_open.reason", "restart");
	logs_free(&logs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(killed),
		live_test(killed_while_rotating),
		live_test(killed_with_sync_record),
		live_test(torn),
	};
	unsigned int seed = (unsigned int)clock_ms();

	fprintf(stderr, "seed %u\n", seed);
	srand(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
