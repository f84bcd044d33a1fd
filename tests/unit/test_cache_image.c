// SPDX-License-Identifier: Apache-2.0
/*
 * test_cache_image.c - programs that processes share, and the names of parents
 */
#include "cache/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cache/cache.h"
#include "records.h"

#define LONG_NAME "containerd-shim-runc-v2"

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

static struct cache_stats stats(void)
{
	struct cache_stats s;

	cache_stats(cache, &s);
	return s;
}

static struct cache_entry *add(uint32_t pid, uint64_t start_ns, const char *comm)
{
	bool is_new;
	struct cache_entry *e = cache_get(cache, pid, start_ns, &is_new);

	assert_non_null(e);
	memset(e->comm, 0, sizeof(e->comm));
	strncpy(e->comm, comm, sizeof(e->comm) - 1);
	return e;
}

static struct event_process program(struct str name, struct str args)
{
	struct event_process p = {
		.name = name,
		.executable = STR_LITERAL("/usr/bin/program"),
		.args = args,
		.args_count = count_words(args),
		.file = { .script = true,
			  .interpreter = STR_LITERAL("/bin/sh"),
			  .filename = STR_LITERAL("./program") },
	};

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	event_set(&p, FACT_EXE, SOURCE_KERNEL);
	event_set(&p, FACT_ARGS, SOURCE_PROCFS);
	event_set(&p, FACT_FILE, SOURCE_KERNEL);
	return p;
}

/* --- one image */

/* It is a copy: what it was made of may go. */
static void test_copy(void **state)
{
	char args[] = "a\0b", name[] = "program", filename[] = "./program", interp[] = "/bin/sh";
	struct event_process p = program(str_of(name), str_from(args, sizeof(args)));
	struct event_process got = { 0 };
	struct image *image;

	(void)state;
	p.file.filename = str_of(filename);
	p.file.interpreter = str_of(interp);
	event_cut(&p, FACT_ARGS);
	image = image_new(&p, true);
	assert_non_null(image);
	assert_int_equal(image->bytes, image_size(&p, true));
	memset(args, 'x', sizeof(args));
	memset(name, 'x', sizeof(name));
	memset(filename, 'x', sizeof(filename));
	memset(interp, 'x', sizeof(interp));
	memset(&p, 0xff, sizeof(p));

	image_fill(image, &got, false);
	assert_int_equal(got.has, 1u << FACT_EXE | 1u << FACT_ARGS | 1u << FACT_FILE);
	assert_int_equal(got.truncated, 1u << FACT_ARGS);
	assert_int_equal(got.source[FACT_EXE], SOURCE_KERNEL);
	assert_int_equal(got.source[FACT_ARGS], SOURCE_PROCFS);
	assert_true(str_eq(got.args, RAW("a\0b")));
	assert_int_equal(got.args_count, 2);
	assert_true(str_eq(got.executable, str_of("/usr/bin/program")));
	assert_true(got.file.script);
	assert_true(str_eq(got.file.interpreter, str_of("/bin/sh")));
	assert_true(str_eq(got.file.filename, str_of("./program")));
	assert_true(image_unref(image) > 0);
}

static void test_copy_of_nothing(void **state)
{
	struct event_process none = { 0 }, got = { 0 };
	struct image *image = image_new(&none, true);

	(void)state;
	assert_non_null(image);
	image_fill(image, &got, true);
	assert_int_equal(got.has, 0);
	image_unref(image);

	image_fill(NULL, &got, true);
	assert_int_equal(got.has, 0);
	assert_int_equal(image_unref(NULL), 0);
	assert_null(image_ref(NULL));
}

static void test_references(void **state)
{
	struct event_process p = program(str_of("program"), RAW("a"));
	struct image *image = image_new(&p, true);
	size_t bytes = image_size(&p, true);

	(void)state;
	assert_ptr_equal(image_ref(image), image);
	assert_int_equal(image_unref(image), 0);
	assert_int_equal(image_unref(image), bytes);
}

