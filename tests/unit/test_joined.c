// SPDX-License-Identifier: Apache-2.0
/*
 * test_joined.c - what became known later, in earlier events: which facts, where
 */
#include "log/joined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID	   "da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Learns from later, fills earlier. Both are of one process; valid until the next call. */
static const struct container_info *fill(struct joined **j, const struct container_info *earlier,
					 const struct container_info *later)
{
	static struct event e;

	joined_free(*j);
	assert_int_equal(joined_new(0, 0, j), 0);
	for (int pass = 0; pass < 2; pass++) {
		e = (struct event){ .kind = EVENT_EXEC, .about_process = true };
		e.proc.container = earlier;
		if (pass == 1) {
			assert_true(joined_fill(*j, &e));
			return e.proc.container;
		}
		joined_learn(*j, &e);
		e.proc.container = later;
		joined_learn(*j, &e);
		joined_rewind(*j);
	}
	return NULL;
}

#define assert_str(s, want) assert_true(str_eq(s, str_of(want)))

static void test_facts(void **state)
{
	static const struct container_label labels[] = {
		{ STR_LITERAL("tier"), STR_LITERAL("front"), true },
		{ STR_LITERAL("empty"), STR_LITERAL(""), true },
	};
	const struct container_info outer = { .id = STR_LITERAL("outer") };
	const struct container_info named_outer = { .id = STR_LITERAL("outer"),
						    .name = STR_LITERAL("kind") };
	const struct container_info bare = { .id = STR_LITERAL(ID),
					     .runtime = STR_LITERAL("containerd"),
					     .unconfirmed = true,
					     .build = true,
					     .outer = &outer };
	const struct container_info all = { .id = STR_LITERAL(ID),
					    .runtime = STR_LITERAL("docker"),
					    .name = STR_LITERAL("web"),
					    .image = STR_LITERAL("nginx"),
					    .image_tag = STR_LITERAL("1.27"),
					    .image_id = STR_LITERAL("sha256:0123"),
					    .created_ns = 1,
					    .pod_uid = STR_LITERAL("uid"),
					    .pod_name = STR_LITERAL("web-0"),
					    .pod_namespace = STR_LITERAL("shop"),
					    .labels = labels,
					    .labels_len = 2,
					    .outer = &named_outer };
	struct container_info other = { .id = STR_LITERAL(ID),
					.runtime = STR_LITERAL("podman"),
					.image = STR_LITERAL("redis"),
					.pod_name = STR_LITERAL("db-0") };
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	const struct container_info *c;
	struct joined *j = NULL;

	(void)state;
	c = fill(&j, &bare, &all);
	assert_str(c->runtime, "docker");
	assert_str(c->name, "web");
	assert_str(c->image, "nginx");
	assert_str(c->image_tag, "1.27");
	assert_str(c->image_id, "sha256:0123");
	assert_int_equal(c->created_ns, 1);
	assert_str(c->pod_uid, "uid");
	assert_str(c->pod_name, "web-0");
	assert_str(c->pod_namespace, "shop");
	assert_int_equal(c->labels_len, 2);
	assert_str(c->labels[0].key, "tier");
	assert_str(c->labels[0].value, "front");
	assert_true(c->labels[0].shown);
	assert_str(c->labels[1].value, "");
	assert_false(c->unconfirmed);
	assert_true(c->build);
	assert_str(c->outer->id, "outer");
	assert_str(c->outer->name, "kind");
	assert_null(c->outer->outer);
	/* What was said stays, and nothing is put to it that belongs to something else. */
	c = fill(&j, &other, &all);
	assert_str(c->runtime, "podman");
	assert_str(c->name, "web");
	assert_str(c->image, "redis");
	assert_int_equal(c->image_tag.len + c->image_id.len, 0);
	assert_str(c->pod_name, "db-0");
	assert_int_equal(c->pod_uid.len + c->pod_namespace.len, 0);
	fill(&j, &all, &bare);
	e.proc.container = &other;
	assert_true(joined_fill(j, &e));
	assert_str(e.proc.container->name, "web");
	assert_int_equal(e.proc.container->image_tag.len + e.proc.container->image_id.len, 0);
	assert_int_equal(e.proc.container->pod_uid.len, 0);
	other.image = STR_LITERAL("nginx");
	assert_str(fill(&j, &other, &all)->image_tag, "1.27");
	joined_free(j);
}

/* Every place where an event mentions a container. */
static void test_places(void **state)
{
	const struct container_info bare[] = {
		{ .id = STR_LITERAL("0") }, { .id = STR_LITERAL("1") }, { .id = STR_LITERAL("2") },
		{ .id = STR_LITERAL("3") }, { .id = STR_LITERAL("4") },
	};
	struct container_info named[ROWS(bare)];
	struct event e = { .about_process = true };
	struct joined *j;

	(void)state;
	assert_int_equal(joined_new(0, 0, &j), 0);
	for (size_t i = 0; i < ROWS(bare); i++) {
		static const char *const names[] = { "n0", "n1", "n2", "n3", "n4" };

		named[i] = bare[i];
		named[i].name = str_of(names[i]);
		e.proc.container = &named[i];
		joined_learn(j, &e);
	}
	joined_rewind(j);
	e = (struct event){ .about_process = true, .ns_change_len = 2 };
	e.proc.container = &bare[0];
	e.old_container = &bare[1];
	e.signal.target_container = &bare[2];
	e.ns_change[1].owner = &bare[3];
	e.ns_change[1].shared[0] = &bare[4];
	e.ns_change[1].shared_len = 1;
	assert_true(joined_fill(j, &e));
	assert_str(e.proc.container->name, "n0");
	assert_str(e.old_container->name, "n1");
	assert_str(e.signal.target_container->name, "n2");
	assert_null(e.ns_change[0].owner);
	assert_str(e.ns_change[1].owner->name, "n3");
	assert_str(e.ns_change[1].shared[0]->name, "n4");
	joined_free(j);
}

/* A life in which the name comes with the stop; every other one has the other name. */
static void pass_lives(struct joined *j, bool learning)
{
	for (unsigned int n = 0; n < 64; n++) {
		const char *name = n % 2 ? "odd" : "even";
		struct container_info bare = { .id = str_of(ID), .unconfirmed = true };
		struct container_label label = { STR_LITERAL("tier"), str_of(name), true };
		struct container_info named = { .id = str_of(ID),
						.name = str_of(name),
						.labels = &label,
						.labels_len = 1 };
		struct event start = { .kind = EVENT_CONTAINER_START, .container = &bare };
		struct event stop = { .kind = EVENT_CONTAINER_STOP, .container = &named };

		if (learning) {
			joined_learn(j, &start);
			joined_learn(j, &stop);
			continue;
		}
		joined_fill(j, &start);
		if (start.container->name.len)
			assert_str(start.container->name, name);
		if (start.container->labels_len)
			assert_str(start.container->labels[0].value, name);
		joined_fill(j, &stop);
	}
}

/* Wherever the memory ends, an event has its own life's name or none. */
static void test_memory(void **state)
{
	struct joined *j;

	(void)state;
	for (size_t size = 1; size < 3000; size += 7) {
		assert_int_equal(joined_new(0, size, &j), 0);
		pass_lives(j, true);
		joined_rewind(j);
		pass_lives(j, false);
		assert_true(joined_beyond(j) > 0);
		joined_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
