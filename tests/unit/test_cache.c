// SPDX-License-Identifier: Apache-2.0
/*
 * test_cache.c - the process table: who is who, what it costs, what is forgotten
 */
#include "cache/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "records.h"

static struct cache *cache;

static int fresh(void **state)
{
	(void)state;
	return cache_new(0, 0, &cache);
}

static int done(void **state)
{
	(void)state;
	cache_free(cache);
	cache = NULL;
	return 0;
}

/* Another one, of another size. */
static void fresh_with(size_t limit, size_t image_bytes)
{
	cache_free(cache);
	assert_int_equal(cache_new(limit, image_bytes, &cache), 0);
}

static struct cache_stats stats(void)
{
	struct cache_stats s;

	cache_stats(cache, &s);
	return s;
}

static struct cache_entry *add(uint32_t pid, uint64_t start_ns, const char *comm)
{
	bool is_new = false;
	struct cache_entry *e = cache_get(cache, pid, start_ns, &is_new);

	assert_non_null(e);
	assert_true(is_new);
	snprintf(e->comm, sizeof(e->comm), "%s", comm);
	return e;
}

/* What an exec says of its program. */
static struct event_process program(const char *name, const char *executable, struct str args)
{
	struct event_process p = {
		.name = str_of(name),
		.executable = str_of(executable),
		.args = args,
		.args_count = count_words(args),
		.file = { .inode = 12345, .filename = str_of(executable) },
	};

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	event_set(&p, FACT_EXE, SOURCE_KERNEL);
	event_set(&p, FACT_ARGS, SOURCE_KERNEL);
	event_set(&p, FACT_FILE, SOURCE_KERNEL);
	return p;
}

/* What the table adds to a record that says only this. */
static struct event_process filled(const struct cache_entry *e)
{
	struct event_process p = { .name = str_of_array(e->comm, sizeof(e->comm)) };

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	cache_fill(e, &p);
	return p;
}

static void test_fork_exec_exit(void **state)
{
	struct event_process sh = program("sh", "/bin/sh", RAW("sh"));
	struct event_process ls = program("ls", "/bin/ls", RAW("ls\0\0-l"));
	struct cache_entry *parent, *child;
	struct event_process p;
	bool is_new;

	(void)state;
	parent = add(10, 1000, "sh");
	cache_set_image(cache, parent, &sh);
	child = add(11, 2000, "sh");
	cache_set_parent(cache, child, 10, 1000, true);
	cache_inherit_image(cache, child, parent);
	assert_int_equal(stats().entries, 2);

	p = filled(child);
	assert_int_equal(p.has, 1u << FACT_NAME | 1u << FACT_PARENT | 1u << FACT_EXE |
					1u << FACT_ARGS | 1u << FACT_FILE);
	assert_int_equal(p.parent.pid, 10);
	assert_int_equal(p.parent.start_ns, 1000);
	assert_true(str_eq(p.parent.name, str_of("sh")));
	assert_true(p.parent_at_fork);
	assert_int_equal(p.creator.pid, 0);
	assert_int_equal(p.source[FACT_PARENT], SOURCE_KERNEL);
	assert_int_equal(p.source[FACT_EXE], SOURCE_INHERITED);
	assert_int_equal(p.source[FACT_ARGS], SOURCE_INHERITED);
	assert_int_equal(p.source[FACT_FILE], SOURCE_INHERITED);
	assert_true(str_eq(p.executable, str_of("/bin/sh")));

	cache_set_image(cache, child, &ls);
	p = filled(child);
	assert_int_equal(p.source[FACT_EXE], SOURCE_KERNEL);
	assert_int_equal(p.source[FACT_ARGS], SOURCE_KERNEL);
	assert_true(str_eq(p.executable, str_of("/bin/ls")));
	assert_true(str_eq(p.args, RAW("ls\0\0-l")));
	assert_int_equal(p.args_count, 3);
	assert_int_equal(p.file.inode, 12345);
	assert_true(str_eq(p.file.filename, str_of("/bin/ls")));
	/* The parent runs what it ran. */
	p = filled(parent);
	assert_true(str_eq(p.executable, str_of("/bin/sh")));
	assert_int_equal(p.source[FACT_EXE], SOURCE_KERNEL);
	assert_false(event_has(&p, FACT_PARENT));

	assert_true(cache_exit(cache, child, 3000));
	assert_ptr_equal(cache_find(cache, 11, 2000), child);
	assert_ptr_equal(cache_get(cache, 11, 2000, &is_new), child);
	assert_false(is_new);
	assert_ptr_equal(cache_first(cache), parent);
	assert_null(parent->next);
}

