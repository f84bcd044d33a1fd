// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_files - one file after the other, and which ones are refused
 */
#include <errno.h>
#include <linux/capability.h>
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

/* scratch_path() gives a name for a while only. */
static const char *log_path(void)
{
	static char path[2048];

	snprintf(path, sizeof(path), "%s", scratch_path("logs/log"));
	return path;
}

static const char *beside(const char *suffix)
{
	static char paths[4][2048];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s%s", log_path(), suffix);
	return path;
}

static void wait_for_file(const char *path)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (access(path, F_OK) < 0) {
		if (clock_ms() >= deadline)
			harness_fail("there is no %s", path);
		stream_pump(-1, clock_ms() + 5);
	}
}

static ino_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* The closed file has its name before the new one has that of the log. */
static void wait_for_another(const char *path, ino_t inode)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (inode_of(path) == inode || !inode_of(path)) {
		if (clock_ms() >= deadline)
			harness_fail("%s is still the same file", path);
		stream_pump(-1, clock_ms() + 5);
	}
}

/* Every kind of event goes to a file, and to the log. Returns how the output ended. */
static char *storm_into(const char *const options[], size_t *ret_len)
{
	char shown[2048];
	const char *args[32] = { "-f", "json", "-e", "all", "-x", "-o", shown, "--log", log_path() };
	struct harness *h;
	char *text;

	snprintf(shown, sizeof(shown), "%s", scratch_path("shown"));
	for (size_t n = 9; *options; n++)
		args[n] = *options++;
	h = harness_start_own_argv(args);
	h->json = false;
	command_free(command_run(NULL, argv_of(workload("storm"), "400", workload("tiny"))));
	assert_int_equal(harness_stop(h), 0);
	text = read_whole(shown);
	*ret_len = strlen(text);
	return text;
}

/* The records of all files are what was shown, in order, none twice. */
static void rotated_in_a_storm(void **state)
{
	struct logs logs;
	size_t len;
	char *shown = storm_into(
		argv_of("--log-sync", "none", "--log-max-size", "8K", "--log-compress"), &len);

	(void)state;
	logs_read(log_path(), &logs);
	assert_true(logs.files > 100);
	assert_int_equal(logs_lost(&logs), 0);
	logs_check_shown(&logs, shown, len, false);
	assert_return_code(access(beside(".000001.gz"), F_OK), errno);
	assert_int_equal(access(beside(".000001"), F_OK), -1);
	logs_free(&logs);
	free(shown);
}

static void sync_record(void **state)
{
	struct logs logs;
	size_t len;
	char *shown = storm_into(argv_of("--log-sync", "record"), &len);

	(void)state;
	logs_read(log_path(), &logs);
	logs_check_shown(&logs, shown, len, false);
	logs_free(&logs);
	free(shown);
}

static void kept(void **state)
{
	struct logs logs;
	size_t len;

	(void)state;
	free(storm_into(argv_of("--log-sync", "none", "--log-max-size", "16K", "--log-keep", "3"),
			&len));
	logs_read(log_path(), &logs);
	assert_int_equal(logs.files, 4);
	assert_true(logs.entries[0].seq > 1);
	logs_free(&logs);
	free(storm_into(argv_of("--log-sync", "none", "--log-max-size", "16K", "--log-max-total",
				"100K"),
			&len));
	logs_read(log_path(), &logs);
	assert_true(logs.files > 1 && logs.files <= 8);
	logs_free(&logs);
}

static void signals(void **state)
{
	const char *log = log_path();
	struct harness *h = harness_start_own("--log", log);
	struct logs logs;
	ino_t first;

	(void)state;
	harness_sync(h);
	first = inode_of(log);
	kill(h->tracer->pid, SIGUSR1);
	wait_for_another(log, first);
	harness_sync(h);
	/* As logrotate does it. */
	assert_return_code(rename(log, beside(".1")), errno);
	kill(h->tracer->pid, SIGHUP);
	wait_for_file(log);
	harness_sync(h);
	kill(h->tracer->pid, SIGHUP); /* nothing has moved */
	harness_sync(h);
	harness_stop_whole(h);
	logs_read(log, &logs);
	assert_int_equal(logs.files, 3);
	assert_int_equal(logs_find(&logs, "exit", 2)->event_number, 9);
	check_str(logs_find(&logs, "log-close", 0)->root, "proctrace.log_close.reason", "rotate");
	check_str(logs_find(&logs, "log-open", 1)->root, "proctrace.log_open.reason", "rotate");
	check_str(logs_find(&logs, "log-close", 1)->root, "proctrace.log_close.reason", "reopen");
	check_str(logs_find(&logs, "log-open", 2)->root, "proctrace.log_open.reason", "reopen");
	check_str(logs_find(&logs, "log-close", 2)->root, "proctrace.log_close.reason", "end");
	assert_null(logs_find(&logs, "log-open", 3));
	logs_free(&logs);
}

