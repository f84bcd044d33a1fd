// SPDX-License-Identifier: Apache-2.0
/*
 * test_entered_descent.c - whose workload a process is, by whom it descends from
 */
#include "entered_rig.h"

/* docker stop, docker start: another life, of another number. */
static void test_restart(void **state)
{
	struct cache_entry e, again;

	(void)state;
	start(&web);
	entered_forget(table, &web);
	start(&web);
	e = runc_init(&web);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	/* One that never ran. */
	entered_forget(table, &inner);
	entered_forget(table, &web);
	entered_forget(table, &web);
	again = start(&web);
	assert_int_equal(again.entered, ENTERED_NONE);
}

/* In the same cgroup, which nobody removed: by whoever comes when nobody is left. */
static void test_restart_in_place(void **state)
{
	struct cache_entry first = start(&web), child = fork_of(&first), e;

	(void)state;
	entered_exit(table, &first);
	e = fork_of(&host);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	entered_exit(table, &e);
	entered_exit(table, &child);
	e = fork_of(&host);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_NONE);
	/* And the next is brought in again. */
	e = fork_of(&host);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* With its init all of a pid namespace ends, also what was never seen to. */
static void test_restart_after_init(void **state)
{
	struct cache_entry init = fork_of(&host), child, e;

	(void)state;
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "sh", "/bin/sh"), ENTERED_NONE);
	child = fork_of(&init);
	(void)child;
	entered_exit(table, &init);
	e = fork_of(&host);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_NONE);
}

/* A runtime that nobody has heard of, which makes its steps in any order. */
static void test_unknown_runtime(void **state)
{
	struct cache_entry box = fork_of(&host), init, own, child;
	struct event_ref by = { .pid = 900, .start_ns = 90, .name = STR_LITERAL("mybox") };
	struct event_process mybox = program("mybox", "/opt/mybox");

	(void)state;
	/* It moves itself, joins the network of a pod, forks the workload, and is gone. */
	assert_int_equal(update_by(&box, &web, "mybox", "/opt/mybox", by), ENTERED_NONE);
	entered_setns(&box, &mybox, NULL);
	assert_int_equal(box.entered, ENTERED_NONE);
	init = fork_of(&box);
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "mybox", "/opt/mybox"), ENTERED_NONE);
	entered_exit(table, &box);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	entered_exec(&init);
	own = fork_of(&init);
	assert_int_equal(update(&own, &web, "sh", "/bin/sh"), ENTERED_NONE);
	/* What it brings in: first to the namespaces, then to the cgroup. */
	child = fork_of(&host);
	entered_setns(&child, &mybox, NULL);
	assert_int_equal(update(&child, NULL, "mybox", "/opt/mybox"), ENTERED_NSENTER);
	assert_int_equal(update_by(&child, &web, "mybox", "/opt/mybox", by), ENTERED_EXEC);
	check_by(&child, 900, 90, "mybox");
	child = fork_of(&child);
	put_within(&child, WEB_PID_NS);
	assert_int_equal(update(&child, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	check_by(&child, 900, 90, "mybox");
	/* Now it nsenters another one, as any program may. */
	entered_exec(&own);
	entered_setns(&own, &mybox, NULL);
	assert_int_equal(own.entered, ENTERED_NSENTER);
}

/* runc runs hooks in the container before it execs the workload as number 1. */
static void test_hook(void **state)
{
	struct cache_entry step = runc_init(&web), init = fork_of(&step), hook, e;

	(void)state;
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "runc:[2:INIT]", "/usr/sbin/runc"), ENTERED_SETUP);
	hook = fork_of(&init);
	assert_int_equal(update(&hook, &web, "ldconfig", "/sbin/ldconfig"), ENTERED_SETUP);
	entered_exit(table, &hook);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* The step that could not exec is no reason to wait for. */
	entered_exit(table, &init);
	init = fork_of(&step);
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "runc:[2:INIT]", "/usr/sbin/runc"), ENTERED_SETUP);
	entered_exit(table, &init);
	e = fork_of(&step);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_NONE);
}

/* systemd-nspawn --as-pid2 stays number 1 itself. */
static void test_nspawn(void **state)
{
	struct cache_entry outer = fork_of(&host), stub, init;

	(void)state;
	assert_int_equal(update(&outer, &web, "systemd-nspawn", "/usr/bin/systemd-nspawn"),
			 ENTERED_SETUP);
	stub = fork_of(&outer);
	make_init(&stub, WEB_PID_NS);
	assert_int_equal(update(&stub, &web, "(sd-stubinit)", "/usr/bin/systemd-nspawn"),
			 ENTERED_SETUP);
	init = fork_of(&stub);
	assert_int_equal(update(&init, &web, "sh", "/bin/sh"), ENTERED_NONE);
}

