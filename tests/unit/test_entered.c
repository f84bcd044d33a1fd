// SPDX-License-Identifier: Apache-2.0
/*
 * test_entered.c - the ways into a container, told as the records tell them
 */
#include "cache/entered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct container_info web = {
	.id = STR_LITERAL("da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"),
};
/* The same length, the same beginning. */
static const struct container_info inner = {
	.id = STR_LITERAL("da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017de"),
};

static struct entered_table *table;

static int fresh(void **state)
{
	(void)state;
	return entered_new(&table);
}

static int done(void **state)
{
	(void)state;
	entered_free(table);
	table = NULL;
	return 0;
}

/* A process that runs this; executable NULL: not known. */
static struct event_process program(const char *comm, const char *executable)
{
	struct event_process p = { .name = str_of(comm) };

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	if (executable) {
		p.executable = str_of(executable);
		event_set(&p, FACT_EXE, SOURCE_KERNEL);
	}
	return p;
}

static enum entered update(struct cache_entry *e, const struct container_info *container,
			   const char *comm, const char *executable)
{
	struct event_process p = program(comm, executable);

	entered_update(table, e, container, &p);
	return (enum entered)e->entered;
}

static struct cache_entry fork_of(const struct cache_entry *creator)
{
	struct cache_entry child = { 0 };

	entered_fork(&child, creator);
	return child;
}

/* What runc does on the host up to the point where its child is in the cgroup. */
static struct cache_entry runc_init(const struct container_info *container)
{
	struct cache_entry runc = { 0 }, init;

	assert_int_equal(update(&runc, NULL, "runc", "/usr/sbin/runc"), ENTERED_NONE);
	init = fork_of(&runc);
	assert_int_equal(update(&init, NULL, "runc:[1:CHILD]", "/usr/sbin/runc"), ENTERED_NONE);
	assert_int_equal(update(&init, container, "runc:[2:INIT]", "/usr/sbin/runc"),
			 ENTERED_SETUP);
	return init;
}

/* A container that runs, with the first process that it has. */
static struct cache_entry start(const struct container_info *container)
{
	struct cache_entry init = runc_init(container);

