// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter_facts.c - filters on what a runtime says of a container
 */
#include "filter/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct container_label labels[] = {
	{ .key = STR_LITERAL("tier"), .value = STR_LITERAL("front") },
	{ .key = STR_LITERAL("com.example.empty"), .value = STR_LITERAL("") },
};

static const struct container_info web = {
	.id = STR_LITERAL("da6c173ac3ba"),
	.runtime = STR_LITERAL("containerd"),
	.image = STR_LITERAL("docker.io/library/nginx"),
	.image_tag = STR_LITERAL("1.27"),
	.image_id = STR_LITERAL("sha256:abcd"),
	.pod_uid = STR_LITERAL("0b7e3c9a"),
	.pod_name = STR_LITERAL("web-0"),
	.pod_namespace = STR_LITERAL("shop"),
	.labels = labels,
	.labels_len = ROWS(labels),
};

static const struct container_info inner = {
	.id = STR_LITERAL("beef"),
	.runtime = STR_LITERAL("docker"),
	.outer = &web,
};

struct row {
	enum filter_key key;
	const char *value;
	const struct container_info *container;
	bool matches;
};

static struct event exec_in(const struct container_info *container)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };

	e.proc.container = container;
	event_set(&e.proc, FACT_CONTAINER, SOURCE_RUNTIME);
	return e;
}

static void check(enum filter_key key, const char *value, const struct event *e, bool expected)
{
	struct filter *f = NULL;
	char *error = NULL;

	assert_int_equal(filter_new(&f), 0);
	if (filter_add(f, key, value, &error) != 0)
		fail_msg("'%s': %s", value, error);
	if (filter_match(f, e) != expected)
		fail_msg("%s: should be %d", value ? value : "no value", expected);
	filter_free(f);
}

static void test_facts(void **state)
{
	static const struct row rows[] = {
		{ FILTER_IMAGE, "nginx", &web, true },
		{ FILTER_IMAGE, "nginx:1.27", &web, true },
		{ FILTER_IMAGE, "library/nginx", &web, true },
		{ FILTER_IMAGE, "docker.io/library/nginx:1.*", &web, true },
		{ FILTER_IMAGE, "*nginx*", &web, true },
		{ FILTER_IMAGE, "sha256:ab*", &web, true },
		{ FILTER_IMAGE, "ngin", &web, false },
		{ FILTER_IMAGE, "nginx:1", &web, false },
		{ FILTER_IMAGE, "ibrary/nginx", &web, false },
		{ FILTER_IMAGE, "!nginx", &web, false },
		{ FILTER_IMAGE, "!nginx", NULL, true },
		{ FILTER_IMAGE, "redis,nginx", &web, true },
		{ FILTER_IMAGE, "nginx", &inner, true }, /* the one around it */
		{ FILTER_IMAGE, "*", NULL, false },
		{ FILTER_RUNTIME, "containerd", &web, true },
		{ FILTER_RUNTIME, "docker", &web, false },
		{ FILTER_RUNTIME, "docker", &inner, true },
		{ FILTER_RUNTIME, "!docker", &inner, false },
		{ FILTER_POD, "web-0", &web, true },
		{ FILTER_POD, "web-*", &web, true },
		{ FILTER_POD, "shop/web-0", &web, true },
		{ FILTER_POD, "shop/*", &web, true },
		{ FILTER_POD, "s*/web-?", &web, true },
		{ FILTER_POD, "other/web-0", &web, false },
		{ FILTER_POD, "shop/web", &web, false },
		{ FILTER_POD, "shop", &web, false },
		{ FILTER_POD, "0b7e3c9a", &web, true },
		{ FILTER_POD, "*", NULL, false },
		{ FILTER_LABEL, "tier", &web, true },
		{ FILTER_LABEL, "tier=front", &web, true },
		{ FILTER_LABEL, "tier=f*", &web, true },
		{ FILTER_LABEL, "tier=back", &web, false },
		{ FILTER_LABEL, "tie", &web, false },
		{ FILTER_LABEL, "com.example.empty", &web, true },
		{ FILTER_LABEL, "com.example.empty=", &web, true },
		{ FILTER_LABEL, "com.example.empty=?*", &web, false },
		{ FILTER_LABEL, "!tier=front", &web, false },
		{ FILTER_LABEL, "!tier=front", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct event e = exec_in(rows[i].container);

		check(rows[i].key, rows[i].value, &e, rows[i].matches);
	}
}

/* An event is also the container's that it enters, and those that share what it enters. */
static void test_entered(void **state)
{
	struct event e = exec_in(NULL);

	(void)state;
	e.kind = EVENT_SETNS;
	check(FILTER_IMAGE, "nginx", &e, false);
	e.ns_change_len = 1;
	e.ns_change[0] = (struct event_ns_change){ .type = PTC_NS_NET, .owner = &web };
	check(FILTER_IMAGE, "nginx", &e, true);
	e.ns_change[0].owner = NULL;
	e.ns_change[0].shared[0] = &web;
	e.ns_change[0].shared_len = 1;
	check(FILTER_POD, "shop/web-0", &e, true);
}

static void test_place(void **state)
{
	static const struct container_info free_one = { .name = STR_LITERAL("web") };
	static const struct event_isolated group = { .type = PTC_NS_PID, .ns = 5 },
					   named = { .type = PTC_NS_PID, .container = &free_one };
	struct event e = exec_in(NULL);

	(void)state;
	check(FILTER_ISOLATED, NULL, &e, false);
	check(FILTER_NO_SETUP, NULL, &e, true);
	e.proc.isolated = &group;
	check(FILTER_ISOLATED, NULL, &e, true);
	check(FILTER_CONTAINER, "web", &e, false);
	e.proc.isolated = &named;
	check(FILTER_CONTAINER, "web", &e, true);
	e.entered = ENTERED_SETUP;
	check(FILTER_NO_SETUP, NULL, &e, false);
	e.entered = ENTERED_EXEC;
	check(FILTER_NO_SETUP, NULL, &e, true);
}

static void test_no_key(void **state)
{
	struct filter *f = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(filter_new(&f), 0);
	assert_int_equal(filter_add(f, FILTER_LABEL, "=value", &error), -22);
	assert_non_null(strstr(error, "has no key"));
	free(error);
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_entered),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
