// SPDX-License-Identifier: Apache-2.0
/*
 * test_load - when something does not keep up: the reader of the output, or the agent itself
 *
 * The reader is a named pipe that nobody reads; the agent is stopped for a while. The ring
 * is larger than all the records of a test, so that nothing may be lost, however slow the host is.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"
#include "summary.h"

#define RING "64M"

/* Of one argument, which stands twice in the line of the exec and twice in that of the exit. */
#define FILLER_LEN 4000

#define FEW	  60 /* lines for more than the pipe, and less than the queue */
#define FEW_TEXT  "60"
#define MANY	  500 /* lines for more than the queue: 11 MB */
#define MANY_TEXT "500"
#define STORMS	  7
/* The lines of all of them are twice that; the queue and the arguments that are kept, not. */
#define LIMIT_KIB (40 << 10)

static const char *filler(size_t len)
{
	static char text[FILLER_LEN + 1];

	memset(text, 'x', len);
	text[len] = '\0';
	return text;
}

static void storm(const char *count)
{
	command_free(command_run(NULL, argv_of(workload("storm"), count, workload("tiny"),
					       filler(FILLER_LEN))));
}

/* --- a reader that stops reading --------------------------------------------------- */

/* A pipe and its reading end, which need not be read. */
static const char *make_pipe(int *ret_fd)
{
	const char *path = scratch_path("pipe");

	assert_int_equal(mkfifo(path, 0600), 0);
	*ret_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(*ret_fd >= 0);
	return path;
}

/* Stops it while what it could not write is read. Returns the number of lines. */
static uint64_t stop_and_read(struct harness *h, int fd)
{
	static struct stream output; /* a test that fails leaves it open */
	struct stream *s = &output;
	struct json_tokener *tokener = json_tokener_new_ex(32);
	uint64_t lines = 0;
	char *line = NULL, *end;

	stream_open(s, fd);
	harness_stop_whole(h);
	stream_drain(s);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	for (line = s->data; (end = memchr(line, '\n', s->len - (size_t)(line - s->data)));
	     line = end + 1, lines++) {
		json_tokener_reset(tokener);
		json_object_put(json_tokener_parse_ex(tokener, line, (int)(end - line)));
		if (json_tokener_get_error(tokener) != json_tokener_success)
			harness_fail("line %" PRIu64 " is not whole: %.100s", lines + 1, line);
	}
	json_tokener_free(tokener);
	assert_true(line == s->data + s->len); /* nothing behind the last newline */
	stream_close(s);
	return lines;
}

/* What fits into the queue waits there. */
static void waits(void **state)
{
	uint64_t lines;
	struct harness *h;
	int fd;

	(void)state;
	h = harness_start_own("-e", "exec,exit", "--buffer", RING, "-o", make_pipe(&fd));
	storm(FEW_TEXT);
	lines = stop_and_read(h, fd);
	assert_int_equal(lines, 2 * (FEW + 1));
	assert_int_equal(summary_before(h, "events in "), lines);
	assert_int_equal(summary_before(h, "events could not be printed"), 0);
}

/* What does not is counted; no record is lost for it, and no memory taken. */
static void is_full(void **state)
{
	uint64_t lines, not_shown, programs = STORMS * (MANY + 1);
	struct harness *h;
	long kib = 0, now_kib;
	int fd;

	(void)state;
	h = harness_start_own("-e", "exec,exit", "--buffer", RING, "-o", make_pipe(&fd));
	for (int i = 0; i < STORMS; i++) {
		storm(MANY_TEXT);
		now_kib = command_memory_kib(h->tracer, "RssAnon");
		kib = now_kib > kib ? now_kib : kib;
	}
	lines = stop_and_read(h, fd);
	not_shown = summary_before(h, "events could not be printed");
	if (not_shown == 0 || summary_before(h, "events in ") != lines ||
	    lines + not_shown != 2 * programs)
		harness_fail("%" PRIu64 " lines and %" PRIu64 " not shown of %" PRIu64 " programs",
			     lines, not_shown, programs);
	fprintf(stderr, "%ld KiB\n", kib);
#ifndef __SANITIZE_ADDRESS__
	if (kib > LIMIT_KIB)
		harness_fail("it took %ld KiB, more than %d", kib, LIMIT_KIB);
#endif
}

