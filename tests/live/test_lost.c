// SPDX-License-Identifier: Apache-2.0
/*
 * test_lost - what did not fit into the ring is counted, and told in the stream
 *
 * The tracer is stopped while a storm overruns a small ring, and then goes on.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define STORM	   1200
#define STORM_TEXT "1200"
#define STUCK	   1500 /* more than CALLS_MAX of bpf/maps.h */
#define STUCK_TEXT "1500"
#define FILLER_LEN 2000 /* of one argument: the storm is several times the ring */

static bool is_lost(struct json_object *event, const void *arg)
{
	const char *action = field_str(event, "event.action");

	(void)arg;
	return action && !strcmp(action, "lost");
}

/* RFC 3339 with nanoseconds in UTC sorts as text; sub-seconds do not matter here. */
static void now_text(char *out, size_t size, time_t shift)
{
	time_t now = time(NULL) + shift;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
}

/* What one gap says: its parts add up, and it lies within the storm. */
static uint64_t check_gap(struct json_object *gap, const char *before, const char *after,
			  uint64_t *execs)
{
	struct json_object *by_kind = field_find(gap, "proctrace.lost.by_kind");
	int64_t total = field_int(gap, "proctrace.lost.total"), sum = 0;
	const char *from = field_str(gap, "proctrace.lost.from");
	const char *to = field_str(gap, "proctrace.lost.to");

	check_str(gap, "proctrace.lost.reason", "buffer full");
	check_that(gap, by_kind != NULL && total > 0);
	json_object_object_foreach(by_kind, kind, count)
	{
		sum += json_object_get_int64(count);
		if (!strcmp(kind, "exec"))
			*execs += (uint64_t)json_object_get_int64(count);
	}
	check_that(gap, sum == total);
	check_that(gap, from && to && strcmp(from, to) <= 0);
	check_that(gap, strcmp(before, from) <= 0 && strncmp(to, after, strlen(after)) <= 0);
	return (uint64_t)total;
}

static void overrun(void **state)
{
	struct harness *h = harness_start_own("--buffer", "512K", "-e", "exec,exit,lost");
	char filler[FILLER_LEN + 1], before[64], after[64];
	uint64_t told = 0, execs_lost = 0, execs = 0;
	struct command *storm, *last;

	(void)state;
	memset(filler, 'x', FILLER_LEN);
	filler[FILLER_LEN] = '\0';
	now_text(before, sizeof(before), -1);
	kill(h->tracer->pid, SIGSTOP);
	storm = command_run(NULL, argv_of(workload("storm"), STORM_TEXT, workload("tiny"), filler));
	kill(h->tracer->pid, SIGCONT);
	now_text(after, sizeof(after), 1);
	harness_wait_where(h, is_lost, NULL);
	/* It goes on as if nothing had been. */
	last = command_run(NULL, argv_of(workload("tiny"), "after the gap"));
	harness_wait_event(h, "exit", last->pid);

	assert_int_equal(harness_stop(h), 0);
	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];
		const char *arg = field_str(event, "process.args[1]");

		if (is_lost(event, NULL))
			told += check_gap(event, before, after, &execs_lost);
		else if (!strcmp(field_str(event, "event.action"), "exec") && arg &&
			 !strncmp(arg, "unique-", strlen("unique-")))
			execs++;
	}
	/* Nothing vanished uncounted: neither in the sum, nor of the storm. */
	assert_true(told == harness_summary(h, "lost"));
	assert_true(harness_summary(h, "written") == harness_summary(h, "delivered") + told);
	assert_true(execs < STORM);
	if (execs + execs_lost < STORM)
		harness_fail("%" PRIu64 " execs of %d, %" PRIu64 " told as lost", execs, STORM,
			     execs_lost);
	command_free(storm);
	command_free(last);
}

static bool is_lost_exec(struct json_object *event, const void *arg)
{
	return is_lost(event, arg) && field_find(event, "proctrace.lost.by_kind.exec-failed");
}

/* More calls at a time than can be kept from entry to end: those that are not told are counted. */
static void many_at_a_time(void **state)
{
	struct harness *h = harness_start_own("-x", "-e", "exec,lost");
	struct command *stuck = command_run(NULL, argv_of(workload("stuckexec"), STUCK_TEXT));
	uint64_t told = 0, lost = 0;

	(void)state;
	if (WIFEXITED(stuck->status) && WEXITSTATUS(stuck->status) == 3)
		harness_skip("%s", stuck->err.data); /* a kernel without userfaultfd(2) */
	assert_int_equal(stuck->status, 0);
	harness_wait_where(h, is_lost_exec, NULL);
	assert_int_equal(harness_stop(h), 0);
	for (size_t i = 0; i < h->events_len; i++) {
		const char *arg = field_str(h->events[i], "process.args[0]");

		if (is_lost_exec(h->events[i], NULL))
			lost += (uint64_t)field_int(h->events[i],
						    "proctrace.lost.by_kind.exec-failed");
		else if (arg && !strcmp(arg, "stuck"))
			told++;
	}
	if (told + lost < STUCK)
		harness_fail("%" PRIu64 " of %d told, %" PRIu64 " lost", told, STUCK, lost);
	command_free(stuck);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(overrun),
		live_test(many_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