static void by_age(void **state)
{
	struct harness *h = harness_start_own("--log", log_path(), "--log-rotate-every", "100ms");
	struct logs logs;

	(void)state;
	harness_sync(h);
	wait_for_file(beside(".000001"));
	harness_sync(h);
	wait_for_file(beside(".000002"));
	harness_stop_whole(h);
	logs_read(log_path(), &logs);
	/* Files in which nothing happened are not made. */
	assert_int_equal(logs.files, 3);
	logs_free(&logs);
}

/* Refused before anything is traced, with one sentence. */
static void check_refused(int status, const char *reason, const char *const args[])
{
	const char *argv[16] = { proctrace() };
	struct command *c;

	for (size_t i = 0; args[i]; i++)
		argv[i + 1] = args[i];
	c = command_start(NULL, argv);
	command_wait(c, deadline_ms());
	if (WEXITSTATUS(c->status) != status || !strstr(c->err.data, reason) ||
	    strchr(c->err.data, '\n') != c->err.data + c->err.len - 1)
		harness_fail("status %d: %s", WEXITSTATUS(c->status), c->err.data);
	command_free(c);
}

static void refused(void **state)
{
	const char *log = log_path();

	(void)state;
	assert_return_code(symlink("elsewhere", log), errno);
	check_refused(1, "symbolic link", argv_of("--log", log));
	assert_return_code(unlink(log), errno);
	assert_return_code(mkfifo(log, 0600), errno);
	check_refused(1, "no regular file", argv_of("--log", log));
	assert_return_code(unlink(log), errno);
	assert_return_code(mkdir(log, 0700), errno);
	check_refused(1, strerror(EISDIR), argv_of("--log", log));
	assert_return_code(rmdir(log), errno);
	check_refused(1, "install -d -m 700", argv_of("--log", "/tmp/proctrace-test-log"));
	check_refused(1, "no group 'nobody-has-this'",
		      argv_of("--log", log, "--log-group", "nobody-has-this"));
	scratch_write("logs/log", "something else\n", 0600);
	check_refused(1, "no log of proctrace", argv_of("--log", log));
	scratch_write("logs/log", "", 0666);
	assert_return_code(chmod(log, 0666), errno);
	check_refused(1, "others may write", argv_of("--log", log));
}

/* As long as nothing is seen nothing is said: such a start leaves no record. */
static void not_begun(void **state)
{
	const struct command_options options = {
		.drop_caps = 1ull << CAP_BPF | 1ull << CAP_PERFMON | 1ull << CAP_SYS_ADMIN,
	};
	const char *log = log_path();
	struct command *c = command_start(&options, argv_of(proctrace(), "--log", log));
	struct stat st;

	(void)state;
	command_wait(c, deadline_ms());
	assert_int_equal(WEXITSTATUS(c->status), 3);
	command_free(c);
	assert_return_code(stat(log, &st), errno);
	assert_int_equal(st.st_size, 0);
}

static void misused(void **state)
{
	const char *log = log_path();
	char other[2048];

	(void)state;
	snprintf(other, sizeof(other), "%s", scratch_path("logs/./log"));
	check_refused(2, "where the output goes", argv_of("-o", log, "--log", log));
	check_refused(2, "where the output goes", argv_of("-o", other, "--log", log));
	check_refused(125, "where the output goes", argv_of("-o", log, "--log", log, "--", "true"));
	check_refused(2, "--log FILE", argv_of("--log-keep", "3"));
	check_refused(2, "--log-max-size", argv_of("--log", log, "--log-max-total", "1M"));
	check_refused(2, "too small", argv_of("--log", log, "--log-max-size", "1"));
	check_refused(2, "is none of", argv_of("--log", log, "--log-sync", "often"));
	assert_int_equal(access(log, F_OK), -1);
}

static void second_writer(void **state)
{
	const char *log = log_path();
	struct harness *h = harness_start_own("--log", log);
	char who[64];

	(void)state;
	snprintf(who, sizeof(who), "process %d writes", h->tracer->pid);
	check_refused(1, who, argv_of("--log", log));
	/* Also after a rotation, when it is another file. */
	harness_sync(h);
	kill(h->tracer->pid, SIGUSR1);
	wait_for_file(beside(".000001"));
	check_refused(1, who, argv_of("--log", log));
	harness_stop_whole(h);
}

static void for_a_group(void **state)
{
	struct harness *h = harness_start_own("--log", log_path(), "--log-group", "adm",
					      "--log-max-size", "8K", "--log-compress");
	struct stat st;

	(void)state;
	command_free(command_run(NULL, argv_of(workload("storm"), "10", workload("tiny"))));
	harness_sync(h);
	harness_stop_whole(h);
	assert_return_code(stat(log_path(), &st), errno);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_not_equal(st.st_gid, 0);
	assert_return_code(stat(beside(".000001.gz"), &st), errno);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_not_equal(st.st_gid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(rotated_in_a_storm),
		live_test(sync_record),
		live_test(kept),
		live_test(signals),
		live_test(by_age),
		live_test(refused),
		live_test(not_begun),
		live_test(misused),
		live_test(second_writer),
		live_test(for_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
