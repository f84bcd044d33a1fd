// SPDX-License-Identifier: Apache-2.0
/*
 * test_args - arguments of any number and size, names and paths of any bytes
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

/* Escape sequences, a newline, C1 control characters as UTF-8 and raw, no UTF-8, backslashes. */
#define NASTY NASTY_CGROUP "\nb"
/* The kernel refuses a cgroup with a newline in its name. */
#define NASTY_CGROUP        \
	"a\x1b[31m\xc2\x9b" \
	"1m\x9b\xff\\x41\\\t\x7f\"'"

static void check_exec(struct harness *h, const char *const argv[])
{
	struct command *c =
		command_run(&(struct command_options){ .program = workload("tiny") }, argv);
	struct json_object *event = harness_wait_event(h, "exec", c->pid);

	check_args(event, argv);
	check_str(event, "proctrace.source.args", "kernel");
	event = harness_wait_event(h, "exit", c->pid);
	check_args(event, argv);
	command_free(c);
}

static void any_number(void **state)
{
	static const int numbers[] = { 1, 32, 2000 };
	const char **argv = calloc(2001, sizeof(*argv));
	struct harness *h = harness_start_own();
	char(*text)[16] = calloc(2000, sizeof(*text));

	(void)state;
	for (int i = 0; i < 2000; i++)
		snprintf(text[i], sizeof(text[i]), "arg-%d", i);
	for (size_t n = 0; n < 3; n++) {
		for (int i = 0; i <= numbers[n]; i++)
			argv[i] = i < numbers[n] ? text[i] : NULL;
		check_exec(h, argv);
	}
	free(argv);
	free(text);
	harness_stop_whole(h);
}

static char *of_length(size_t len)
{
	char *s = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		s[i] = (char)('a' + i % 26);
	s[len] = '\0';
	return s;
}

static void any_size(void **state)
{
	static const size_t sizes[] = { 100, 1023, 4095, 4096, 10000, 65535, 100000 };
	struct harness *h = harness_start_own();

	(void)state;
	check_exec(h, argv_of("tiny", ""));
	check_exec(h, argv_of("tiny", "", "", "x", ""));
	check_exec(h, argv_of("", "a"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *big = of_length(sizes[i]);

		check_exec(h, argv_of("tiny", big, "after"));
		free(big);
	}
	harness_stop_whole(h);
}

/* More than a record carries: the beginning, and a mark. */
static void beyond_the_limit(void **state)
{
	struct harness *h = harness_start_own();
	char *big = of_length(100000);
	struct command *c;
	struct json_object *event;

	(void)state;
	c = command_run(NULL, argv_of(workload("tiny"), big, big));
	event = harness_wait_event(h, "exec", c->pid);
	check_int(event, "process.args_count", 3);
	check_str(event, "process.args[1]", big);
	check_str(event, "proctrace.truncated[0]", "args");
	free(big);
	harness_stop_whole(h);
}

static void any_bytes_in_arguments(void **state)
{
	struct harness *h = harness_start_own();

	(void)state;
	check_exec(h, argv_of("tiny", NASTY));
	check_exec(h, argv_of("tiny", "\xff", "\\xff", "\xc3\x28", "\xed\xa0\x80",
			      "\xf4\x90\x80\x80"));
	check_exec(h, argv_of("tiny", "\xc3\xa4\xf0\x9f\x98\x80", "\x01", "$(id)", "{\"a\":1}"));
	harness_stop_whole(h);
}

static const char *nasty_cgroup(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/%d" NASTY_CGROUP, getpid());
	return path;
}

static void check_bytes(struct json_object *event, const char *path, const char *want)
{
	char got[4096];
	size_t len = field_bytes(event, path, got, sizeof(got));

	if (len != strlen(want) || memcmp(got, want, len) != 0) {
		fprintf(stderr, "%s\n", path);
		check_that(event, !"the bytes are the same");
	}
}

/* The bytes of a process in each place that can hold them. */
static void check_nasty_json(struct harness *h, pid_t pid, const char *path, const char *dir,
			     const char *comm)
{
	struct json_object *event = harness_wait_event(h, "exec", pid);

	check_bytes(event, "process.executable", path);
	check_bytes(event, "process.working_directory", dir);
	check_bytes(event, "proctrace.cgroup.path", nasty_cgroup());
	event = harness_wait_event(h, "exit", pid);
	check_bytes(event, "process.name", comm);
}

static void check_no_control_characters(const struct stream *s)
{
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->data[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f)
			harness_fail("text has byte 0x%02x at %zu", c, i);
		if (c == 0xc2 && (unsigned char)s->data[i + 1] < 0xa0)
			harness_fail("text has a C1 control character at %zu", i);
	}
}

static void any_bytes_in_names(void **state)
{
	const char *dir = scratch_path("d" NASTY);
	const char *path = scratch_copy(workload("setname"), "d" NASTY "/p" NASTY);
	const char *controller = cgroup_mount("") ? "" : "pids";
	struct command_options options = { .program = path, .cwd = dir };
	const char *cgroups[2] = { NULL };
	struct harness *json, *text;
	struct command *c;
	char pid[16];

	(void)state;
	cgroups[0] = cgroup_make(controller, nasty_cgroup());
	options.cgroups = cgroups;
	json = harness_start_own();
	snprintf(pid, sizeof(pid), "%d", getpid());
	text = harness_start("-f", "text", "-p", pid, "-e", "all", "--color", "never", "--columns",
			     "+name,exe,cwd,cgroup,args");
	c = command_run(&options, argv_of("x" NASTY, "\x1b]0;t\a\n\xff"));
	check_nasty_json(json, c->pid, path, dir, "\x1b]0;t\a\n\xff");
	assert_int_equal(harness_stop(json), 0);
	assert_int_equal(harness_stop(text), 0);
	check_no_control_characters(&text->tracer->out);
}

/* The kernel shows it as (a) b () in /proc/<pid>/stat. */
static void a_name_with_brackets(void **state)
{
	const char *path = scratch_copy(workload("hold"), "a) b (");
	struct command *before, *after;
	struct harness *h;

	(void)state;
	before = command_start(&(struct command_options){ .input = true }, argv_of(path, "before"));
	command_wait_lines(before, 1);
	h = harness_start_own("--existing", "-e", "all");
	after = command_start(&(struct command_options){ .input = true }, argv_of(path, "after"));
	check_str(harness_wait_event(h, "process", before->pid), "process.name", "a) b (");
	check_int(harness_find(h, "process", before->pid), "process.parent.pid", getpid());
	check_str(harness_wait_event(h, "exec", after->pid), "process.name", "a) b (");
	command_tell(before, "");
	command_wait_lines(before, 2);
	command_end(before);
	command_end(after);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(any_number),	       live_test(any_size),
		live_test(beyond_the_limit),   live_test(any_bytes_in_arguments),
		live_test(any_bytes_in_names), live_test(a_name_with_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
