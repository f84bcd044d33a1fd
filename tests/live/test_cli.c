// SPDX-License-Identifier: Apache-2.0
/*
 * test_cli - commands, exit statuses, messages, and where the output goes
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

#define run_to(want, options, args) harness_run(want, options, NULL, args)
#define run(want, ...)		    run_to(want, NULL, argv_of(__VA_ARGS__))

static size_t lines_of(const struct stream *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->data[i] == '\n';
	return n;
}

/* Every test needs a tracer that works; a machine without BPF is told from a defect here. */
static void need_tracing(void)
{
	harness_free(harness_start("--count", "1", "-f", "json", "--", "/bin/true"));
}

static void a_command(void **state)
{
	struct command *c;

	(void)state;
	need_tracing();
	run(0, "--", workload("die"), "exit", "0");
	run(7, "--", workload("die"), "exit", "7");
	run(128 + 15, "--", workload("die"), "signal", "15");
	c = run(127, "--", "/nonexistent/program");
	assert_non_null(strstr(c->err.data, "cannot run '/nonexistent/program': "));
	run(127, "--", "no-such-program-in-path");
	run(126, "--", scratch_write("text", "x", 0644));
	run(125, "-o", "/nonexistent/file", "--", "/bin/true");
	run(125, "--no-such-option", "--", "/bin/true");
}

/* From its first exec to its exit, with its descendants and nothing else. */
static void only_the_command(void **state)
{
	struct json_object *first;
	struct command *other;
	struct harness *h;
	char script[512];

	(void)state;
	snprintf(script, sizeof(script), "%s a; %s b; %s c; :", workload("tiny"), workload("tiny"),
		 workload("tiny"));
	h = harness_start("-f", "json", "--", "sh", "-c", script);
	other = command_run(NULL, argv_of(workload("tiny"), "other"));
	command_wait(h->tracer, deadline_ms());
	assert_int_equal(h->tracer->status, 0);
	assert_null(harness_find(h, NULL, other->pid));
	first = h->events[0];
	check_str(first, "event.action", "exec");
	check_args(first, argv_of("sh", "-c", script));
	assert_int_equal(harness_count(h, "exec", 0), 4);
	assert_int_equal(harness_count(h, "exit", 0), 4);
	check_int(h->events[h->events_len - 1], "process.pid", field_int(first, "process.pid"));
}

/* Its life begins when tracing has begun, not when proctrace did: its fork is seen. */
static void the_command_is_started_last(void **state)
{
	struct harness *h = harness_start("-f", "json", "-e", "all", "--", "/bin/true");
	struct json_object *exec = harness_wait_event(h, "exec", 0);

	(void)state;
	check_args(exec, argv_of("/bin/true"));
	check_str(h->events[0], "event.action", "fork");
	check_int(h->events[0], "process.pid", field_int(exec, "process.pid"));
}

static void a_process_that_is_not_there(void **state)
{
	struct command *c;

	(void)state;
	need_tracing();
	c = run(0, "-p", "4194303", "--duration", "1ms");
	assert_non_null(strstr(c->err.data, "there is no process 4194303 now"));
}

