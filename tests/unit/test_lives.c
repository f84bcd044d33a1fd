// SPDX-License-Identifier: Apache-2.0
/*
 * test_lives.c - which life of which container an event is about, by what is joined into it
 */
#include "log/joined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID	   "da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"
#define STEPS	   14
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* One event of a log. */
struct step {
	const char *what; /* "start ran update stop late exec ref"; NULL: no more */
	const char *id;
	const char *name;  /* that the event says; NULL: not known, and unconfirmed */
	const char *want;  /* that it has when it is joined; NULL: none; "-": it is left out */
	uint64_t sequence; /* 0: the next */
	const char *boot;
	const char *runtime; /* NULL: docker */
};

#define S(what_, id_, name_, want_)                                            \
	{                                                                      \
		.what = (what_), .id = (id_), .name = (name_), .want = (want_) \
	}

static struct container_info container_of(const struct step *step)
{
	return (struct container_info){
		.id = str_of(step->id),
		.runtime = str_of(step->runtime ? step->runtime : "docker"),
		.name = str_of(step->name),
		.unconfirmed = !step->name,
	};
}

static struct event event_of(const struct step *step, const struct container_info *c,
			     const struct event_host *host)
{
	struct event e = { .sequence = step->sequence, .host = host };
	const char *what = step->what;

	if (!strcmp(what, "exec")) {
		e.kind = EVENT_EXEC;
		e.about_process = true;
		e.proc.container = c;
		event_set(&e.proc, FACT_CONTAINER, c->unconfirmed ? SOURCE_KERNEL : SOURCE_RUNTIME);
	} else if (!strcmp(what, "ref")) {
		e.kind = EVENT_SETNS;
		e.about_process = true;
		e.ns_change_len = 1;
		e.ns_change[0].owner = c;
	} else {
		bool ends = !strcmp(what, "stop") || !strcmp(what, "late");

		e.kind = ends ? EVENT_CONTAINER_STOP : EVENT_CONTAINER_START;
		e.late = !strcmp(what, "late");
		e.update = !strcmp(what, "update");
		e.ran_already = !strcmp(what, "ran");
		e.container = e.proc.container = c;
	}
	return e;
}

static const struct container_info *joined_container(const struct event *e)
{
	if (e->kind == EVENT_SETNS)
		return e->ns_change[0].owner;
	return e->container ? e->container : e->proc.container;
}

static void check(size_t row, size_t n, const struct step *step, bool shown, const struct event *e)
{
	bool left_out = step->want && !strcmp(step->want, "-");
	struct str want = str_of(left_out ? step->name : step->want);
	const struct container_info *c = joined_container(e);

	if (shown == left_out)
		fail_msg("row %zu, step %zu: %s", row, n, shown ? "shown" : "left out");
	if (!str_eq(c->name, want) || c->unconfirmed != !want.len)
		fail_msg("row %zu, step %zu: '%.*s'%s", row, n, (int)c->name.len,
			 c->name.len ? c->name.p : "", c->unconfirmed ? "?" : "");
	if (e->kind == EVENT_EXEC)
		assert_int_equal(e->proc.source[FACT_CONTAINER],
				 want.len ? SOURCE_RUNTIME : SOURCE_KERNEL);
}

static void run(size_t row, const struct step steps[], struct joined *j)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t n = 0; n < STEPS && steps[n].what; n++) {
			struct container_info c = container_of(&steps[n]);
			struct event_host host = { .boot_id = str_of(steps[n].boot) };
			struct event e = event_of(&steps[n], &c, &host);
			bool shown;

			if (!e.sequence)
				e.sequence = 1000 + n;
			if (pass == 0) {
				joined_learn(j, &e);
				continue;
			}
			shown = joined_fill(j, &e);
			check(row, n, &steps[n], shown, &e);
		}
		if (pass == 0)
			joined_rewind(j);
	}
}