/* An image has the whole of a name that comm cuts, and none but that. */
static void test_name(void **state)
{
	static const struct {
		const char *image, *comm, *name;
	} rows[] = {
		{ LONG_NAME, "containerd-shim", LONG_NAME },
		{ LONG_NAME, "containerd-shi", "containerd-shi" },
		{ LONG_NAME, "containerd-shiM", "containerd-shiM" },
		{ "sh", "my own name", "my own name" }, /* prctl(PR_SET_NAME) */
		{ "exactly-fifteen", "exactly-fifteen", "exactly-fifteen" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event_process p = program(str_of(rows[i].image), RAW("a"));
		struct event_process got = { .name = str_of(rows[i].comm) };
		struct image *image = image_new(&p, true);

		event_set(&got, FACT_NAME, SOURCE_KERNEL);
		image_fill(image, &got, true);
		assert_true(str_eq(got.name, str_of(rows[i].name)));
		assert_int_equal(got.source[FACT_NAME], SOURCE_KERNEL);
		image_unref(image);
	}
}

/* --- images in the table */

static void test_sharing(void **state)
{
	struct event_process sh = program(str_of("sh"), RAW("sh"));
	struct event_process ls = program(str_of("ls"), RAW("ls\0-l"));
	const size_t sh_bytes = image_size(&sh, true), ls_bytes = image_size(&ls, true);
	struct cache_entry *parent, *child[10];
	struct event_process p = { 0 };

	(void)state;
	parent = add(10, 1000, "sh");
	cache_set_image(cache, parent, &sh);
	assert_int_equal(stats().image_bytes, sh_bytes);
	for (uint32_t i = 0; i < 10; i++) {
		child[i] = add(20 + i, 2000, "sh");
		cache_inherit_image(cache, child[i], i ? child[i - 1] : parent);
		assert_ptr_equal(child[i]->image, parent->image);
	}
	assert_int_equal(stats().image_bytes, sh_bytes);

	/* The parent execs and goes; its children run what it ran. */
	cache_set_image(cache, parent, &ls);
	assert_int_equal(stats().image_bytes, sh_bytes + ls_bytes);
	assert_true(cache_exit(cache, parent, 3000));
	cache_expire(cache, UINT64_MAX);
	assert_int_equal(stats().image_bytes, sh_bytes);
	cache_fill(child[9], &p);
	assert_true(str_eq(p.args, RAW("sh")));

	for (uint32_t i = 0; i < 9; i++)
		assert_true(cache_exit(cache, child[i], 4000));
	cache_expire(cache, UINT64_MAX);
	assert_int_equal(stats().image_bytes, sh_bytes);
	cache_set_image(cache, child[9], &ls);
	assert_int_equal(stats().image_bytes, ls_bytes);
	assert_true(child[9]->execd);

	/* A fork that inherits after all is no exec. */
	parent = add(10, 5000, "sh");
	cache_inherit_image(cache, child[9], parent);
	assert_null(child[9]->image);
	assert_false(child[9]->execd);
	assert_int_equal(stats().image_bytes, 0);
	/* Inheriting from itself loses nothing. */
	cache_set_image(cache, parent, &sh);
	cache_inherit_image(cache, parent, parent);
	assert_int_equal(stats().image_bytes, sh_bytes);
}

/* Beyond the limit arguments are left out, and that counts; the rest stays. */
static void test_memory_limit(void **state)
{
	char many[1000];
	struct event_process small = program(str_of("small"), RAW("small"));
	struct event_process large = program(str_of("large"), str_from(many, sizeof(many)));
	const size_t room = image_size(&small, true) + image_size(&large, true);
	struct cache_entry *e;
	struct event_process p = { 0 };

	(void)state;
	memset(many, 0, sizeof(many));
	event_cut(&large, FACT_ARGS);
	cache_free(cache);
	assert_int_equal(cache_new(0, room, &cache), 0);

	cache_set_image(cache, add(1, 1, "small"), &small);
	cache_set_image(cache, add(2, 1, "large"), &large);
	assert_int_equal(stats().images_cut, 0);
	assert_int_equal(stats().image_bytes, room);

	e = add(3, 1, "large");
	cache_set_image(cache, e, &large);
	assert_int_equal(stats().images_cut, 1);
	assert_int_equal(stats().image_bytes, room + image_size(&large, false));
	cache_fill(e, &p);
	assert_int_equal(p.has, 1u << FACT_EXE | 1u << FACT_FILE);
	assert_int_equal(p.args.len, 0);
	assert_int_equal(p.args_count, 0);
	assert_int_equal(p.truncated, 0);

	/* Room again: arguments again. */
	assert_true(cache_exit(cache, cache_find(cache, 2, 1), 2));
	assert_true(cache_exit(cache, e, 2));
	cache_expire(cache, UINT64_MAX);
	e = add(4, 1, "large");
	cache_set_image(cache, e, &large);
	cache_fill(e, &p);
	assert_int_equal(p.args.len, sizeof(many));
	assert_int_equal(stats().images_cut, 1);
	assert_int_equal(stats().image_bytes, room);
}

/* --- parents */

static struct event_ref parent_of(const struct cache_entry *e)
{
	struct event_process p = { 0 };

	cache_fill(e, &p);
	return p.parent;
}

static void test_name_of_the_parent(void **state)
{
	struct event_process shim = program(str_of(LONG_NAME), RAW(LONG_NAME));
	struct cache_entry *parent = add(10, 1000, "containerd-shim"), *child;

	(void)state;
	child = add(11, 2000, "x");
	cache_set_parent(cache, child, 10, 1000, true);
	assert_true(str_eq(parent_of(child).name, str_of("containerd-shim")));
	cache_set_image(cache, parent, &shim);
	strcpy(parent->comm, "containerd"); /* it calls itself so */
	cache_set_parent(cache, child, 10, 1000, true);
	assert_true(str_eq(parent_of(child).name, str_of("containerd")));
	strcpy(parent->comm, "containerd-shim");
	cache_set_parent(cache, child, 10, 1000, true);
	assert_true(str_eq(parent_of(child).name, str_of(LONG_NAME)));

	/* It stays what it was at the fork, whatever the parent does afterwards. */
	strcpy(parent->comm, "other");
	assert_true(cache_exit(cache, parent, 3000));
	cache_expire(cache, UINT64_MAX);
	add(10, 4000, "another");
	assert_true(str_eq(parent_of(child).name, str_of(LONG_NAME)));
	assert_int_equal(parent_of(child).start_ns, 1000);
}

static void test_parent_that_is_not_known(void **state)
{
	struct cache_entry *child = add(11, 2000, "x");
	struct event_process p = { 0 };

	(void)state;
	cache_fill(child, &p);
	assert_false(event_has(&p, FACT_PARENT));

	/* Known by number only; or the number is another process by now. */
	cache_set_parent(cache, child, 10, 1000, true);
	assert_int_equal(parent_of(child).pid, 10);
	assert_int_equal(parent_of(child).start_ns, 1000);
	assert_int_equal(parent_of(child).name.len, 0);
	add(10, 1500, "another");
	cache_set_parent(cache, child, 10, 1000, true);
	assert_int_equal(parent_of(child).name.len, 0);
	assert_int_equal(parent_of(child).start_ns, 1000);

	/* From /proc comes only the number. What was found late says so. */
	cache_set_parent(cache, child, 10, 0, false);
	cache_fill(child, &p);
	assert_int_equal(p.parent.start_ns, 1500);
	assert_true(str_eq(p.parent.name, str_of("another")));
	assert_false(p.parent_at_fork);
	assert_int_equal(p.source[FACT_PARENT], SOURCE_PROCFS);
	cache_set_parent(cache, child, 9, 1, false);
	assert_int_equal(parent_of(child).name.len, 0);
}

static void test_long_name_of_a_parent_that_is_gone(void **state)
{
	struct event_process p = program(STR_LITERAL(LONG_NAME), RAW("x"));
	struct cache_entry *child = add(11, 2000, "x");

	(void)state;
	cache_set_image(cache, add(10, 1000, "containerd-shim"), &p);
	cache_set_parent(cache, child, 10, 1000, true);
	cache_forget(cache, cache_find(cache, 10, 1000));
	assert_true(str_eq(parent_of(child).name, STR_LITERAL(LONG_NAME)));
	cache_forget(cache, child);
	assert_int_equal(stats().image_bytes, 0);
}

/* Who cloned, where that is not the parent (CLONE_PARENT). */
static void test_creator(void **state)
{
	struct cache_entry *child = add(12, 2000, "x");
	struct event_process p = { 0 };

	(void)state;
	add(10, 500, "shim");
	add(11, 1000, "runc:[0:PARENT]");
	cache_set_parent(cache, child, 10, 500, true);
	cache_set_creator(cache, child, 11, 1000);
	cache_fill(child, &p);
	assert_true(str_eq(p.parent.name, str_of("shim")));
	assert_int_equal(p.creator.pid, 11);
	assert_int_equal(p.creator.start_ns, 1000);
	assert_true(str_eq(p.creator.name, str_of("runc:[0:PARENT]")));

	p = (struct event_process){ 0 };
	cache_set_creator(cache, child, 11, 999);
	cache_fill(child, &p);
	assert_int_equal(p.creator.start_ns, 999);
	assert_int_equal(p.creator.name.len, 0);
}

/* Parent and creator are told by the identities that they were printed with. */
static void test_identity_of_a_seeded_parent(void **state)
{
	const uint64_t tick = clock_tick_ns(), start = 500 * tick;
	struct cache_entry *child = add(11, 2000, "x");
	struct event_process p = { 0 };

	(void)state;
	add(10, start, "shim")->start_exact = false;
	cache_set_parent(cache, child, 10, start + 3, true);
	cache_set_creator(cache, child, 10, start + 3);
	cache_fill(child, &p);
	assert_int_equal(p.parent.start_ns, start);
	assert_int_equal(p.creator.start_ns, start);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_copy),
		TEST(test_copy_of_nothing),
		TEST(test_references),
		TEST(test_name),
		TEST(test_sharing),
		TEST(test_memory_limit),
		TEST(test_name_of_the_parent),
		TEST(test_parent_that_is_not_known),
		TEST(test_long_name_of_a_parent_that_is_gone),
		TEST(test_creator),
		TEST(test_identity_of_a_seeded_parent),
	};

	return cmocka_run_group_tests_name("cache_image", tests, NULL, NULL);
}
