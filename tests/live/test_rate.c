// SPDX-License-Identifier: Apache-2.0
/*
 * test_rate - past its rate limit a container is counted, not sent, and hides nobody else
 *
 * Made cgroups, as Docker would make them, below a root of the test's own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"
#include "summary.h"

#define STORM	    2000
#define STORM_COUNT "2000"
#define LIMIT	    100
#define LIMIT_TEXT  "100/1h" /* one window, or two */
#define WINDOWS	    2
#define SLACK	    8 /* records more than the limit that a window may have on two CPUs */
#define BESIDE	    100
#define BESIDE_TEXT "100"
#define KINDS	    3 /* of records of a child: fork, exec, exit */

struct made {
	char id[65];
	const char *cgroup;
};

static struct made make(const char *controller, char digit)
{
	struct made m;

	strcpy(m.id, container_id(digit));
	m.cgroup = cgroup_make_docker(controller, m.id);
	return m;
}

static struct command *start_in(const char *cgroup, const char *const argv[])
{
	const char *cgroups[2] = { cgroup };

	return command_start(&(struct command_options){ .cgroups = cgroups }, argv);
}

static void run_in(const char *cgroup, const char *const argv[])
{
	const char *cgroups[2] = { cgroup };

	command_run(&(struct command_options){ .cgroups = cgroups }, argv);
}

#define start_with(...)                                         \
	harness_start("-f", "json", "-e", "all", "--host-root", \
		      (scratch_path("host/etc/x"), scratch_path("host")), __VA_ARGS__)

static bool is_of(struct json_object *event, const char *id)
{
	const char *container = field_str(event, "container.id");

	return container && !strcmp(container, id);
}

static bool exits_with(struct json_object *event, const void *arg)
{
	const char *first = field_str(event, "process.args[1]");

	return first && field_is_action(event, "exit") && !strcmp(first, arg);
}

static bool is_throttled(struct json_object *event, const void *id)
{
	return field_is_action(event, "throttled") && is_of(event, id);
}

/* Its workload is seen, so that it is known and has a meter; the window's count begins. */
static void prime(struct harness *h, const char *cgroup, const char *unique)
{
	run_in(cgroup, argv_of(workload("tiny"), unique));
	harness_wait_where(h, exits_with, unique);
}

/* What the gaps of a container (NULL: of any) say, by kind; each adds up. */
struct gaps {
	uint64_t total, fork, exec, exit, events;
};

static struct gaps gaps_of(struct harness *h, const char *id)
{
	struct gaps g = { 0 };

	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i], *by_kind;
		uint64_t sum = 0;

		if (!field_is_action(event, "throttled") || (id && !is_of(event, id)))
			continue;
		g.events++;
		by_kind = field_find(event, "proctrace.throttled.by_kind");
		check_that(event, by_kind != NULL);
		check_str(event, "event.type[0]", "info");
		check_that(event, strcmp(field_str(event, "proctrace.throttled.from"),
					 field_str(event, "proctrace.throttled.to")) <= 0);
		check_that(event, strcmp(field_str(event, "proctrace.throttled.to"),
					 field_str(event, "@timestamp")) <= 0);
		json_object_object_foreach(by_kind, kind, count)
		{
			uint64_t n = (uint64_t)json_object_get_int64(count);

			sum += n;
			g.fork += strcmp(kind, "fork") ? 0 : n;
			g.exec += strcmp(kind, "exec") ? 0 : n;
			g.exit += strcmp(kind, "exit") ? 0 : n;
		}
		check_that(event, sum == (uint64_t)field_int(event, "proctrace.throttled.total"));
		g.total += sum;
	}
	return g;
}

static uint64_t count_of(struct harness *h, const char *id, const char *action)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->events_len; i++)
		n += field_is_action(h->events[i], action) && is_of(h->events[i], id);
	return n;
}

