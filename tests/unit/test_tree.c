// SPDX-License-Identifier: Apache-2.0
/*
 * test_tree.c - which processes descend from the ones asked for
 *
 * Start times are exact (no whole tick) unless a row says otherwise.
 */
#include "filter/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#define TICKS(n) ((n)*clock_tick_ns())

static struct event event_of(enum event_kind kind, uint32_t pid, uint64_t start_ns, uint32_t parent,
			     uint64_t parent_start_ns)
{
	struct event e = { .kind = kind, .about_process = true };

	e.proc.pid = pid;
	e.proc.start_ns = start_ns;
	e.proc.parent.pid = parent;
	e.proc.parent.start_ns = parent_start_ns;
	return e;
}

static void track(struct tree *t, enum event_kind kind, uint32_t pid, uint64_t start_ns,
		  uint32_t parent, uint64_t parent_start_ns)
{
	struct event e = event_of(kind, pid, start_ns, parent, parent_start_ns);

	tree_track(t, &e);
}

static struct tree *tree_of(uint32_t pid, size_t limit)
{
	struct tree *t = NULL;

	assert_int_equal(tree_new(limit, &t), 0);
	assert_int_equal(tree_add_root(t, pid, TREE_WANTED), 0);
	return t;
}

static void test_descendants(void **state)
{
	struct tree *t = tree_of(10, 0);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	track(t, EVENT_FORK, 11, 201, 10, 101);
	track(t, EVENT_FORK, 12, 301, 11, 201);
	track(t, EVENT_FORK, 20, 401, 1, 1);
	assert_int_equal(tree_find(t, 10, 101), TREE_WANTED);
	assert_int_equal(tree_find(t, 12, 301), TREE_WANTED);
	assert_int_equal(tree_find(t, 1, 1), 0);
	assert_int_equal(tree_find(t, 20, 401), 0);
	/* The middle one ends; its child still belongs, whoever is its parent now. */
	track(t, EVENT_EXIT, 11, 201, 10, 101);
	track(t, EVENT_EXEC, 12, 301, 1, 1);
	assert_int_equal(tree_find(t, 12, 301), TREE_WANTED);
	tree_free(t);
}

static void test_exit_still_belongs(void **state)
{
	struct tree *t = tree_of(10, 0);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	track(t, EVENT_FORK, 11, 201, 10, 101);
	track(t, EVENT_EXIT, 11, 201, 10, 101);
	assert_int_equal(tree_find(t, 11, 201), TREE_WANTED);
	track(t, EVENT_FORK, 30, 501, 1, 1);
	assert_int_equal(tree_find(t, 11, 201), 0);
	assert_int_equal(tree_len(t), 1);
	/* One that was never seen alive. */
	track(t, EVENT_EXIT, 12, 601, 10, 101);
	assert_int_equal(tree_find(t, 12, 601), TREE_WANTED);
	track(t, EVENT_FORK, 31, 701, 1, 1);
	assert_int_equal(tree_len(t), 1);
	tree_free(t);
}

static void test_pid_reuse(void **state)
{
	struct tree *t = tree_of(10, 0);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	track(t, EVENT_FORK, 11, 201, 10, 101);
	/* The exit of 11 was lost; another process has its pid. */
	assert_int_equal(tree_find(t, 11, 999), 0);
	track(t, EVENT_FORK, 11, 999, 1, 1);
	assert_int_equal(tree_find(t, 11, 201), 0);
	assert_int_equal(tree_find(t, 11, 999), 0);
	/* The pid comes back into the tree; a late word about the first one changes nothing. */
	track(t, EVENT_FORK, 11, 2001, 10, 101);
	track(t, EVENT_SETNS, 11, 201, 1, 1);
	assert_int_equal(tree_find(t, 11, 2001), TREE_WANTED);
	/* A parent that only has the pid of one in the tree is another one. */
	track(t, EVENT_FORK, 40, 3001, 10, 77);
	assert_int_equal(tree_find(t, 40, 3001), 0);
	tree_free(t);
}

static void test_fork_lost(void **state)
{
	struct tree *t = tree_of(10, 0);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	track(t, EVENT_EXEC, 11, 201, 10, 101);
	assert_int_equal(tree_find(t, 11, 201), TREE_WANTED);
	tree_free(t);
}

/* clone() with CLONE_PARENT: the child's parent is outside, who made it is not. */
static void test_creator(void **state)
{
	struct tree *t = tree_of(10, 0);
	struct event e = event_of(EVENT_FORK, 11, 201, 1, 1);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	e.proc.creator = (struct event_ref){ .pid = 10, .start_ns = 101 };
	tree_track(t, &e);
	assert_int_equal(tree_find(t, 11, 201), TREE_WANTED);
	tree_free(t);
}

