// SPDX-License-Identifier: Apache-2.0
/*
 * test_isolated.c - groups of processes that no runtime isolated
 */
#include "cache/isolated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "container/monitored.h"

#define BIT(type) (1u << (type))

static const uint32_t ns[PTC_NS_COUNT] = {
	[PTC_NS_PID] = 10,
	[PTC_NS_MNT] = 11,
	[PTC_NS_NET] = 12,
	[PTC_NS_USER] = 15,
};

static struct isolated_table *table;

static int fresh(void **state)
{
	(void)state;
	return isolated_new(&table);
}

static int done(void **state)
{
	(void)state;
	isolated_free(table);
	isolated_free(NULL);
	return 0;
}

#define ID     "b00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00b"
#define CONMON "/usr/bin/conmon\0-c\0" ID "\0-n\0free"

static void made(uint32_t inum, uint32_t pid, const char *name)
{
	char copy[64]; /* it keeps nothing that is the caller's */
	struct event_ref maker = { .pid = pid, .start_ns = 7 };

	strcpy(copy, name);
	maker.name = str_of(copy);
	isolated_made(table, inum, &maker);
	memset(copy, 'x', sizeof(copy));
}

static void check_name(const struct event_isolated *group, const char *name)
{
	assert_int_equal(group->name.len, strlen(name));
	assert_memory_equal(group->name.p ? group->name.p : "", name, strlen(name));
}

static void test_by_which(void **state)
{
	static const struct {
		uint32_t isolated;
		int type; /* -1: no group */
	} rows[] = {
		{ 0, -1 },
		{ BIT(PTC_NS_NET) | BIT(PTC_NS_UTS) | BIT(PTC_NS_IPC), -1 },
		{ BIT(PTC_NS_USER) | BIT(PTC_NS_NET), PTC_NS_USER },
		{ BIT(PTC_NS_MNT) | BIT(PTC_NS_USER), PTC_NS_MNT },
		{ BIT(PTC_NS_PID) | BIT(PTC_NS_MNT) | BIT(PTC_NS_USER), PTC_NS_PID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct event_isolated *group = isolated_find(table, ns, rows[i].isolated);

		assert_int_equal(group ? (int)group->type : -1, rows[i].type);
		if (group)
			assert_int_equal(group->ns, ns[rows[i].type]);
	}
}

static void test_maker(void **state)
{
	const struct event_isolated *group;

	(void)state;
	/* Nobody was seen making it. */
	group = isolated_find(table, ns, BIT(PTC_NS_MNT));
	check_name(group, "");
	assert_int_equal(group->maker.pid, 0);

	made(10, 900, "bwrap");
	assert_null(isolated_of(table, 10)); /* nobody lives in it yet */
	group = isolated_find(table, ns, BIT(PTC_NS_PID));
	check_name(group, "bwrap");
	assert_int_equal(group->maker.pid, 900);
	assert_int_equal(group->maker.start_ns, 7);
	assert_memory_equal(group->maker.name.p, "bwrap", 5);
	assert_ptr_equal(isolated_of(table, 10), group);
	assert_ptr_equal(isolated_find(table, ns, BIT(PTC_NS_PID)), group);

	/* The number is another one's now. */
	made(10, 901, "unshare");
	check_name(isolated_find(table, ns, BIT(PTC_NS_PID)), "unshare");
	assert_null(isolated_of(table, 4711));

	/* It became a container's. */
	isolated_forget(table, 10);
	isolated_forget(table, 10);
	assert_null(isolated_of(table, 10));
	check_name(isolated_find(table, ns, BIT(PTC_NS_PID)), "");
}

/* Asked for some times, told once, freed with the group. */
static void test_container(void **state)
{
	const struct event_isolated *group = isolated_find(table, ns, BIT(PTC_NS_PID));
	struct container_info *first, *second;
	struct metadata md = { 0 };
	struct hostfs fs;
	int asked = 0;

	(void)state;
	assert_int_equal(hostfs_init(&fs, "tests/fixtures"), 0);
	assert_int_equal(roots_init(&md.roots, &fs, "/nowhere"), 0);
	first = monitored_new(&md, 1, STR_LITERAL(CONMON), 1000);
	second = monitored_new(&md, 1, STR_LITERAL(CONMON), 1000);
	assert_non_null(first);
	assert_non_null(second);
	assert_null(monitored_new(&md, 1, STR_LITERAL("conmon\0-c\0short"), 1000));
	assert_null(monitored_new(&md, 1, STR_LITERAL("sh\0-c\0" ID), 1000));
	roots_done(&md.roots);
	hostfs_done(&fs);
	assert_memory_equal(first->name.p, "free", first->name.len);
	assert_memory_equal(first->id.p, ID, first->id.len);
	assert_true(first->unconfirmed);

	while (isolated_ask(table, group) && asked < 1000)
		asked++;
	assert_in_range(asked, 2, 100);
	isolated_set_container(table, group, first);
	assert_ptr_equal(group->container, first);
	isolated_set_container(table, group, second);
	assert_ptr_equal(group->container, first);
	assert_false(isolated_ask(table, group));
}

static void test_limit(void **state)
{
	uint32_t inum;

	(void)state;
	made(1000, 1, "first");
	for (inum = 1001; inum < 1000 + (1u << 20); inum++) {
		uint32_t one[PTC_NS_COUNT] = { [PTC_NS_PID] = 1000 };

		made(inum, 2, "other");
		if (inum % 1024 == 0 && isolated_find(table, one, BIT(PTC_NS_PID))->maker.pid == 0)
			return;
	}
	fail_msg("%u are kept", inum - 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_which, fresh, done),
		cmocka_unit_test_setup_teardown(test_maker, fresh, done),
		cmocka_unit_test_setup_teardown(test_container, fresh, done),
		cmocka_unit_test_setup_teardown(test_limit, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