static void check_sum(const char *what, uint64_t delivered, uint64_t throttled, uint64_t happened)
{
	if (delivered + throttled != happened)
		harness_fail("%s: %" PRIu64 " delivered + %" PRIu64 " throttled, %" PRIu64
			     " happened",
			     what, delivered, throttled, happened);
}

/* All three records of each child, with its program. */
static void check_whole(struct harness *h, const char *prefix, int children)
{
	for (int i = 0; i < children; i++) {
		char unique[64];

		snprintf(unique, sizeof(unique), "%s-%d", prefix, i);
		harness_wait_where(h, exits_with, unique);
	}
}

/* No process says that it ran a program that it did not run. */
static void check_no_wrong_program(struct harness *h, const char *id)
{
	for (size_t i = 0; i < h->events_len; i++) {
		struct json_object *event = h->events[i];
		const char *name = field_str(event, "process.name");
		const char *exe = field_str(event, "process.executable");
		const char *parent = field_str(event, "process.parent.name");

		if (!is_of(event, id) || !field_is_action(event, "exit"))
			continue;
		/* comm is the kernel's word; what the table remembers must agree. */
		if (exe)
			check_that(event, name && !strcmp(strrchr(exe, '/') + 1, name));
		check_that(event, !parent || strcmp(parent, "tiny"));
	}
}

static void storm(void **state)
{
	struct made web = make(*state, 'a'), other = make(*state, 'b');
	struct harness *h = start_with("--rate-limit", LIMIT_TEXT);
	struct command *c, *beside;
	uint64_t delivered, sent;
	struct gaps g;

	prime(h, web.cgroup, "prime-web");
	prime(h, other.cgroup, "prime-other");
	harness_forget(h);
	c = start_in(web.cgroup, argv_of(workload("storm"), STORM_COUNT, workload("tiny")));
	/* At the same time, on the host; what is in another container is below the limit. */
	beside = command_start(NULL, argv_of(workload("storm"), BESIDE_TEXT, workload("tiny")));
	run_in(other.cgroup, argv_of(workload("storm"), "20", workload("tiny"), "in-other"));
	assert_int_equal(command_wait(beside, deadline_ms()), 0);
	assert_int_equal(command_wait(c, deadline_ms()), 0);
	check_whole(h, "unique", BESIDE);
	harness_wait_where(h, is_throttled, web.id);
	harness_stop(h);

	/* Exactly: the storm itself is forked outside, execs and exits inside. */
	g = gaps_of(h, web.id);
	check_sum("fork", count_of(h, web.id, "fork"), g.fork, STORM);
	check_sum("exec", count_of(h, web.id, "exec"), g.exec, STORM + 1);
	check_sum("exit", count_of(h, web.id, "exit"), g.exit, STORM + 1);
	delivered = count_of(h, web.id, "fork") + count_of(h, web.id, "exec") +
		    count_of(h, web.id, "exit");
	if (delivered < LIMIT / 2 || delivered > WINDOWS * (LIMIT + SLACK))
		harness_fail("%" PRIu64 " records of a limit of %d", delivered, LIMIT);
	check_no_wrong_program(h, web.id);

	assert_int_equal(gaps_of(h, other.id).events, 0);
	assert_int_equal(count_of(h, other.id, "exec"), 21);
	assert_int_equal(count_of(h, other.id, "fork"), 20);
	assert_int_equal(count_of(h, other.id, "exit"), 21);

	sent = harness_summary(h, "written");
	assert_true(sent == harness_summary(h, "delivered"));
	assert_true(harness_summary(h, "lost") == 0);
	/* Others may run containers at the same time. */
	assert_true(harness_summary(h, "throttled") == gaps_of(h, NULL).total);
}

/* Runs it until it is shown: a window later at the latest. Returns how often. */
static uint64_t run_until_shown(struct harness *h, const char *cgroup)
{
	for (uint64_t n = 1; n < 1000; n++) {
		char unique[32];

		snprintf(unique, sizeof(unique), "after-%" PRIu64, n);
		run_in(cgroup, argv_of(workload("tiny"), unique));
		harness_sync(h);
		if (harness_find_where(h, exits_with, unique))
			return n;
	}
	harness_fail("nothing is shown any more");
}