/* A fact that the record has is not replaced. */
static void test_fill_adds_only(void **state)
{
	struct event_process sh = program("sh", "/bin/sh", RAW("sh"));
	struct event_process p = program("ls", "/bin/ls", RAW("ls\0-l"));
	struct cache_entry *e;

	(void)state;
	e = add(10, 1000, "sh");
	cache_set_parent(cache, e, 1, 1, true);
	cache_set_image(cache, e, &sh);
	p.parent.pid = 7;
	event_set(&p, FACT_PARENT, SOURCE_PROCFS);
	cache_fill(e, &p);
	assert_true(str_eq(p.executable, str_of("/bin/ls")));
	assert_true(str_eq(p.args, RAW("ls\0-l")));
	assert_true(str_eq(p.file.filename, str_of("/bin/ls")));
	assert_true(str_eq(p.name, str_of("ls")));
	assert_int_equal(p.parent.pid, 7);
	assert_int_equal(p.source[FACT_PARENT], SOURCE_PROCFS);
}

/* A pid that is used again is another process, whether its exit was seen or lost. */
static void test_pid_reuse(void **state)
{
	struct event_process secret = program("secret", "/bin/secret", RAW("secret\0key"));
	static const bool exit_seen[] = { true, false };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cache_entry *e;
		struct event_process p;

		fresh_with(0, 0);
		e = add(10, 1000, "secret");
		cache_set_parent(cache, e, 7, 500, true);
		cache_set_creator(cache, e, 8, 600);
		cache_set_image(cache, e, &secret);
		e->baseline = (struct exit_baseline){ .maxrss_pages = 5, .known = true };
		e->entered = 1;
		e->cgroup_v2 = 177;
		e->has_ns = true;
		if (exit_seen[i])
			assert_true(cache_exit(cache, e, 2000));

		assert_null(cache_find(cache, 10, 1001));
		e = add(10, 3000, "sh");
		assert_int_equal(stats().entries, 1);
		assert_int_equal(stats().image_bytes, 0);
		assert_null(cache_find(cache, 10, 1000));
		assert_ptr_equal(cache_find(cache, 10, 3000), e);
		assert_ptr_equal(cache_find(cache, 10, 0), e);
		assert_ptr_equal(cache_first(cache), e);
		assert_null(e->next);
		p = filled(e);
		assert_int_equal(p.has, 1u << FACT_NAME);
		assert_int_equal(p.parent.pid, 0);
		assert_int_equal(p.creator.pid, 0);
		assert_false(e->exited || e->execd || e->has_ns || e->baseline.known);
		assert_int_equal(e->entered, 0);
		assert_int_equal(e->cgroup_v2, 0);
		assert_int_equal(stats().evicted, 0);
	}
}

/* A start time from /proc is cut to a tick; what was printed of it never changes. */
static void test_start_to_a_tick(void **state)
{
	const uint64_t tick = clock_tick_ns(), start = 500 * tick;
	struct cache_entry *e;
	bool is_new;

	(void)state;
	e = add(10, start, "sh");
	e->start_exact = false;
	assert_ptr_equal(cache_find(cache, 10, start), e);
	assert_ptr_equal(cache_find(cache, 10, start + 1), e);
	assert_ptr_equal(cache_find(cache, 10, start + tick - 1), e);
	assert_null(cache_find(cache, 10, start + tick));
	assert_null(cache_find(cache, 10, start - 1));
	assert_ptr_equal(cache_get(cache, 10, start + tick / 2, &is_new), e);
	assert_false(is_new);
	assert_int_equal(e->start_ns, start);
	add(10, start + tick, "sh");

	/* An exact one is compared exactly: two processes can begin in one tick. */
	add(11, start, "sh");
	assert_null(cache_find(cache, 11, start + 1));
	add(11, start + 1, "sh");
}

