// SPDX-License-Identifier: Apache-2.0
/*
 * test_soak - what stays when a storm is over, and what is true of many processes at once
 *
 * Shortened. In full, in seconds and in processes:
 *   PROCTRACE_DEADLINE=600 SOAK_STORM=120 SOAK_SLOW=3600 SOAK_LIVE=10000 SOAK_CREATED=100000 …
 *
 * The ring is larger than all the records between two waits, so that nothing may be lost.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "summary.h"

#define RING	   "32M"
#define BURST	   800 /* their lines fit into the output's queue */
#define BURST_TEXT "800"

/*
 * More than the lines of a burst that may wait for us and the table's entries of two seconds,
 * however fast the host is. So the shortened form finds a leak of 3 KiB for each process, the
 * full one of some 40 bytes.
 */
#define GROWTH_KIB (12 << 10)

/* Of one argument of BIG processes: more than the 16 MiB that are kept, and nobody sees them. */
#define BIG	420
#define BIG_LEN 50000

static int setting(const char *name, int usual)
{
	const char *value = getenv(name);

	return value ? atoi(value) : usual;
}

static struct command *burst(struct harness *h)
{
	struct command *c = command_run(NULL, argv_of(workload("storm"), BURST_TEXT,
						      workload("tiny"), "an-argument"));

	harness_sync(h);
	return c;
}

static void over(void **state)
{
	int storm_s = setting("SOAK_STORM", 2), slow_s = setting("SOAK_SLOW", 2), bursts = 0;
	struct harness *h = harness_start_own("-e", "exit", "--buffer", RING);
	long before = 0, after;
	int64_t end;

	(void)state;
	end = clock_ms() + storm_s * 1000;
	while (bursts < 4 || clock_ms() < end) {
		command_free(burst(h));
		/* The children, storm itself, and what was waited for. */
		assert_int_equal(harness_count(h, "exit", 0), BURST + 2);
		harness_forget(h);
		if (bursts++ == 0)
			before = command_memory_kib(h->tracer, "RssAnon");
	}
	for (int second = 0; second < slow_s; second++) {
		int64_t next = clock_ms() + 1000;

		harness_sync(h);
		harness_forget(h);
		while (clock_ms() < next)
			stream_pump(-1, next);
	}
	after = command_memory_kib(h->tracer, "RssAnon");
	harness_stop_whole(h);
	fprintf(stderr, "%ld KiB, after %d programs more %ld KiB\n", before, (bursts - 1) * BURST,
		after);
#ifndef __SANITIZE_ADDRESS__
	if (after - before > GROWTH_KIB)
		harness_fail("memory grew from %ld to %ld KiB", before, after);
#endif
}

/* --- many at once ------------------------------------------------------------------ */

/* live processes, each with this argument. They are all there when it returns. */
static struct command *start_crowd(struct harness *h, int live, const char *argument)
{
	char count[16], prefix[512], id[65];
	struct command *crowd;

	memcpy(id, container_id('5'), sizeof(id));
	memcpy(id + 60, "0000", sizeof("0000"));
	if (!cgroup_make_docker("", id))
		harness_skip("no cgroup can be made in /docker");
	snprintf(prefix, sizeof(prefix), "%s/docker/%.60s", cgroup_mount(""), id);
	snprintf(count, sizeof(count), "%d", live);
	crowd = command_start(&(struct command_options){ .input = true },
			      argv_of(workload("crowd"), count, "1", prefix, workload("hold"),
				      argument));
	command_wait_lines(crowd, 1);
	harness_sync(h);
	return crowd;
}

/* The number behind this prefix in the second argument; -1: it is none of those. */
static int number_of(struct json_object *event, const char *prefix)
{
	const char *arg = field_str(event, "process.args[1]");

	return arg && !strncmp(arg, prefix, strlen(prefix)) ? atoi(arg + strlen(prefix)) : -1;
}