static void test_lives(void **state)
{
	static const struct step rows[][STEPS] = {
		/* Known late: before and after, inside and from outside. */
		{ S("start", ID, NULL, "web"), S("exec", ID, NULL, "web"),
		  S("ref", ID, NULL, "web"), S("update", ID, "web", "-"),
		  S("exec", ID, "web", "web"), S("stop", ID, "web", "web") },
		/* Never known. */
		{ S("start", ID, NULL, NULL), S("update", ID, NULL, "-"), S("exec", ID, NULL, NULL),
		  S("stop", ID, NULL, NULL) },
		/* Another container. */
		{ S("exec", ID, NULL, NULL), S("exec", ID "0", "web", "web") },
		/* Started again under another name; the second time its name is not known. */
		{ S("start", ID, NULL, "web"), S("stop", ID, "web", "web"),
		  S("start", ID, NULL, "db"), S("exec", ID, NULL, "db"), S("stop", ID, "db", "db"),
		  S("start", ID, NULL, NULL), S("stop", ID, NULL, NULL) },
		/* Ends without a stop, and without a start. */
		{ S("start", ID, NULL, "web"), S("exec", ID, "web", "web"),
		  S("start", ID, "db", "db"), S("exec", ID, "db", "db") },
		{ S("exec", ID, NULL, "web"), S("stop", ID, "web", "web"),
		  S("exec", ID, NULL, "db"), S("exec", ID, "db", "db") },
		/* What ran before the log began has no start: the next one is another's. */
		{ S("exec", ID, NULL, NULL), S("start", ID, NULL, "web"),
		  S("exec", ID, "web", "web") },
		/* But somebody may reach in before the start is told. */
		{ S("ref", ID, NULL, "web"), S("start", ID, NULL, "web"),
		  S("update", ID, "web", "-") },
		{ S("ref", ID, NULL, "web"), S("exec", ID, NULL, "web"), S("ran", ID, NULL, "web"),
		  S("update", ID, "web", "-") },
		/* Without a start the first update tells what the container is. */
		{ S("exec", ID, NULL, "web"), S("update", ID, "web", "web"),
		  S("update", ID, "web", "-") },
		/* A stop that is told late, after the next start, ends the life before it. */
		{ S("start", ID, NULL, "web"), S("start", ID, NULL, "db"),
		  S("late", ID, "web", "web"), S("ref", ID, NULL, "db"), S("late", ID, "db", "db"),
		  S("start", ID, NULL, "third"), S("exec", ID, "third", "third") },
		/* The name that was known first, though it was renamed since. */
		{ S("exec", ID, NULL, "web"), S("exec", ID, "web", "web"),
		  S("exec", ID, "new", "new") },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct joined *j;

		assert_int_equal(joined_new(0, 0, &j), 0);
		run(i, rows[i], j);
		assert_int_equal(joined_beyond(j), 0);
		joined_free(j);
	}
}

static void test_runs(void **state)
{
	static const struct step rows[][STEPS] = {
		/* Numbers that start anew. */
		{ { "exec", ID, NULL, NULL, .sequence = 7 },
		  { "exec", ID, "web", "web", .sequence = 1 } },
		{ { "exec", ID, NULL, NULL, .sequence = 1 },
		  { "exec", ID, "web", "web", .sequence = 1 } },
		{ { "exec", ID, NULL, "web", .sequence = 1 },
		  { "exec", ID, "web", "web", .sequence = 9 } },
		/* Another boot. */
		{ { "exec", ID, NULL, NULL, .sequence = 1, .boot = "5f0c9a1e" },
		  { "exec", ID, "web", "web", .sequence = 2, .boot = "5f0c9a1f" } },
		{ { "exec", ID, NULL, "web", .sequence = 1, .boot = "5f0c9a1e" },
		  { "exec", ID, "web", "web", .sequence = 2, .boot = "5f0c9a1e" } },
		/* In a run before, nothing is learned of the next, and the other way round. */
		{ { "start", ID, NULL, "web", .sequence = 1 },
		  { "update", ID, "web", "-", .sequence = 2 },
		  { "exec", ID, NULL, NULL, .sequence = 1 },
		  { "ran", ID, "db", "db", .sequence = 1 },
		  { "exec", ID, "db", "db", .sequence = 2 } },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct joined *j;

		assert_int_equal(joined_new(0, 0, &j), 0);
		run(i, rows[i], j);
		joined_free(j);
	}
}

/* Anybody may make a cgroup of any name: what is unconfirmed then is no known container. */
static void test_impostor(void **state)
{
	static const struct step rows[][STEPS] = {
		{ S("start", ID, "web", "web"), S("start", ID, NULL, NULL),
		  S("exec", ID, NULL, NULL), S("ref", ID, NULL, NULL), S("exec", ID, "web", "web"),
		  S("stop", ID, NULL, NULL), S("exec", ID, "web", "web"), S("exec", ID, NULL, NULL),
		  S("stop", ID, "web", "web") },
		{ S("start", ID, NULL, "web"), S("update", ID, "web", "-"),
		  S("exec", ID, NULL, NULL), S("update", ID, NULL, NULL) },
		/* A name is a container's for one runtime only. */
		{ { "exec", "box", NULL, NULL, .runtime = "lxc" },
		  { "exec", "box", "box", "box", .runtime = "systemd-nspawn" } },
		{ { "exec", "box", NULL, "box", .runtime = "lxc" },
		  { "exec", "box", "box", "box", .runtime = "lxc" } },
		/* The runtime of a hash may have been a guess. */
		{ { "exec", ID, NULL, "web", .runtime = "" },
		  { "exec", ID, "web", "web", .runtime = "podman" } },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct joined *j;

		assert_int_equal(joined_new(0, 0, &j), 0);
		run(i, rows[i], j);
		joined_free(j);
	}
}

/* Beyond the limit nothing is joined, nor anything wrong, and it is counted. */
static void test_limits(void **state)
{
	static const struct step few[STEPS] = {
		S("start", ID, NULL, "web"), S("stop", ID, "web", "web"),
		S("start", ID, NULL, NULL),  S("stop", ID, "db", "db"),
		S("exec", "2", NULL, NULL),  S("exec", "2", "two", "two"),
		S("ref", ID, NULL, NULL),
	};
	struct joined *j;

	(void)state;
	assert_int_equal(joined_new(1, 0, &j), 0);
	run(0, few, j);
	assert_int_equal(joined_beyond(j), 5);
	joined_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_impostor),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