	assert_int_equal(update(&init, container, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	return init;
}

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

static void check_by(const struct cache_entry *e, uint32_t pid, uint64_t start_ns, const char *name)
{
	struct event_ref by = entered_by(e);

	assert_int_equal(by.pid, pid);
	assert_int_equal(by.start_ns, start_ns);
	assert_int_equal(by.name.len, strlen(name));
	assert_memory_equal(by.name.p, name, by.name.len);
}

static void test_docker_exec(void **state)
{
	struct cache_entry first = start(&web), brought, child, grandchild, own;

	(void)state;
	brought = runc_init(&web);
	brought.parent_pid = 800;
	brought.parent_start_ns = 80;
	memcpy(brought.parent_name, "runc", brought.parent_name_len = 4);
	assert_int_equal(entered_by(&brought).pid, 0);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	check_by(&brought, 800, 80, "runc");
	/* Its children came the same way, whatever they become. */
	child = fork_of(&brought);
	assert_int_equal(child.entered, ENTERED_EXEC);
	assert_int_equal(update(&child, &web, "ls", "/bin/ls"), ENTERED_EXEC);
	grandchild = fork_of(&child);
	check_by(&grandchild, 800, 80, "runc");
	assert_int_equal(update(&grandchild, &web, "true", "/bin/true"), ENTERED_EXEC);
	/* The workload is what it was. */
	own = fork_of(&first);
	assert_int_equal(entered_by(&own).pid, 0);
	assert_int_equal(update(&own, &web, "sh", "/bin/sh"), ENTERED_NONE);

	/* And once more. */
	brought = runc_init(&web);
	assert_int_equal(update(&brought, &web, "sh", "/bin/sh"), ENTERED_EXEC);
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
	entered_setns(&e, &nsenter);
	check_by(&e, 900, 90, "nsenter");
	assert_int_equal(e.entered, ENTERED_NSENTER);
	assert_int_equal(update(&e, NULL, "nsenter", "/usr/bin/nsenter"), ENTERED_NSENTER);
	assert_int_equal(update(&e, NULL, "sh", "/bin/sh"), ENTERED_NSENTER);
	check_by(&e, 900, 90, "nsenter"); /* as it was then */
	child = fork_of(&e);
	assert_int_equal(update(&child, NULL, "ls", "/bin/ls"), ENTERED_NSENTER);
	check_by(&child, 900, 90, "nsenter");

	/* From another container, too; and that is no workload of it. */
	e = (struct cache_entry){ 0 };
	entered_setns(&e, &nsenter);
	assert_int_equal(update(&e, &inner, "sh", "/bin/sh"), ENTERED_NSENTER);
	start(&inner);

	/* A runtime does the same on its way: not that. */
	e = (struct cache_entry){ 0 };
	entered_setns(&e, &runc);
	assert_int_equal(e.entered, ENTERED_NONE);
}

/* docker stop, docker start: the same id, and a first program again. */
static void test_restart(void **state)
{
	struct cache_entry e;

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
	start(&web);
}

/* It ran before the tracer did; its processes are seen where they are. */
static void test_older_container(void **state)
{
	struct cache_entry seeded = { 0 }, e;

	(void)state;
	assert_int_equal(update(&seeded, &web, "nginx", NULL), ENTERED_NONE);
	e = runc_init(&web);
	assert_int_equal(update(&e, &web, "sh", "/bin/sh"), ENTERED_EXEC);
	/* Another container is another matter. */
	start(&inner);
}

/* Docker in Docker: the inner container is one of its own. */
static void test_container_in_container(void **state)
{
	struct cache_entry dockerd = start(&web), e;

	(void)state;
	e = fork_of(&dockerd);
	assert_int_equal(update(&e, &inner, "runc:[2:INIT]", "/usr/bin/runc"), ENTERED_SETUP);
	assert_int_equal(update(&e, &inner, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	/* Made by somebody who came by "docker exec": still that. */
	e = runc_init(&web);
	assert_int_equal(update(&e, &web, "dockerd", "/usr/bin/dockerd"), ENTERED_EXEC);
	e = fork_of(&e);
	assert_int_equal(update(&e, &web, "runc", "/usr/bin/runc"), ENTERED_EXEC);
	assert_int_equal(update(&e, &inner, "runc:[2:INIT]", "/usr/bin/runc"), ENTERED_EXEC);
}

/* On the host nothing is labelled, whatever it is called. */
static void test_host(void **state)
{
	struct cache_entry e = { 0 };

	(void)state;
	assert_int_equal(update(&e, NULL, "runc", "/usr/sbin/runc"), ENTERED_NONE);
	assert_int_equal(update(&e, NULL, "sh", "/bin/sh"), ENTERED_NONE);
}

static void test_is_runtime(void **state)
{
	static const struct {
		const char *comm, *executable;
		bool is;
	} rows[] = {
		{ "runc", "/usr/sbin/runc", true },
		{ "6", "/usr/sbin/runc", true }, /* by descriptor: comm is its number */
		{ "runc:[0:PARENT]", NULL, true },
		{ "runc:[1:CHILD]", "/", true },
		{ "crun", "/usr/bin/crun", true },
		{ "youki", "/usr/local/bin/youki", true },
		{ "conmon", "/usr/bin/conmon", true },
		{ "containerd-shim", "/usr/bin/containerd-shim-runc-v2", true },
		{ "exe", "/memfd:runc_cloned:/proc/self/exe", true },
		{ "runc", "(unreachable)/runc", true }, /* from an overlay that only it has */
		/* A name alone proves nothing, but for one that nobody has by chance. */
		{ "runc", NULL, false },
		{ "runc", "/bin/sh", false },
		{ "sh", "/bin/sh", false },
		{ "sh", "/usr/sbin/runc/sh", false },
		{ "runcx", "/usr/sbin/runcx", false },
		{ "run", "/usr/sbin/run", false },
		{ "containerd", "/usr/bin/containerd", false },
		{ "dockerd", "/usr/bin/dockerd", false },
		{ "x", "/memfd:x", false },
		{ "x", "/tmp/memfd:runc_cloned:", false },
		{ "", "", false },
		{ "", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event_process p = program(rows[i].comm, rows[i].executable);

		assert_int_equal(entered_is_runtime(&p), rows[i].is);
	}
}

/* However many containers there are, it is bounded, and the one seen first goes first. */
static void test_limit(void **state)
{
	struct cache_entry e;
	char id[16];

	(void)state;
	start(&web);
	start(&inner);
	for (int i = 0; i < 16384 - 1; i++) {
		struct container_info other = { .id = str_of(id) };
		struct cache_entry seeded = { 0 };

		snprintf(id, sizeof(id), "%d", i);
		other.id = str_of(id);
		update(&seeded, &other, "sh", "/bin/sh");
	}
	/* The first has been forgotten, so this one is taken for its start. */
	e = runc_init(&inner);
	assert_int_equal(update(&e, &inner, "sh", "/bin/sh"), ENTERED_EXEC);
	start(&web);
}

static void test_free_nothing(void **state)
{
	(void)state;
	entered_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_docker_run),
		TEST(test_docker_exec),
		TEST(test_setup_has_steps),
		TEST(test_crun),
		TEST(test_leaving),
		TEST(test_nsenter),
		TEST(test_restart),
		TEST(test_older_container),
		TEST(test_container_in_container),
		TEST(test_host),
		TEST(test_is_runtime),
		TEST(test_limit),
		TEST(test_free_nothing),
	};

	return cmocka_run_group_tests_name("entered", tests, NULL, NULL);
}