/* --- an agent that has to catch up ------------------------------------------------- */

/*
 * Records for more than an eighth of the usual ring and less than all of it, and lines for
 * less than the queue.
 */
#define STORM	    1000
#define STORM_TEXT  "1000"
#define SHORT_LEN   1000
#define GROUPS	    40 /* more than a record carries */
#define RECORD_HAS  16
#define GROUPS_TEXT "groups"

/* An option of setpriv(1). */
static const char *groups_option(void)
{
	static char option[GROUPS * 8 + 16];
	size_t len = (size_t)snprintf(option, sizeof(option), "--groups=1000");

	for (int i = 1; i < GROUPS; i++)
		len += (size_t)snprintf(option + len, sizeof(option) - len, ",%d", 1000 + i);
	return option;
}

static size_t groups_of(struct json_object *event)
{
	struct json_object *groups = field_find(event, "process.supplemental_groups");

	return groups ? json_object_array_length(groups) : 0;
}

static bool is_exec_with(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");
	const char *first = field_str(event, "process.args[1]");

	return action && first && !strcmp(action, "exec") && !strcmp(first, arg);
}

/* It has all that the kernel tells, and says what /proc would have added. */
static void check_stepped_back(struct harness *h, struct json_object *facts)
{
	for (int i = 0; i < STORM; i++) {
		char unique[32], child[32];
		struct json_object *event;

		snprintf(unique, sizeof(unique), "unique-%d", i);
		snprintf(child, sizeof(child), "children[%d]", i);
		event = harness_wait_where(h, is_exec_with, unique);
		check_int(event, "process.pid", field_int(facts, child));
		check_int(event, "process.parent.pid", field_int(facts, "pid"));
		check_str(event, "process.args[0]", workload("tiny"));
		check_str(event, "process.args[2]", filler(SHORT_LEN));
		check_that(event, groups_of(event) == RECORD_HAS);
		check_str(event, "proctrace.truncated[0]", GROUPS_TEXT);
	}
}

/* A lone process gets everything: sooner or later, for the agent stays away for a while. */
static void wait_returned(struct harness *h)
{
	int64_t deadline = clock_ms() + deadline_ms();
	struct json_object *event;
	size_t n = 0;

	while (n != GROUPS) {
		struct command *held;
		char unique[32];

		if (clock_ms() > deadline)
			harness_fail("a lone process still has %zu of %d groups", n, GROUPS);
		snprintf(unique, sizeof(unique), "lone-%" PRIu64, clock_mono_ns());
		held = command_start(&(struct command_options){ .input = true },
				     argv_of("setpriv", groups_option(), workload("hold"), unique));
		event = harness_wait_where(h, is_exec_with, unique);
		n = groups_of(event);
		command_end(held);
	}
	check_absent(event, "proctrace.truncated[0]");
}

static void steps_back(void **state)
{
	struct harness *h = harness_start_own("-e", "exec");
	struct json_object *facts;
	struct command *c;

	(void)state;
	wait_returned(h);
	kill(h->tracer->pid, SIGSTOP);
	c = command_run(NULL, argv_of("setpriv", groups_option(), workload("storm"), STORM_TEXT,
				      workload("tiny"), filler(SHORT_LEN)));
	kill(h->tracer->pid, SIGCONT);
	facts = command_facts(c);
	check_stepped_back(h, facts);
	json_object_put(facts);
	wait_returned(h);
	harness_stop_whole(h);
	assert_true(summary_before(h, "times /proc was not read") > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(waits),
		live_test(is_full),
		live_test(steps_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