static struct command *hold_in(const char *cgroup)
{
	const char *cgroups[2] = { cgroup };
	struct command *c =
		command_start(&(struct command_options){ .cgroups = cgroups, .input = true },
			      argv_of(workload("hold"), "held"));

	command_wait_lines(c, 1);
	return c;
}

/*
 * In short windows: the storm is cut to pieces everywhere, and when it is over all is
 * shown again; what is then said of a process that lived through it is true.
 */
static void over(void **state)
{
	struct made web = make(*state, 'a');
	struct harness *h = start_with("--rate-limit", "20/1s");
	struct command *held, *unseen;
	uint64_t others = 4; /* prime, storm itself, and two that are held */
	struct json_object *end;
	const char *exe;
	pid_t pid;
	struct gaps g;

	prime(h, web.cgroup, "prime-web");
	held = hold_in(web.cgroup);
	run_in(web.cgroup, argv_of(workload("storm"), STORM_COUNT, workload("tiny")));
	/* Its exec comes too late for this window, but its exit is in another one. */
	unseen = hold_in(web.cgroup);
	harness_wait_where(h, is_throttled, web.id);
	others += run_until_shown(h, web.cgroup);
	pid = unseen->pid;
	command_end(unseen);
	end = harness_wait_event(h, "exit", pid);
	check_str(end, "process.name", "hold");
	exe = field_str(end, "process.executable");
	check_that(end, !exe || !strcmp(exe, workload("hold")));
	exe = field_str(end, "process.args[0]");
	check_that(end, !exe || !strcmp(exe, workload("hold")));
	/* It was there before, and is known. */
	command_end(held);
	check_str(harness_wait_where(h, exits_with, "held"), "process.name", "hold");
	harness_stop(h);

	check_no_wrong_program(h, web.id);
	g = gaps_of(h, web.id);
	check_sum("fork", count_of(h, web.id, "fork"), g.fork, STORM);
	check_sum("exec", count_of(h, web.id, "exec"), g.exec, STORM + others);
	check_sum("exit", count_of(h, web.id, "exit"), g.exit, STORM + others);
}

/* Fewer records than the limit, but of such a length that they would fill a ring. */
static void long_arguments(void **state)
{
	struct made web = make(*state, 'a');
	struct harness *h = start_with("--rate-limit", "400/1h");
	char filler[60001];
	uint64_t known;
	struct gaps g;

	memset(filler, 'x', sizeof(filler) - 1);
	filler[sizeof(filler) - 1] = '\0';
	prime(h, web.cgroup, "prime-web");
	run_in(web.cgroup, argv_of(workload("storm"), "100", workload("tiny"), filler));
	harness_wait_where(h, is_throttled, web.id);
	harness_stop(h);
	g = gaps_of(h, web.id);
	/* Lines of that length may be too many at a time for who reads them here. */
	known = count_of(h, web.id, "exec") + g.exec;
	if (known > 100 + 2 || known + summary_before(h, "events could not be printed") < 100 + 2)
		harness_fail("%" PRIu64 " execs delivered or throttled, 102 happened", known);
	assert_true(harness_summary(h, "lost") == 0);
}

#define rate_test(f, controller) \
	cmocka_unit_test_prestate_setup_teardown(f, live_setup, live_teardown, (void *)(controller))

#define ALL_TESTS(controller)                                      \
	rate_test(storm, controller), rate_test(over, controller), \
		rate_test(long_arguments, controller)

int main(void)
{
	const struct CMUnitTest v2_tests[] = { ALL_TESTS("") };
	const struct CMUnitTest v1_tests[] = { ALL_TESTS("pids") };
	int failed = cmocka_run_group_tests_name("v2", v2_tests, NULL, NULL);

	if (!cgroup_mount("pids"))
		return failed;
	return failed + cmocka_run_group_tests_name("v1", v1_tests, NULL, NULL);
}
