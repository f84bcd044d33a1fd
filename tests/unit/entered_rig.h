/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entered_rig.h - two containers and the steps that lead into them
 */
#ifndef TESTS_ENTERED_RIG_H
#define TESTS_ENTERED_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cache/entered.h"

static const struct container_info web = {
	.serial = 7,
	.id = STR_LITERAL("da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"),
};
static const struct container_info inner = {
	.serial = 8,
	.id = STR_LITERAL("da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017de"),
};

static struct entered_table *table;

static inline int fresh(void **state)
{
	(void)state;
	return entered_new(&table);
}

static inline int done(void **state)
{
	(void)state;
	entered_free(table);
	table = NULL;
	return 0;
}

/* A process that runs this; executable NULL: not known. */
static inline struct event_process program(const char *comm, const char *executable)
{
	struct event_process p = { .name = str_of(comm) };

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	if (executable) {
		p.executable = str_of(executable);
		event_set(&p, FACT_EXE, SOURCE_KERNEL);
	}
	return p;
}

static inline enum entered update_by(struct cache_entry *e, const struct container_info *container,
				     const char *comm, const char *executable, struct event_ref by)
{
	struct event_process p = program(comm, executable);

	entered_update(table, e, container, &p, &by);
	return (enum entered)e->entered;
}

static inline enum entered update(struct cache_entry *e, const struct container_info *container,
				  const char *comm, const char *executable)
{
	return update_by(e, container, comm, executable, (struct event_ref){ 0 });
}

static inline struct cache_entry fork_of(const struct cache_entry *creator)
{
	static uint32_t pid = 1000;
	struct cache_entry child = { .pid = pid,
				     .start_ns = pid,
				     .vpid = pid,
				     .pid_level = creator->pid_level,
				     .has_ns = creator->has_ns };

	pid++;
	memcpy(child.ns, creator->ns, sizeof(child.ns));
	entered_fork(table, &child, creator);
	return child;
}

/* The child is the first of a pid namespace. */
static inline void make_init(struct cache_entry *e, uint32_t pid_ns)
{
	e->vpid = 1;
	e->pid_level++;
	e->ns[PTC_NS_PID] = pid_ns;
}

/* It is within one that is there. */
static inline void put_within(struct cache_entry *e, uint32_t pid_ns)
{
	e->vpid = 77;
	e->pid_level++;
	e->ns[PTC_NS_PID] = pid_ns;
}

#define HOST_PID_NS 400u
#define WEB_PID_NS  401u

static const struct cache_entry host = {
	.pid = 1,
	.start_ns = 1,
	.vpid = 1,
	.pid_level = 1,
	.has_ns = true,
	.ns = { [PTC_NS_PID] = HOST_PID_NS },
};

/* As entry of a process whose fork nobody saw. */
static inline struct cache_entry found(const struct cache_entry *parent, uint64_t start_ns,
				       bool same_cgroup)
{
	struct cache_entry e = { .pid = (uint32_t)start_ns,
				 .start_ns = start_ns,
				 .vpid = 99,
				 .pid_level = 1,
				 .has_ns = true,
				 .ns = { [PTC_NS_PID] = HOST_PID_NS } };

	if (parent) {
		e.pid_level = parent->pid_level;
		e.ns[PTC_NS_PID] = parent->ns[PTC_NS_PID];
	}
	entered_found(table, &e, parent, same_cgroup);
	return e;
}

/* What runc does on the host up to the point where its child is in the cgroup. */
static inline struct cache_entry runc_init(const struct container_info *container)
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
static inline struct cache_entry start(const struct container_info *container)
{
	struct cache_entry init = runc_init(container);

	assert_int_equal(update(&init, container, "nginx", "/usr/sbin/nginx"), ENTERED_NONE);
	return init;
}

static inline void check_by(const struct cache_entry *e, uint32_t pid, uint64_t start_ns,
			    const char *name)
{
	struct event_ref by = entered_by(e);

	assert_int_equal(by.pid, pid);
	assert_int_equal(by.start_ns, start_ns);
	assert_int_equal(by.name.len, strlen(name));
	assert_memory_equal(by.name.p, name, by.name.len);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

#endif /* TESTS_ENTERED_RIG_H */
