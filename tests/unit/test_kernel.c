// SPDX-License-Identifier: Apache-2.0
/*
 * test_kernel.c - the hierarchy chosen from texts of /proc/cgroups
 */
#include "tracer/kernel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"

static const char everything[] = "cpuset cpu cpuacct blkio memory devices freezer net_cls "
				 "perf_event net_prio hugetlb pids";

/* arg: the controllers that this kernel has, which are numbered as they stand. */
static int index_of(const char *controller, void *arg)
{
	const char *at = arg;
	size_t len = strlen(controller);
	int number = 0;

	for (;;) {
		size_t word = strcspn(at, " ");

		if (word == len && strncmp(at, controller, len) == 0)
			return number;
		if (at[word] == '\0')
			return -ENOENT;
		at += word + 1;
		number++;
	}
}

struct row {
	const char *text;
	const char *has;	/* NULL: everything */
	const char *controller; /* NULL: none is chosen */
	uint32_t hierarchy_id;
	int subsys;
};

static void check(const struct row *row)
{
	struct kernel_v1 v1;

	memset(&v1, 0xa5, sizeof(v1));
	kernel_choose_v1(row->text, index_of, (void *)(row->has ? row->has : everything), &v1);
	assert_string_equal(v1.controller, row->controller ? row->controller : "");
	assert_int_equal(v1.hierarchy_id, row->hierarchy_id);
	assert_int_equal(v1.subsys, row->controller ? row->subsys : -1);
}

#define CHECK_ROWS(rows)                                            \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++) \
	check(&(rows)[i])

static const char pure_v2[] = HEAD "cpuset\t0\t217\t1\n"
				   "cpu\t0\t217\t1\n"
				   "cpuacct\t0\t217\t1\n"
				   "blkio\t0\t217\t1\n"
				   "memory\t0\t217\t1\n"
				   "devices\t0\t217\t1\n"
				   "freezer\t0\t217\t1\n"
				   "net_cls\t0\t217\t1\n"
				   "perf_event\t0\t217\t1\n"
				   "net_prio\t0\t217\t1\n"
				   "hugetlb\t0\t217\t1\n"
				   "pids\t0\t217\t1\n";

static const char v1[] = HEAD "cpuset\t3\t7\t1\n"
			      "cpu\t1\t7\t1\n"
			      "cpuacct\t2\t7\t1\n"
			      "blkio\t7\t7\t1\n"
			      "memory\t4\t59\t1\n"
			      "devices\t5\t7\t1\n"
			      "freezer\t6\t7\t1\n"
			      "net_cls\t0\t6\t1\n"
			      "pids\t8\t8\t1\n";

/* Controllers of both kinds: some were left to v2. */
static const char hybrid[] = HEAD "cpuset\t0\t7\t1\n"
				  "cpu\t0\t7\t1\n"
				  "memory\t4\t59\t1\n"
				  "devices\t0\t7\t1\n"
				  "freezer\t6\t7\t1\n"
				  "pids\t0\t8\t1\n";

static void test_hosts(void **state)
{
	static const struct row rows[] = {
		{ .text = pure_v2 },
		{ v1, NULL, "pids", 8, 11 },
		{ hybrid, NULL, "freezer", 6, 6 },
		/* One without pids, as distributions build them without memory. */
		{ v1, "cpuset cpu memory devices", "devices", 5, 3 },
		{ v1, "devices", "devices", 5, 0 }, /* the first of all has number 0 */
		{ v1, "cpuset cpu memory", "cpu", 1, 1 },
		{ v1, "cpuset memory", "cpuset", 3, 0 },
		{ v1, "x memory", "memory", 4, 1 },
		{ v1, "net_prio", NULL, 0, 0 },
		/* Nobody can look at a controller that the kernel's BTF does not have. */
		{ v1, "", NULL, 0, 0 },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_disabled(void **state)
{
	static const struct row rows[] = {
		{ HEAD "pids\t8\t8\t0\ncpu\t1\t7\t1\n", NULL, "cpu", 1, 1 },
		{ HEAD "memory\t4\t59\t0\n", NULL, NULL, 0, 0 }, /* cgroup_disable=memory */
		{ HEAD "memory\t0\t59\t0\n", NULL, NULL, 0, 0 },
		/* Memory comes last: it is the one that is switched off most. */
		{ HEAD "memory\t4\t59\t1\nhugetlb\t9\t1\t1\n", NULL, "hugetlb", 9, 10 },
		{ HEAD "memory\t4\t59\t1\n", NULL, "memory", 4, 4 },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_garbage(void **state)
{
	static const struct row rows[] = {
		{ .text = "" },
		{ .text = "\n" },
		{ .text = "\n\n\n" },
		{ .text = "p" },
		{ .text = HEAD },
		{ .text = "pids" },
		{ .text = "pids\t8" },
		{ .text = "pids\t8\t8" },
		{ .text = "pids\t8\t8\t" },
		{ .text = "pids\tx\t8\t1\n" },
		{ .text = "#pids\t8\t8\t1\n" },
		{ .text = "pidsx\t8\t8\t1\n" },
		{ .text = "pid\t8\t8\t1\n" },
		{ .text = "xpids\t8\t8\t1\n" },
		{ .text = "\xff\xfe\t8\t8\t1\n" },
		/* A line that lacks its end does not go on in the next one. */
		{ "pids\t8\t8\ncpu\t1\t7\t1\n", NULL, "cpu", 1, 1 },
		{ "pids\ncpu\t1\t7\t1\n", NULL, "cpu", 1, 1 },
		{ .text = "pids\n8\t8\t1\n" },
		{ .text = "pids\t8\t8\n1\n" },
		/* A name longer than any; what is left of it is no controller. */
		{ .text = "0123456789012345678901234567890pids\t8\t8\t1\n" },
		{ .text = "0123456789012345678901234567890 pids\t8\t8\t1\n" },
		{ "0123456789012345678901234567890123456789\t8\t8\t1\npids\t8\t8\t1\n", NULL,
		  "pids", 8, 11 },
		/* The last line may lack its newline, blanks may be any, the first one counts. */
		{ "pids\t8\t8\t1", NULL, "pids", 8, 11 },
		{ "pids   8 8 1 more\n", NULL, "pids", 8, 11 },
		{ "pids\t8\t8\t1\npids\t9\t8\t1\n", NULL, "pids", 8, 11 },
		{ "pids\t4294967295\t8\t1\n", NULL, "pids", UINT32_MAX, 11 },
	};

	(void)state;
	CHECK_ROWS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