/* This event of the crowd, once of each, with all of its arguments and its parent. Returns how many. */
static int check_crowd(struct harness *h, const char *action, struct command *crowd, int live)
{
	bool *seen = calloc((size_t)live, sizeof(*seen));
	int found = 0;

	assert_non_null(seen);
	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];
		int n = field_is_action(event, action) ? number_of(event, "crowd-") : -1;

		if (n < 0)
			continue;
		check_that(event, n < live && !seen[n]);
		check_int(event, "process.parent.pid", crowd->pid);
		check_str(event, "process.name", "hold");
		check_str(event, "process.args[0]", workload("hold"));
		check_str(event, "process.args[2]", "small");
		seen[n] = true;
		found++;
	}
	free(seen);
	return found;
}

/*
 * Both events of each child of a burst, in order: the right pid and parent, and the arguments;
 * an exit may have lost these.
 */
static void check_burst(struct harness *h, struct command *storm, bool may_lose)
{
	struct json_object *facts = command_facts(storm);
	int execs = 0, exits = 0;

	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];
		bool exec = field_is_action(event, "exec");
		int *n = exec ? &execs : &exits;
		char child[32];

		if (field_int(event, "process.parent.pid") != storm->pid)
			continue;
		snprintf(child, sizeof(child), "children[%d]", *n);
		check_int(event, "process.pid", field_int(facts, child));
		check_str(event, "process.parent.name", "storm");
		check_str(event, "process.name", "tiny");
		if (exec || !may_lose || field_find(event, "process.args")) {
			check_that(event, number_of(event, "unique-") == *n);
			check_str(event, "process.args[0]", workload("tiny"));
			check_str(event, "process.args[2]", "an-argument");
		}
		++*n;
	}
	json_object_put(facts);
	assert_int_equal(execs, BURST);
	assert_int_equal(exits, BURST);
}

static void run_bursts(struct harness *h, int created, bool may_lose)
{
	for (int i = 0; i < created; i += BURST) {
		struct command *storm = burst(h);

		check_burst(h, storm, may_lose);
		command_free(storm);
		harness_forget(h);
	}
}

static void end_crowd(struct command *crowd)
{
	close(crowd->in);
	crowd->in = -1;
	assert_int_equal(command_wait(crowd, deadline_ms()), 0);
}

static void crowded(void **state)
{
	struct harness *h = harness_start_own("-e", "exec,exit", "--buffer", RING);
	int live = setting("SOAK_LIVE", 1000);
	struct command *crowd = start_crowd(h, live, "small");
	uint64_t exits;

	(void)state;
	assert_int_equal(check_crowd(h, "exec", crowd, live), live);
	harness_forget(h);
	run_bursts(h, setting("SOAK_CREATED", 3 * BURST), false);
	end_crowd(crowd);
	harness_stop_whole(h);
	/* They end all at once, which in the full size is more than the queue of the output takes. */
	exits = (uint64_t)check_crowd(h, "exit", crowd, live);
	assert_true(exits + summary_before(h, "events could not be printed") >= (uint64_t)live);
	assert_int_equal(summary_before(h, "programs whose exit shows no arguments"), 0);
	assert_int_equal(summary_before(h, "table entries were forgotten"), 0);
}

/* What is kept of arguments has a limit; what is not is counted, and nothing is made up. */
static void forgets(void **state)
{
	struct harness *h = harness_start_own("-e", "exec,exit", "-n", "tiny", "--buffer", RING);
	char *argument = calloc(1, BIG_LEN + 1);
	struct command *crowd;

	(void)state;
	assert_non_null(argument);
	memset(argument, 'x', BIG_LEN);
	crowd = start_crowd(h, BIG, argument);
	free(argument);
	harness_forget(h);
	run_bursts(h, BURST, true);
	end_crowd(crowd);
	harness_stop_whole(h);
	assert_true(summary_before(h, "programs whose exit shows no arguments") > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(over),
		live_test(crowded),
		live_test(forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