static void usage_errors(void **state)
{
	static const char *const wrong[][3] = {
		{ "--no-such-option" },
		{ "-l", "(" },
		{ "-e", "nonsense" },
		{ "-f", "xml" },
		{ "-p", "abc" },
		{ "--duration", "5parsecs" },
		{ "--ended", "well" },
		{ "-u", "no-such-user-here" },
		{ "--columns", "nonsense" },
		{ "no-such-subcommand" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct command *c = run(2, wrong[i][0], wrong[i][1]);

		if (c->out.len || strncmp(c->err.data, "proctrace: ", 11) != 0)
			harness_fail("%s %s: not one clear sentence: %s%s", wrong[i][0],
				     wrong[i][1] ? wrong[i][1] : "", c->out.data, c->err.data);
		command_free(c);
	}
}

static void files_that_cannot_be_written(void **state)
{
	static const char *const options[] = { "-o", "--log" };

	(void)state;
	need_tracing();
	for (size_t i = 0; i < 2; i++) {
		struct command *c;

		c = run(1, options[i], "/nonexistent/file");
		assert_non_null(strstr(c->err.data, "/nonexistent/file"));
		assert_non_null(strstr(c->err.data, strerror(ENOENT)));
		assert_int_equal(lines_of(&c->err), 1);
	}
}

static void a_full_disk(void **state)
{
	struct harness *h = harness_start("-o", "/dev/full", "-f", "json");

	(void)state;
	while (!h->tracer->ended) {
		command_free(command_run(NULL, argv_of(workload("tiny"))));
		stream_pump(h->tracer->pidfd, clock_ms() + 20);
		if (waitpid(h->tracer->pid, &h->tracer->status, WNOHANG) > 0)
			h->tracer->ended = true;
	}
	command_wait(h->tracer, deadline_ms());
	assert_int_equal(WEXITSTATUS(h->tracer->status), 1);
	assert_non_null(strstr(h->tracer->err.data, "/dev/full: No space left on device"));
}

static void help_and_version(void **state)
{
	struct command *c;

	(void)state;
	c = run(0, "--help");
	assert_non_null(strstr(c->out.data, "--duration"));
	assert_int_equal(c->err.len, 0);
	c = run(0, "--version");
	assert_non_null(strstr(c->out.data, "proctrace"));
	assert_int_equal(c->err.len, 0);
	c = run(0, "features");
	assert_true(c->out.len > 100);
}

/* One sentence, with the remedy in it. */
static void without_root(void **state)
{
	const char *copy = scratch_copy(proctrace(), "proctrace");
	struct command_options nobody = { .program = copy, .uid = 65534 };
	struct command *c;

	(void)state;
	c = run_to(3, &nobody, argv_of("--duration", "1ms"));
	assert_int_equal(lines_of(&c->err), 1);
	assert_true(strstr(c->err.data, "root") || strstr(c->err.data, "sudo"));
	assert_int_equal(c->out.len, 0);
	run_to(0, &nobody, argv_of("--help"));
}

/* Root that may not load programs, as in a container: the sentence names what is missing. */
static void without_capabilities(void **state)
{
	struct command_options options = {
		.drop_caps = 1ull << CAP_BPF | 1ull << CAP_PERFMON | 1ull << CAP_SYS_ADMIN,
	};
	struct command *c = run_to(3, &options, argv_of("--duration", "1ms"));

	(void)state;
	assert_int_equal(lines_of(&c->err), 1);
	assert_non_null(strstr(c->err.data, "CAP_BPF"));
}

static void without_btf(void **state)
{
	char script[512];
	struct command *c;

	(void)state;
	need_tracing();
	snprintf(script, sizeof(script),
		 "mount --bind /dev/null /sys/kernel/btf/vmlinux && exec %s --duration 1ms",
		 proctrace());
	c = command_start(NULL, argv_of("unshare", "-m", "sh", "-c", script));
	command_wait(c, deadline_ms());
	assert_int_equal(WEXITSTATUS(c->status), 3);
	assert_int_equal(lines_of(&c->err), 1);
	assert_non_null(strstr(c->err.data, "CONFIG_DEBUG_INFO_BTF"));
}

/* What bpf(2) answers on a host that does not let it: one sentence, the right one. */
static void without_bpf(void **state)
{
	static const struct {
		int error;
		const char *sentence;
	} hosts[] = {
		{ ENOSYS, "no bpf() system call: CONFIG_BPF_SYSCALL" },
		{ EPERM, "CAP_BPF" },
		{ EACCES, "a security module" },
		{ EINVAL, "refused the programs: Invalid argument" },
	};

	(void)state;
	need_tracing();
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		char error[16];
		struct command *c;

		snprintf(error, sizeof(error), "%d", hosts[i].error);
		c = command_start(NULL, argv_of(workload("refuse"), "bpf", error, proctrace(),
						"--duration", "1ms"));
		command_wait(c, deadline_ms());
		assert_int_equal(WEXITSTATUS(c->status), 3);
		assert_int_equal(lines_of(&c->err), 1);
		if (!strstr(c->err.data, hosts[i].sentence))
			harness_fail("bpf(): %s: %s", strerror(hosts[i].error), c->err.data);
	}
}