static void test_not_this_one(void **state)
{
	struct tree *t = tree_of(10, 0);

	(void)state;
	assert_int_equal(tree_add_root(t, 11, TREE_UNWANTED), 0);
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	track(t, EVENT_FORK, 11, 201, 10, 101);
	track(t, EVENT_FORK, 12, 301, 11, 201);
	assert_int_equal(tree_find(t, 10, 101), TREE_WANTED);
	assert_int_equal(tree_find(t, 12, 301), TREE_WANTED | TREE_UNWANTED);
	tree_free(t);
}

/* Start times from /proc are cut to a tick; two exact ones in one tick are two processes. */
static void test_start_times(void **state)
{
	struct tree *t = tree_of(10, 0);
	uint64_t tick = TICKS(500), exact = tick + 1234;

	(void)state;
	track(t, EVENT_EXEC, 10, tick, 1, 1);
	assert_int_equal(tree_find(t, 10, exact), TREE_WANTED);
	assert_int_equal(tree_find(t, 10, 0), TREE_WANTED);
	assert_int_equal(tree_find(t, 10, tick + TICKS(1)), 0);
	track(t, EVENT_FORK, 11, exact, 10, exact);
	assert_int_equal(tree_find(t, 11, tick), TREE_WANTED);
	assert_int_equal(tree_find(t, 11, exact + 1), 0);
	tree_free(t);
}

static void test_running(void **state)
{
	const struct event_ref init = { .pid = 1, .start_ns = 1 };
	const struct event_ref root = { .pid = 10, .start_ns = 101 };
	const struct event_ref child = { .pid = 11, .start_ns = 201 };
	const struct event_ref grandchild = { .pid = 9, .start_ns = 301 };
	struct tree *t = tree_of(10, 0);

	(void)state;
	/* In the order of pids, which is not that of ancestry. */
	assert_false(tree_track_running(t, &grandchild, &child));
	assert_true(tree_track_running(t, &root, &init));
	assert_true(tree_track_running(t, &child, &root));
	assert_true(tree_track_running(t, &grandchild, &child));
	assert_false(tree_track_running(t, &grandchild, &child));
	assert_int_equal(tree_find(t, 9, 301), TREE_WANTED);
	/* The pid meant the process that ran, not the next one with its number. */
	track(t, EVENT_EXIT, 10, 101, 1, 1);
	track(t, EVENT_FORK, 10, 9001, 1, 1);
	assert_int_equal(tree_find(t, 10, 9001), 0);
	tree_free(t);
}

static void test_limit(void **state)
{
	struct tree *t = tree_of(10, 4);

	(void)state;
	track(t, EVENT_EXEC, 10, 101, 1, 1);
	for (uint32_t pid = 20; pid < 23; pid++)
		track(t, EVENT_FORK, pid, pid * 10 + 1, 10, 101);
	assert_int_equal(tree_len(t), 4);
	assert_int_equal(tree_evicted(t), 0);
	/* 20 has just done something: 21 is the one that was quiet for longest. */
	track(t, EVENT_EXEC, 20, 201, 10, 101);
	track(t, EVENT_FORK, 23, 231, 10, 101);
	assert_int_equal(tree_len(t), 4);
	assert_int_equal(tree_evicted(t), 1);
	assert_int_equal(tree_find(t, 10, 101), TREE_WANTED); /* a root never goes */
	assert_int_equal(tree_find(t, 20, 201), TREE_WANTED);
	assert_int_equal(tree_find(t, 21, 211), 0);
	assert_int_equal(tree_find(t, 23, 231), TREE_WANTED);
	tree_free(t);
}

static void test_hostile(void **state)
{
	struct event nobody = { .kind = EVENT_CONTAINER_START };
	struct tree *t = tree_of(10, 2);

	(void)state;
	tree_free(NULL);
	tree_track(t, &nobody);
	track(t, EVENT_EXEC, 0, 0, 0, 0);
	track(t, EVENT_FORK, 10, 0, 10, 0); /* its own parent */
	track(t, EVENT_EXIT, 10, 0, 10, 0);
	track(t, EVENT_EXIT, 10, 0, 10, 0);
	track(t, EVENT_EXEC, UINT32_MAX, UINT64_MAX, 10, 0);
	assert_true(tree_len(t) <= 2);
	tree_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descendants), cmocka_unit_test(test_exit_still_belongs),
		cmocka_unit_test(test_pid_reuse),   cmocka_unit_test(test_fork_lost),
		cmocka_unit_test(test_creator),	    cmocka_unit_test(test_not_this_one),
		cmocka_unit_test(test_start_times), cmocka_unit_test(test_running),
		cmocka_unit_test(test_limit),	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
