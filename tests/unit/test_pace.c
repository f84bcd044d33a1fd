// SPDX-License-Identifier: Apache-2.0
/*
 * test_pace.c - when /proc is read, and when not
 *
 * The rule by a clock of the test's own; and that it is kept, by the real one.
 */
#include "enrich/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "enrich/enrich.h"

#define US 1000ull
#define MS (1000 * US)
#define S  (1000 * MS)

#define BEGIN	(1000 * S)
#define LOOK	(25 * US)
#define RETURNS (PACE_ENOUGH_NS * PACE_PART) /* so long it stays away */

/* Programs that start at this distance for so long, each a look. Returns how many got it. */
static unsigned int run(struct pace *p, uint64_t *now, uint64_t every, uint64_t duration)
{
	uint64_t end = *now + duration;
	unsigned int looks = 0;

	for (; *now < end; *now += every) {
		if (!pace_allows(p, *now, false))
			continue;
		pace_spend(p, LOOK);
		looks++;
	}
	return looks;
}

/* A host at work, 300 programs a second, is no storm. */
static void what_is_affordable_gets_all(void **state)
{
	uint64_t now = BEGIN, every = S / 300;
	struct pace p;

	(void)state;
	pace_init(&p, now);
	assert_int_equal(run(&p, &now, every, 60 * S), 60 * S / every + 1);
	assert_false(p.away);
	/* However long nothing was, no more than that is saved. */
	now += 86400 * S;
	assert_in_range(run(&p, &now, 1, 1000), PACE_SAVED_NS / LOOK, PACE_SAVED_NS / LOOK + 1);
}

static void a_storm_costs_a_hundredth(void **state)
{
	uint64_t now = BEGIN;
	struct pace p;
	unsigned int looks;

	(void)state;
	pace_init(&p, now);
	/* The first ones get everything. */
	assert_int_equal(run(&p, &now, 100 * US, 20 * MS), 200);
	looks = run(&p, &now, 100 * US, 100 * S);
	assert_in_range(looks, 98 * S / PACE_PART / LOOK, 102 * S / PACE_PART / LOOK);
}

/* Stepping back and returning is no flutter: it stays away, and then there is enough for a while. */
static void it_returns_later(void **state)
{
	uint64_t now = BEGIN;
	struct pace p;

	(void)state;
	pace_init(&p, now);
	pace_spend(&p, 2 * PACE_SAVED_NS);
	assert_false(pace_allows(&p, now, false));
	assert_false(pace_allows(&p, now + RETURNS - PACE_PART, false));
	assert_true(pace_allows(&p, now + RETURNS, false));
	pace_spend(&p, PACE_ENOUGH_NS - 1);
	assert_true(pace_allows(&p, now + RETURNS, false));
	pace_spend(&p, 1);
	assert_false(pace_allows(&p, now + RETURNS, false));
}

static void time_adds_up_in_small_steps(void **state)
{
	uint64_t now = BEGIN;
	struct pace p;

	(void)state;
	pace_init(&p, now);
	pace_spend(&p, PACE_SAVED_NS);
	while (!pace_allows(&p, now, false) && now < BEGIN + 2 * RETURNS)
		now += PACE_PART * US - 1;
	assert_in_range(now, BEGIN + RETURNS, BEGIN + RETURNS + PACE_PART * US);
	/* A clock that stands still, or even goes back, adds nothing. */
	pace_spend(&p, PACE_SAVED_NS);
	assert_false(pace_allows(&p, now, false));
	assert_false(pace_allows(&p, 0, false));
}

static void a_ring_that_fills_ends_it(void **state)
{
	uint64_t now = BEGIN;
	struct pace p;

	(void)state;
	pace_init(&p, now);
	assert_true(pace_allows(&p, now, false));
	assert_false(pace_allows(&p, now, true));
	/* What was saved is forfeit, so it is not back with the next batch. */
	assert_false(pace_allows(&p, now + RETURNS / 2, false));
	assert_false(pace_allows(&p, now + RETURNS, true));
	assert_false(pace_allows(&p, now + 2 * RETURNS - PACE_PART, false));
	assert_true(pace_allows(&p, now + 2 * RETURNS, false));
}

/* All facts there but one, which only /proc can tell. */
static bool is_read(struct enrich *e, enum event_kind kind, enum fact fact)
{
	struct event event = { .kind = kind, .about_process = true };

	event.proc.pid = event.proc.tid = 300;
	event.proc.start_ns = 50 * S;
	for (int i = 0; i < FACT_COUNT; i++) {
		if (i != (int)fact)
			event_set(&event.proc, (enum fact)i, SOURCE_KERNEL);
	}
	enrich_event(e, &event, false);
	if (!event_has(&event.proc, fact))
		assert_int_equal(event.proc.missing[fact], MISSING_SKIPPED);
	return event_has(&event.proc, fact);
}

static void read_until(struct enrich *e, bool wanted)
{
	uint64_t deadline = clock_boot_ns() + 60 * NSEC_PER_SEC;

	while (is_read(e, EVENT_EXEC, FACT_CWD) != wanted)
		assert_true(clock_boot_ns() < deadline);
}

static void enrich_keeps_to_it(void **state)
{
	struct enrich_options options = { .proc_root = "tests/fixtures/proc/host" };
	struct enrich_stats stats;
	struct enrich *e = NULL;

	(void)state;
	assert_int_equal(enrich_new(&options, &e), 0);
	assert_true(is_read(e, EVENT_EXEC, FACT_CWD));
	read_until(e, false);
	enrich_stats(e, &stats);
	assert_int_equal(stats.skipped, 1);
	/* An inventory was asked for. */
	assert_true(is_read(e, EVENT_PROCESS, FACT_CWD));
	read_until(e, true);
	enrich_free(e);
}

/* It may be dear, and what happens meanwhile is looked at as ever. */
static void an_inventory_costs_nothing_of_it(void **state)
{
	struct enrich_options options = { .proc_root = "tests/fixtures/proc/host" };
	uint64_t begin_ns = clock_thread_ns();
	struct enrich_stats stats;
	struct enrich *e = NULL;

	(void)state;
	assert_int_equal(enrich_new(&options, &e), 0);
	while (clock_thread_ns() - begin_ns < 4 * PACE_SAVED_NS)
		assert_true(is_read(e, EVENT_PROCESS, FACT_CWD));
	assert_true(is_read(e, EVENT_EXEC, FACT_CWD));
	enrich_stats(e, &stats);
	assert_int_equal(stats.skipped, 0);
	enrich_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_affordable_gets_all),
		cmocka_unit_test(a_storm_costs_a_hundredth),
		cmocka_unit_test(it_returns_later),
		cmocka_unit_test(time_adds_up_in_small_steps),
		cmocka_unit_test(a_ring_that_fills_ends_it),
		cmocka_unit_test(enrich_keeps_to_it),
		cmocka_unit_test(an_inventory_costs_nothing_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
