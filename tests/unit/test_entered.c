// SPDX-License-Identifier: Apache-2.0
/*
 * test_entered.c - the ways into a container, told as the records tell them
 */
#include "entered_rig.h"

static void test_docker_run(void **state)
{
	struct cache_entry init = start(&web);
	struct cache_entry child = fork_of(&init);

	(void)state;
	assert_int_equal(update(&child, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* Each exec after the first is the workload's own. */
	assert_int_equal(update(&init, &web, "sh", "/bin/sh"), ENTERED_NONE);
	assert_int_equal(update(&child, &web, "true", "/bin/true"), ENTERED_NONE);
}

static void test_docker_exec(void **state)
{
	struct cache_entry first = start(&web), runc, brought, child, grandchild, own;
	struct event_ref by = { .pid = 800, .start_ns = 80, .name = STR_LITERAL("runc") };

	(void)state;
	runc = fork_of(&host);
	brought = fork_of(&runc);
	assert_int_equal(update_by(&brought, &web, "runc:[0:PARENT]", "/usr/sbin/runc", by),
			 ENTERED_SETUP);
	assert_int_equal(entered_by(&brought).pid, 0);
	/* Each stage makes the next one, with CLONE_PARENT: the creator counts, not the parent. */
	brought = fork_of(&brought);
	assert_int_equal(update(&brought, &web, "runc:[1:CHILD]", "/usr/sbin/runc"), ENTERED_SETUP);
	brought = fork_of(&brought);
	brought.parent_pid = 801;
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	check_by(&brought, 800, 80, "runc");
	/* Its children came the same way, whatever they become. */
	child = fork_of(&brought);
	assert_int_equal(child.entered, ENTERED_EXEC);
	assert_int_equal(update(&child, &web, "ls", "/bin/ls"), ENTERED_EXEC);
	grandchild = fork_of(&child);
	check_by(&grandchild, 800, 80, "runc");
	assert_int_equal(update(&grandchild, &web, "true", "/bin/true"), ENTERED_EXEC);
	/* The workload is what it was, also if it runs a runtime of its own. */
	own = fork_of(&first);
	assert_int_equal(entered_by(&own).pid, 0);
	assert_int_equal(update(&own, &web, "sh", "/bin/sh"), ENTERED_NONE);
	assert_int_equal(update(&own, &web, "runc", "/usr/sbin/runc"), ENTERED_NONE);

	/* And once more. */
	brought = runc_init(&web);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* Who brought it in is not known: who created it, and before that its parent. */
static void test_brought_by_creator(void **state)
{
	struct cache_entry e;

	(void)state;
	start(&web);
	e = fork_of(&host);
	e.parent_pid = 810;
	e.parent_start_ns = 81;
	memcpy(e.parent_name, "conmon", e.parent_name_len = 6);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	check_by(&e, 810, 81, "conmon");
	e = fork_of(&host);
	e.creator_pid = 811;
	e.creator_start_ns = 82;
	memcpy(e.creator_name, "maker", e.creator_name_len = 5);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	check_by(&e, 811, 82, "maker");
}

/* Every step of the set-up is one, and so are the processes that it makes. */
static void test_setup_has_steps(void **state)
{
	struct cache_entry init = runc_init(&web), child;

	(void)state;
	child = fork_of(&init);
	assert_int_equal(child.entered, ENTERED_SETUP);
	assert_int_equal(update(&child, &web, "runc:[2:INIT]", "/usr/sbin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "exe", "/memfd:runc_cloned:/proc/self/exe"),
			 ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* The container has its workload now. */
	assert_int_equal(update(&child, &web, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* crun has no stages with names of their own. */
static void test_crun(void **state)
{
	struct cache_entry crun = { 0 }, init;

	(void)state;
	assert_int_equal(update(&crun, NULL, "crun", "/usr/bin/crun"), ENTERED_NONE);
	init = fork_of(&crun);
	assert_int_equal(update(&init, &web, "crun", "/usr/bin/crun"), ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	init = fork_of(&crun);
	assert_int_equal(update(&init, &web, "3", "/memfd:crun_cloned:/proc/self/exe"),
			 ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* A runtime that left the container again is on the host. */
static void test_leaving(void **state)
{
	struct cache_entry e = runc_init(&web);

	(void)state;
	assert_int_equal(update(&e, NULL, "runc", "/usr/sbin/runc"), ENTERED_NONE);

	start(&web);
	e = runc_init(&web);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	assert_int_equal(update(&e, NULL, "sh", "/bin/sh"), ENTERED_NONE);
}

/* It stays in its own cgroup, so only the namespaces tell. */
static void test_nsenter(void **state)
{
	struct event_process nsenter = program("nsenter", "/usr/bin/nsenter");
	struct event_process runc = program("runc:[1:CHILD]", "/usr/sbin/runc");
	struct cache_entry e = { .pid = 900, .start_ns = 90 }, child;

	(void)state;
	start(&web);
	entered_setns(&e, &nsenter, NULL);
	check_by(&e, 900, 90, "nsenter");
	assert_int_equal(e.entered, ENTERED_NSENTER);
	assert_int_equal(update(&e, NULL, "nsenter", "/usr/bin/nsenter"), ENTERED_NSENTER);
	assert_int_equal(update(&e, NULL, "sh", "/bin/sh"), ENTERED_NSENTER);
	check_by(&e, 900, 90, "nsenter"); /* as it was then */
	child = fork_of(&e);
	assert_int_equal(update(&child, NULL, "ls", "/bin/ls"), ENTERED_NSENTER);
	check_by(&child, 900, 90, "nsenter");

	/* From another container, too. It stays that one's workload all the same. */
	e = start(&inner);
	entered_exec(&e);
	entered_setns(&e, &nsenter, NULL);
	assert_int_equal(update(&e, &inner, "sh", "/bin/sh"), ENTERED_NSENTER);
	child = fork_of(&e);
	assert_int_equal(update(&child, NULL, "sh", "/bin/sh"), ENTERED_NSENTER);
	assert_int_equal(update(&child, &inner, "sh", "/bin/sh"), ENTERED_NONE);

	/* A runtime does the same on its way: not that. */
	e = (struct cache_entry){ 0 };
	entered_setns(&e, &runc, NULL);
	assert_int_equal(e.entered, ENTERED_NONE);
}

/* A runtime brings what it executes into the container; what only has its name does not. */
static void test_by_a_runtimes_name(void **state)
{
	struct event_process runc = program("runc", "/tmp/runc");
	struct cache_entry e = { .pid = 900, .start_ns = 90 }, child, other;

	(void)state;
	entered_setns(&e, &runc, NULL);
	assert_true(e.entered_passing);
	child = fork_of(&e);
	entered_passed(&child, 0, true);
	assert_int_equal(child.entered, ENTERED_NSENTER);
	check_by(&child, 900, 90, "runc");
	assert_false(child.entered_passing);
	/* It went home before, or is in that container by then. */
	other = fork_of(&e);
	entered_passed(&other, 0, false);
	assert_int_equal(other.entered, ENTERED_NONE);
	entered_passed(&e, web.serial, true);
	assert_int_equal(e.entered, ENTERED_NONE);
	/* Labelled already: who brought it in stays. */
	entered_setns(&child, &runc, NULL);
	assert_false(child.entered_passing);
	check_by(&child, 900, 90, "runc");
}

/* On the host nothing is labelled, whatever it is called. */
static void test_host(void **state)
{
	struct cache_entry e = { 0 };

	(void)state;
	assert_int_equal(update(&e, NULL, "runc", "/usr/sbin/runc"), ENTERED_NONE);
	assert_int_equal(update(&e, NULL, "sh", "/bin/sh"), ENTERED_NONE);
}

/* However many containers there are, it is bounded, and the one seen first goes first. */
static void test_limit(void **state)
{
	struct cache_entry e;

	(void)state;
	start(&web);
	start(&inner);
	for (uint32_t i = 0; i < 16384 - 1; i++) {
		struct container_info other = { .serial = 1000 + i };
		struct cache_entry first = fork_of(&host);

		update(&first, &other, "sh", "/bin/sh");
	}
	e = runc_init(&inner);
	assert_int_equal(update(&e, &inner, "sh", "/bin/sh"), ENTERED_EXEC);
	/* The first has been forgotten, so this one is taken for its start. */
	start(&web);
}

static void test_free_nothing(void **state)
{
	(void)state;
	entered_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_docker_run),
		TEST(test_docker_exec),
		TEST(test_brought_by_creator),
		TEST(test_setup_has_steps),
		TEST(test_crun),
		TEST(test_leaving),
		TEST(test_nsenter),
		TEST(test_by_a_runtimes_name),
		TEST(test_host),
		TEST(test_limit),
		TEST(test_free_nothing),
	};

	return cmocka_run_group_tests_name("entered", tests, NULL, NULL);
}
