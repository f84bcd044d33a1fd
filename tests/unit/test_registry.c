// SPDX-License-Identifier: Apache-2.0
/*
 * test_registry.c - what is said of a process when no more containers can be known
 */
#include "container/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "container/answers.h"
#include "host_tree.h"

#define WEB   "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define OUTER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LIMIT 8

struct known {
	struct host_tree tree;
	struct cgroups cgroups;
	struct metadata metadata;
	struct registry registry;
	struct answers answers;
};

/* Nothing is mounted; there is /docker (2) and in it a container (3). */
static void known_init(struct known *k)
{
	host_tree_init(&k->tree);
	host_tree_text(&k->tree, "/proc/self/mountinfo", "");
	assert_int_equal(
		cgroups_init(&k->cgroups, host_tree_path(&k->tree, "/proc"), 0, NULL, 1000), 0);
	assert_int_equal(metadata_init(&k->metadata, HOST_FIXTURE,
				       host_tree_path(&k->tree, "/proc"), &k->cgroups),
			 0);
	registry_init(&k->registry, &k->cgroups, &k->metadata, 1000, NULL);
	k->registry.limit = LIMIT;
	k->answers = (struct answers){ .cgroups = &k->cgroups, .registry = &k->registry };
	cgindex_add(k->cgroups.index, 0, 1, 0, STR_LITERAL(""));
	cgindex_add(k->cgroups.index, 0, 2, 1, STR_LITERAL("docker"));
	cgindex_add(k->cgroups.index, 0, 3, 2, STR_LITERAL(OUTER));
}

static void known_done(struct known *k)
{
	answers_done(&k->answers);
	registry_done(&k->registry);
	metadata_done(&k->metadata);
	cgroups_done(&k->cgroups);
	host_tree_done(&k->tree);
}

/* A container by that number below the cgroup; what is known of who is in it. */
static struct containers_answer find_new(struct known *k, uint64_t parent_id, uint64_t id)
{
	struct containers_answer a;
	char name[65];

	snprintf(name, sizeof(name), "%064x", (unsigned int)id);
	cgindex_add(k->cgroups.index, 0, id, parent_id, str_of(name));
	answers_find(&k->answers, id, 0, 0, 0, &a);
	return a;
}

/* Who may make any number in a container, or in a tree of his own, pushes out none of root's. */
static void test_room_for_roots(void **state)
{
	struct containers_answer a;
	struct known k;

	(void)state;
	known_init(&k);
	for (uint64_t id = 10; id < 10 + 2 * LIMIT; id++) {
		a = find_new(&k, 3, id);
		assert_true(a.known);
		assert_non_null(a.container);
		/* It is in there, whatever else it is in. */
		if (id >= 10 + LIMIT) {
			assert_memory_equal(a.container->id.p, OUTER, 64);
			assert_true(k.registry.refused > 0);
		}
	}
	assert_int_equal(k.registry.count, LIMIT / 2);
	cgindex_add(k.cgroups.index, 0, 100, 2, STR_LITERAL(WEB));
	answers_find(&k.answers, 100, 0, 0, 0, &a);
	assert_true(a.confirmed_by_runtime);
	assert_memory_equal(a.container->name.p, "web", 3);
	known_done(&k);
}

/* Nobody knows whether it is the host's. */
static void test_no_room(void **state)
{
	struct containers_answer a;
	struct known k;

	(void)state;
	known_init(&k);
	for (uint64_t id = 10; id < 10 + LIMIT; id++)
		assert_non_null(find_new(&k, 2, id).container);
	a = find_new(&k, 2, 10 + LIMIT);
	assert_true(a.known);
	assert_null(a.container);
	assert_int_equal(a.missing, MISSING_SKIPPED);
	known_done(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room_for_roots),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