/* Those that ended go first, the one that ended longest ago before the others. */
static void test_eviction(void **state)
{
	struct cache_entry *e[4];

	(void)state;
	fresh_with(3, 0);
	for (uint32_t pid = 1; pid <= 3; pid++)
		e[pid] = add(pid, 100, "x");
	assert_true(cache_exit(cache, e[3], 200));
	assert_true(cache_exit(cache, e[2], 300));
	assert_int_equal(stats().entries, 3);

	add(4, 100, "x");
	assert_null(cache_find(cache, 3, 0));
	assert_non_null(cache_find(cache, 2, 0));
	add(5, 100, "x");
	assert_null(cache_find(cache, 2, 0));
	assert_non_null(cache_find(cache, 1, 0));
	assert_int_equal(stats().evicted, 0);

	/* Now all are alive: the one that came first goes, and that counts. */
	add(6, 100, "x");
	assert_null(cache_find(cache, 1, 0));
	assert_int_equal(stats().evicted, 1);
	add(7, 100, "x");
	assert_null(cache_find(cache, 4, 0));
	assert_non_null(cache_find(cache, 5, 0));
	assert_int_equal(stats().evicted, 2);
	assert_int_equal(stats().entries, 3);

	/* A pid that is used again needs no room. */
	add(6, 200, "x");
	assert_non_null(cache_find(cache, 5, 0));
	assert_int_equal(stats().evicted, 2);
}

static void test_duplicate_exit(void **state)
{
	struct cache_entry *e = add(10, 1000, "x");

	(void)state;
	assert_true(cache_exit(cache, e, 2000));
	assert_false(cache_exit(cache, e, 3000));
	assert_int_equal(e->exit_ns, 2000);
	assert_int_equal(stats().entries, 1);
	/* Still one to be forgotten. */
	cache_expire(cache, 2001 + CACHE_GRACE_NS);
	assert_int_equal(stats().entries, 0);
}

static void test_grace_time(void **state)
{
	struct event_process sh = program("sh", "/bin/sh", RAW("sh"));
	struct cache_entry *first, *second;

	(void)state;
	first = add(10, 1000, "x");
	second = add(11, 1000, "x");
	add(12, 1000, "x");
	cache_set_image(cache, first, &sh);
	assert_true(cache_exit(cache, second, 2000));
	assert_true(cache_exit(cache, first, 3000));

	cache_expire(cache, 2000 + CACHE_GRACE_NS);
	assert_non_null(cache_find(cache, 11, 1000));
	cache_expire(cache, 2001 + CACHE_GRACE_NS);
	assert_null(cache_find(cache, 11, 1000));
	assert_non_null(cache_find(cache, 10, 1000));
	cache_expire(cache, UINT64_MAX);
	assert_null(cache_find(cache, 10, 1000));
	assert_int_equal(stats().image_bytes, 0);
	/* Who lives stays, however long. */
	assert_non_null(cache_find(cache, 12, 1000));
	assert_int_equal(stats().entries, 1);
	assert_int_equal(stats().evicted, 0);
}

static void test_order_of_the_living(void **state)
{
	uint32_t pids[3] = { 0 };
	size_t n = 0;

	(void)state;
	for (uint32_t pid = 1; pid <= 4; pid++)
		add(pid, 1000, "x");
	assert_true(cache_exit(cache, cache_find(cache, 2, 0), 2000));
	for (struct cache_entry *e = cache_first(cache); e; e = e->next) {
		assert_true(n < 3);
		pids[n++] = e->pid;
	}
	assert_int_equal(n, 3);
	assert_int_equal(pids[0], 1);
	assert_int_equal(pids[1], 3);
	assert_int_equal(pids[2], 4);
}

static void test_nothing_in_it(void **state)
{
	(void)state;
	assert_null(cache_find(cache, 0, 0));
	assert_null(cache_find(cache, UINT32_MAX, UINT64_MAX));
	assert_null(cache_first(cache));
	cache_expire(cache, UINT64_MAX);
	cache_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fork_exec_exit), TEST(test_fill_adds_only),
		TEST(test_pid_reuse),	   TEST(test_start_to_a_tick),
		TEST(test_eviction),	   TEST(test_duplicate_exit),
		TEST(test_grace_time),	   TEST(test_order_of_the_living),
		TEST(test_nothing_in_it),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