/* conmon does not leave, catatonit is the workload's first: "podman run --init". */
static void test_podman(void **state)
{
	struct cache_entry conmon = fork_of(&host), crun = fork_of(&conmon), init, child;

	(void)state;
	assert_int_equal(update(&conmon, NULL, "conmon", "/usr/bin/conmon"), ENTERED_NONE);
	init = fork_of(&crun);
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "crun", "/usr/bin/crun"), ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "catatonit", "/run/podman-init"), ENTERED_NONE);
	child = fork_of(&init);
	assert_int_equal(update(&child, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
}

/* CLONE_INTO_CGROUP: the child is born there, and its creator stays outside. */
static void test_born_inside(void **state)
{
	struct event_ref by = { .pid = 5, .start_ns = 50, .name = STR_LITERAL("maker") };
	struct cache_entry first = fork_of(&host), second = fork_of(&host);

	(void)state;
	entered_moved(&first, 1);
	assert_int_equal(update_by(&first, &web, "maker", "/bin/maker", by), ENTERED_NONE);
	entered_moved(&second, 2);
	assert_int_equal(update_by(&second, &web, "maker", "/bin/maker", by), ENTERED_EXEC);
	check_by(&second, 5, 50, "maker");
	/* A step of the workload's own that is born in a cgroup below is not that. */
	first = fork_of(&first);
	entered_moved(&first, 3);
	assert_int_equal(update_by(&first, &web, "sh", "/bin/sh", by), ENTERED_NONE);
}

/* Moved after its fork, to and fro. */
static void test_moved(void **state)
{
	struct event_ref by = { .pid = 6, .start_ns = 60, .name = STR_LITERAL("bash") };
	struct cache_entry first = start(&web), child = fork_of(&first), shell = fork_of(&host);

	(void)state;
	assert_int_equal(update_by(&child, NULL, "sh", "/bin/sh", by), ENTERED_NONE);
	assert_int_equal(update_by(&child, &web, "sh", "/bin/sh", by), ENTERED_NONE);
	assert_int_equal(update_by(&shell, &web, "bash", "/bin/bash", by), ENTERED_EXEC);
	assert_int_equal(update_by(&shell, NULL, "bash", "/bin/bash", by), ENTERED_NONE);
	assert_int_equal(update_by(&shell, &web, "bash", "/bin/bash", by), ENTERED_EXEC);
	check_by(&shell, 6, 60, "bash");
	/* The kernel's workers are put where those are whom they work for. */
	shell = fork_of(&host);
	shell.kernel_thread = true;
	assert_int_equal(update_by(&shell, &web, "vhost-1", NULL, by), ENTERED_NONE);
}

/* A pod: each container of it has a first process. */
static void test_pod(void **state)
{
	struct cache_entry pause = start(&inner), app = start(&web), e;

	(void)state;
	e = runc_init(&web);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	assert_int_equal(update(&pause, &inner, "pause", "/pause"), ENTERED_NONE);
	/* From one to the other. */
	e = fork_of(&app);
	assert_int_equal(update(&e, &inner, "nginx", "/usr/sbin/nginx"), ENTERED_EXEC);
	assert_int_equal(update(&e, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
}

/* It ran before the tracer did: of its processes the parent of now is known. */
static void test_older_container(void **state)
{
	struct cache_entry shim = found(&host, 100, true), init = found(&shim, 200, false), child,
			   orphan, brought, moved;

	(void)state;
	make_init(&init, WEB_PID_NS);
	entered_found(table, &init, &shim, false);
	entered_first(table, &init, &web);
	assert_int_equal(update(&init, &web, "nginx", NULL), ENTERED_NONE);
	/* Its child, or an orphan that it was given: the workload's, as far as one can see. */
	child = found(&init, 300, true);
	assert_int_equal(update(&child, &web, "nginx", NULL), ENTERED_NONE);
	/* docker exec: its parent is outside, and it is not the init. */
	brought = found(&shim, 400, false);
	put_within(&brought, WEB_PID_NS);
	memcpy(brought.parent_name, "containerd-shim", brought.parent_name_len = 15);
	brought.parent_pid = 100;
	entered_found(table, &brought, &shim, false);
	assert_int_equal(update(&brought, &web, "sh", NULL), ENTERED_EXEC);
	check_by(&brought, 100, 0, "containerd-shim");
	orphan = found(&brought, 500, true);
	assert_int_equal(update(&orphan, &web, "ls", NULL), ENTERED_EXEC);
	/* Older than the container, from the host's pid namespace: somebody moved it. */
	moved = found(&host, 50, false);
	assert_int_equal(update(&moved, &web, "bash", NULL), ENTERED_EXEC);

	/* And whatever comes now. */
	brought = runc_init(&web);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	/* Another container is another matter. */
	start(&inner);
}

/* Without a pid namespace of its own, shim's orphans and what was brought in look alike. */
static void test_older_in_hosts_pids(void **state)
{
	struct cache_entry shim = found(&host, 100, true), init = found(&shim, 200, false), e;

	(void)state;
	entered_first(table, &init, &web);
	e = found(&shim, 300, false);
	assert_int_equal(update(&e, &web, "daemon", NULL), ENTERED_NONE);
	/* One whose fork is seen is no orphan. */
	e = fork_of(&shim);
	entered_moved(&e, 400);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* The record of a fork was lost; a later one made the entry. */
static void test_lost_fork(void **state)
{
	struct cache_entry init, worker, brought, shim = fork_of(&host);

	(void)state;
	/* The worker is seen before its init. */
	worker = found(NULL, 300, false);
	put_within(&worker, WEB_PID_NS);
	assert_int_equal(update(&worker, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	brought = found(&shim, 400, false);
	put_within(&brought, WEB_PID_NS);
	entered_found(table, &brought, &shim, false);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	init = found(&shim, 200, false);
	make_init(&init, WEB_PID_NS);
	entered_found(table, &init, &shim, false);
	entered_moved(&init, 600); /* later than the worker began: number 1 is all that tells */
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* The same, seen while it is set up. */
	init = found(&shim, 200, false);
	make_init(&init, WEB_PID_NS);
	assert_int_equal(update(&init, &web, "runc:[2:INIT]", "/usr/sbin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* Nothing is known of its parent either: nothing is claimed. */
	worker = found(NULL, 500, false);
	put_within(&worker, WEB_PID_NS);
	assert_int_equal(update(&worker, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
}

/* Known as a container only after it began: all that came with the first are with it. */
static void test_known_late(void **state)
{
	struct cache_entry init = fork_of(&host), worker, brought;

	(void)state;
	entered_moved(&init, 1000);
	assert_int_equal(update(&init, NULL, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	worker = fork_of(&init);
	brought = fork_of(&host);
	entered_moved(&brought, 2000);
	assert_int_equal(update(&worker, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
}

/* Docker in Docker: the inner container is one of its own. */
static void test_container_in_container(void **state)
{
	struct cache_entry dockerd = start(&web), e, init;

	(void)state;
	e = fork_of(&dockerd);
	assert_int_equal(update(&e, &web, "runc", "/usr/bin/runc"), ENTERED_NONE);
	init = fork_of(&e);
	assert_int_equal(update(&init, &inner, "runc:[2:INIT]", "/usr/bin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&init, &inner, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	assert_int_equal(update(&init, &web, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	e = fork_of(&dockerd);
	assert_int_equal(update(&e, &inner, "runc:[2:INIT]", "/usr/bin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&e, &inner, "sh", "/bin/sh"), ENTERED_EXEC);
}

/* A daemon that came by "docker exec" makes containers as any other does. */
static void test_container_by_exec(void **state)
{
	struct cache_entry dockerd, e;

	(void)state;
	start(&web);
	dockerd = runc_init(&web);
	assert_int_equal(update(&dockerd, &web, "dockerd", "/usr/bin/dockerd"), ENTERED_EXEC);
	e = fork_of(&dockerd);
	assert_int_equal(update(&e, &web, "runc", "/usr/bin/runc"), ENTERED_EXEC);
	assert_int_equal(update(&e, &inner, "runc:[2:INIT]", "/usr/bin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&e, &inner, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
}

/* Deeper than it is kept: the outermost is forgotten, and no count goes wrong. */
static void test_depth(void **state)
{
	struct cache_entry e = fork_of(&host), other;
	struct container_info level = { .serial = 0 };

	(void)state;
	for (level.serial = 100; level.serial < 106; level.serial++)
		assert_int_equal(update(&e, &level, "sh", "/bin/sh"), ENTERED_NONE);
	level.serial = 105;
	other = fork_of(&host);
	assert_int_equal(update(&other, &level, "sh", "/bin/sh"), ENTERED_EXEC);
	level.serial = 102;
	other = fork_of(&host);
	assert_int_equal(update(&other, &level, "sh", "/bin/sh"), ENTERED_EXEC);
	level.serial = 100; /* nobody is counted there any more */
	other = fork_of(&host);
	assert_int_equal(update(&other, &level, "sh", "/bin/sh"), ENTERED_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_restart),
		TEST(test_restart_in_place),
		TEST(test_restart_after_init),
		TEST(test_unknown_runtime),
		TEST(test_hook),
		TEST(test_nspawn),
		TEST(test_podman),
		TEST(test_born_inside),
		TEST(test_moved),
		TEST(test_pod),
		TEST(test_older_container),
		TEST(test_older_in_hosts_pids),
		TEST(test_lost_fork),
		TEST(test_known_late),
		TEST(test_container_in_container),
		TEST(test_container_by_exec),
		TEST(test_depth),
	};

	return cmocka_run_group_tests_name("entered_descent", tests, NULL, NULL);
}
