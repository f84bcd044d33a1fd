// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter_excludes.c - of which containers is it certain that nothing is shown?
 */
#include "filter/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID_A "aaaa73acc3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"

enum known { NOTHING, NAME, SETTLED };

struct row {
	enum filter_key key;
	const char *value; /* NULL: the key takes none */
	const char *name;
	enum known known;
	bool excluded;
};

static bool excludes(const struct row *row, const struct container_info *outer)
{
	static const struct container_label label = { STR_LITERAL("app"), STR_LITERAL("shop"), 0 };
	struct container_info c = {
		.id = STR_LITERAL(ID_A),
		.runtime = STR_LITERAL("docker"),
		.name = row->known >= NAME ? str_of(row->name) : str_from(NULL, 0),
		.outer = outer,
	};
	struct filter *f;
	bool result;

	if (row->known == SETTLED) {
		c.settled = true;
		c.image = STR_LITERAL("nginx");
		c.labels = &label;
		c.labels_len = 1;
	}
	assert_int_equal(filter_new(&f), 0);
	assert_int_equal(filter_add(f, row->key, row->value, NULL), 0);
	result = filter_excludes(f, &c);
	filter_free(f);
	return result;
}

static void test_alone(void **state)
{
	static const struct row rows[] = {
		{ FILTER_CONTAINER, "web", "web", SETTLED, false },
		{ FILTER_CONTAINER, "web", "web", NAME, false },
		{ FILTER_CONTAINER, "web", "web", NOTHING, false },
		{ FILTER_CONTAINER, "web", "db", SETTLED, true },
		{ FILTER_CONTAINER, "web", "db", NAME, true },
		{ FILTER_CONTAINER, "web", "db", NOTHING, false },
		{ FILTER_CONTAINER, "web,d*", "db", SETTLED, false },
		{ FILTER_CONTAINER, "aaaa", "db", SETTLED, false },
		{ FILTER_CONTAINER, "bbbb", "db", SETTLED, true },
		{ FILTER_CONTAINER, "!web", "web", NAME, true },
		{ FILTER_CONTAINER, "!web", "db", SETTLED, false },
		{ FILTER_CONTAINER, "!web", "db", NOTHING, false },
		{ FILTER_CONTAINER, "!aaaa", "db", NOTHING, true },
		{ FILTER_IMAGE, "nginx", "db", SETTLED, false },
		{ FILTER_IMAGE, "redis", "db", SETTLED, true },
		{ FILTER_IMAGE, "redis", "db", NAME, false },
		{ FILTER_IMAGE, "!nginx", "db", SETTLED, true },
		{ FILTER_RUNTIME, "docker", "db", NOTHING, false },
		{ FILTER_RUNTIME, "podman", "db", NAME, false },
		{ FILTER_RUNTIME, "podman", "db", SETTLED, true },
		{ FILTER_POD, "shop", "db", SETTLED, true },
		{ FILTER_LABEL, "app=s*", "db", SETTLED, false },
		{ FILTER_LABEL, "app=x*", "db", SETTLED, true },
		{ FILTER_LABEL, "app=x*", "db", NAME, false },
		{ FILTER_HOST, NULL, "db", NOTHING, true },
		{ FILTER_ISOLATED, NULL, "db", NOTHING, true },
		/* These are about processes. */
		{ FILTER_IN_CONTAINER, NULL, "db", SETTLED, false },
		{ FILTER_NAME, "nginx", "db", SETTLED, false },
		{ FILTER_EVENT, "exit", "db", SETTLED, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("row %zu\n", i);
		assert_int_equal(excludes(&rows[i], NULL), rows[i].excluded);
	}
}

/* An event of a container is one of those around it as well. */
static void test_outer(void **state)
{
	static const struct container_info dind = { .name = STR_LITERAL("dind"), .settled = true };
	static const struct container_info unknown = { .id = STR_LITERAL("c") };
	const struct row outer = { FILTER_CONTAINER, "dind", "inner", SETTLED, false };
	const struct row other = { FILTER_CONTAINER, "web", "inner", SETTLED, true };
	const struct row not_outer = { FILTER_CONTAINER, "!dind", "inner", SETTLED, true };

	(void)state;
	assert_false(excludes(&outer, &dind));
	assert_true(excludes(&other, &dind));
	assert_false(excludes(&other, &unknown));
	assert_true(excludes(&not_outer, &dind));
}

/* With a process tree nothing is kept back: its members may be anywhere. */
static void test_tree(void **state)
{
	static const struct container_info db = { .name = STR_LITERAL("db"), .settled = true };
	struct filter *f;

	(void)state;
	assert_int_equal(filter_new(&f), 0);
	assert_false(filter_can_exclude(f));
	assert_int_equal(filter_add(f, FILTER_CONTAINER, "web", NULL), 0);
	assert_true(filter_can_exclude(f));
	assert_true(filter_excludes(f, &db));
	assert_int_equal(filter_add(f, FILTER_PID, "1", NULL), 0);
	assert_false(filter_can_exclude(f));
	assert_false(filter_excludes(f, &db));
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_outer),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