/* Where the kernel says that it is locked down, that is the reason, whatever the error. */
static void under_lockdown(void **state)
{
	char script[1024];
	struct command *c;

	(void)state;
	need_tracing();
	snprintf(script, sizeof(script),
		 "mount -t tmpfs tmpfs /sys/kernel/security && "
		 "echo 'none integrity [confidentiality]' >/sys/kernel/security/lockdown && "
		 "exec %s bpf %d %s --duration 1ms",
		 workload("refuse"), EINVAL, proctrace());
	c = command_start(NULL, argv_of("unshare", "-m", "sh", "-c", script));
	command_wait(c, deadline_ms());
	assert_int_equal(WEXITSTATUS(c->status), 3);
	assert_int_equal(lines_of(&c->err), 1);
	assert_non_null(strstr(c->err.data, "locked down (confidentiality)"));
}

static void to_a_file(void **state)
{
	const char *path = scratch_path("output");
	char pid[16], *text;
	struct harness *h;
	struct command *c;

	(void)state;
	snprintf(pid, sizeof(pid), "%d", getpid());
	h = harness_start("-f", "json", "-p", pid, "-o", path);
	c = command_run(NULL, argv_of(workload("tiny"), "into-a-file"));
	command_free(c);
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(h->tracer->out.len, 0);
	text = read_whole(path);
	assert_non_null(strstr(text, "into-a-file"));
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
}

/* As "| head -1": the end of the reader is the end, and no reason to complain. */
static void into_a_closed_pipe(void **state)
{
	struct harness *h = harness_start_own();

	(void)state;
	close(h->tracer->out.fd);
	h->tracer->out.fd = -1;
	for (int i = 0; i < 200 && !h->tracer->ended; i++) {
		command_free(command_run(NULL, argv_of(workload("tiny"))));
		stream_pump(h->tracer->pidfd, clock_ms() + 20);
		if (waitpid(h->tracer->pid, &h->tracer->status, WNOHANG) == h->tracer->pid)
			h->tracer->ended = true;
	}
	command_wait(h->tracer, deadline_ms());
	if (WIFSIGNALED(h->tracer->status))
		assert_int_equal(WTERMSIG(h->tracer->status), SIGPIPE);
	else
		assert_int_equal(WEXITSTATUS(h->tracer->status), 0);
	assert_null(strstr(h->tracer->err.data, strerror(EPIPE)));
}

static void stops_by_itself(void **state)
{
	struct harness *h = harness_start_own("--count", "3", "-e", "exec");
	int64_t before;

	(void)state;
	for (int i = 0; i < 5; i++)
		command_free(command_run(NULL, argv_of(workload("tiny"))));
	command_wait(h->tracer, deadline_ms());
	assert_int_equal(h->tracer->status, 0);
	harness_take(h);
	assert_int_equal(h->events_len, 3);
	before = clock_ms();
	h = harness_start_own("--duration", "300ms");
	command_wait(h->tracer, deadline_ms());
	assert_int_equal(h->tracer->status, 0);
	assert_true(clock_ms() - before >= 300);
}

static void by_a_signal(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct harness *h = harness_start_own();
		struct command *c = command_run(NULL, argv_of(workload("tiny")));

		/* What has happened is still written, though nothing was waited for. */
		kill(h->tracer->pid, signals[i]);
		command_wait(h->tracer, deadline_ms());
		assert_int_equal(h->tracer->status, 0);
		assert_int_equal(harness_count(h, "exit", c->pid), 1);
		assert_int_equal(harness_summary(h, "lost"), 0);
		assert_true(harness_summary(h, "written") != UINT64_MAX);
		harness_free(h);
	}
}

static void quietly(void **state)
{
	struct command *c;

	(void)state;
	need_tracing();
	c = run(0, "-q", "-f", "json", "--", "/bin/true");
	assert_int_equal(c->err.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(a_command),
		live_test(the_command_is_started_last),
		live_test(a_process_that_is_not_there),
		live_test(only_the_command),
		live_test(usage_errors),
		live_test(files_that_cannot_be_written),
		live_test(a_full_disk),
		live_test(help_and_version),
		live_test(without_root),
		live_test(without_capabilities),
		live_test(without_btf),
		live_test(without_bpf),
		live_test(under_lockdown),
		live_test(to_a_file),
		live_test(into_a_closed_pipe),
		live_test(stops_by_itself),
		live_test(by_a_signal),
		live_test(quietly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
