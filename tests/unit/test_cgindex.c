// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgindex.c - (hierarchy, cgroup id) → path, by itself and over a tree
 *
 * Ids are inode numbers, so any directory tree does as a hierarchy; a mountinfo of
 * the test's own says where it is.
 */
#include "container/cgindex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "container/cgmount.h"
#include "container/cgroups.h"
#include "host_tree.h"

#define V1 7

static void check_path(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id,
		       const char *want)
{
	struct buf buf = { 0 };
	bool truncated = true;

	assert_int_equal(cgindex_path(ix, hierarchy_id, id, &buf, &truncated), 0);
	assert_int_equal(buf.len, strlen(want));
	assert_memory_equal(buf.data, want, buf.len);
	assert_false(truncated);
	buf_done(&buf);
}

static void check_unknown(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id)
{
	struct buf buf = { 0 };
	bool truncated;

	assert_int_equal(cgindex_path(ix, hierarchy_id, id, &buf, &truncated), -2);
	buf_done(&buf);
}

static struct cgindex *make(size_t limit, uint64_t grace_ns)
{
	struct cgindex *ix;

	assert_int_equal(cgindex_new(limit, grace_ns, &ix), 0);
	assert_int_equal(cgindex_add(ix, 0, 1, 0, STR_LITERAL("")), 0);
	return ix;
}

static void test_paths_are_joined(void **state)
{
	struct cgindex *ix = make(0, 100);

	(void)state;
	cgindex_add(ix, 0, 5, 4, STR_LITERAL("c")); /* before its parent */
	check_unknown(ix, 0, 5);
	cgindex_add(ix, 0, 4, 1, STR_LITERAL("a\n\xff b"));
	check_path(ix, 0, 1, "/");
	check_path(ix, 0, 4, "/a\n\xff b");
	check_path(ix, 0, 5, "/a\n\xff b/c");
	check_unknown(ix, V1, 5);
	check_unknown(ix, 0, 6);
	check_unknown(ix, 0, 0);
	assert_int_equal(cgindex_prefix_id(ix, 0, 5, strlen("/a\n\xff b")), 4);
	assert_int_equal(cgindex_prefix_id(ix, 0, 5, strlen("/a\n\xff b/c")), 5);
	assert_int_equal(cgindex_prefix_id(ix, 0, 5, 0), 1);
	assert_int_equal(cgindex_prefix_id(ix, 0, 5, 2), 0);
	assert_int_equal(cgindex_prefix_id(ix, 0, 5, 200), 0);
	cgindex_free(ix);
}

static void test_ids_are_per_hierarchy(void **state)
{
	struct cgindex *ix = make(0, 100);

	(void)state;
	cgindex_add(ix, V1, 1, 0, STR_LITERAL(""));
	cgindex_add(ix, 0, 35, 1, STR_LITERAL("docker"));
	cgindex_add(ix, V1, 35, 1, STR_LITERAL("other"));
	check_path(ix, 0, 35, "/docker");
	check_path(ix, V1, 35, "/other");
	cgindex_remove(ix, V1, 35, 1000);
	assert_int_equal(cgindex_expire(ix, 1100), 1);
	check_path(ix, 0, 35, "/docker");
	check_unknown(ix, V1, 35);
	cgindex_free(ix);
}

static void test_rename(void **state)
{
	struct cgindex *ix = make(0, 100);

	(void)state;
	cgindex_add(ix, V1, 1, 0, STR_LITERAL(""));
	cgindex_add(ix, V1, 2, 1, STR_LITERAL("old"));
	cgindex_add(ix, V1, 3, 2, STR_LITERAL("below"));
	assert_int_equal(cgindex_rename(ix, V1, 2, STR_LITERAL("new")), 0);
	check_path(ix, V1, 3, "/new/below");
	assert_int_equal(cgindex_rename(ix, V1, 9, STR_LITERAL("x")), -2);
	/* One that came with its whole path. */
	cgindex_add(ix, V1, 8, 0, STR_LITERAL("/far/away"));
	assert_int_equal(cgindex_rename(ix, V1, 8, STR_LITERAL("near")), 0);
	check_path(ix, V1, 8, "/far/near");
	cgindex_free(ix);
}

static void test_grace_time(void **state)
{
	struct cgindex *ix = make(0, 100);

	(void)state;
	cgindex_add(ix, 0, 2, 1, STR_LITERAL("a"));
	cgindex_add(ix, 0, 3, 2, STR_LITERAL("b"));
	cgindex_remove(ix, 0, 3, 1000);
	cgindex_remove(ix, 0, 2, 1050);
	cgindex_remove(ix, 0, 2, 5000); /* said twice: the first counts */
	cgindex_remove(ix, 0, 77, 5000);
	assert_int_equal(cgindex_expire(ix, 1099), 0);
	check_path(ix, 0, 3, "/a/b");
	assert_int_equal(cgindex_expire(ix, 1100), 1);
	check_unknown(ix, 0, 3);
	check_path(ix, 0, 2, "/a");
	assert_int_equal(cgindex_expire(ix, 1150), 1);
	assert_int_equal(cgindex_count(ix), 1);
	cgindex_free(ix);
}

static void test_limit(void **state)
{
	struct cgindex *ix = make(4, 1000);
	char name[16];

	(void)state;
	for (uint64_t id = 2; id < 5; id++) {
		snprintf(name, sizeof(name), "n%u", (unsigned int)id);
		cgindex_add(ix, 0, id, 1, str_of(name));
	}
	assert_int_equal(cgindex_evicted(ix), 0);
	cgindex_remove(ix, 0, 4, 10);
	cgindex_add(ix, 0, 5, 1, STR_LITERAL("n5"));
	check_unknown(ix, 0, 4); /* what was removed goes first */
	check_path(ix, 0, 2, "/n2");
	cgindex_add(ix, 0, 6, 1, STR_LITERAL("n6"));
	check_unknown(ix, 0, 2); /* then the oldest, but never the root */
	check_path(ix, 0, 6, "/n6");
	assert_int_equal(cgindex_evicted(ix), 2);
	assert_int_equal(cgindex_count(ix), 4);
	cgindex_free(ix);
}

static void test_ring_of_parents(void **state)
{
	struct cgindex *ix = make(0, 100);

	(void)state;
	cgindex_add(ix, 0, 2, 3, STR_LITERAL("a"));
	cgindex_add(ix, 0, 3, 2, STR_LITERAL("b"));
	cgindex_add(ix, 0, 4, 4, STR_LITERAL("c"));
	check_unknown(ix, 0, 2);
	check_unknown(ix, 0, 4);
	assert_int_equal(cgindex_prefix_id(ix, 0, 2, 2), 0);
	cgindex_free(ix);
}

static void test_long_and_deep(void **state)
{
	struct cgindex *ix = make(0, 100);
	struct buf buf = { 0 };
	bool truncated;
	char name[256];

	(void)state;
	memset(name, 'x', 255);
	for (uint64_t id = 2; id < 18; id++)
		cgindex_add(ix, 0, id, id - 1, str_from(name, 255));
	/* 16 times 256 is the maximum, and one byte more is too much. */
	assert_int_equal(cgindex_path(ix, 0, 17, &buf, &truncated), 0);
	assert_int_equal(buf.len, CGINDEX_PATH_MAX);
	assert_false(truncated);
	cgindex_add(ix, 0, 18, 17, STR_LITERAL("y"));
	assert_int_equal(cgindex_path(ix, 0, 18, &buf, &truncated), 0);
	assert_int_equal(buf.len, CGINDEX_PATH_MAX);
	assert_true(truncated);
	for (uint64_t id = 1000; id < 6000; id++)
		cgindex_add(ix, V1, id, id == 1000 ? 0 : id - 1, STR_LITERAL("z"));
	assert_int_equal(cgindex_path(ix, V1, 5999, &buf, &truncated), 0);
	assert_true(truncated);
	assert_true(buf.len <= CGINDEX_PATH_MAX);
	assert_memory_equal(buf.data, "z/z/z", 5);
	buf_done(&buf);
	cgindex_free(ix);
}

/* ---- over a tree */

static void write_mountinfo(const struct host_tree *t)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "22 1 0:5 / /proc rw - proc proc rw\n"
		 "rubbish\n"
		 "31 30 0:28 / %s/gone rw,relatime shared:4 - cgroup2 cgroup2 rw\n"
		 "31 30 0:28 / %s/v2\\040mount rw,relatime shared:4 - cgroup2 cgroup2 rw\n"
		 "38 30 0:35 / %s/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
		 "39 30 0:36 / %s/pids rw,relatime - cgroup cgroup rw,pids\n",
		 t->root, t->root, t->root, t->root);
	host_tree_text(t, "/proc/self/mountinfo", text);
}

static void test_seed(void **state)
{
	struct host_tree t;
	struct cgroups cg;
	uint64_t a, b, c;

	(void)state;
	host_tree_init(&t);
	a = host_tree_mkdir(&t, "/v2 mount/a");
	b = host_tree_mkdir(&t, "/v2 mount/a/b");
	c = host_tree_mkdir(&t, "/pids/docker/x");
	host_tree_mkdir(&t, "/cpu");
	host_tree_text(&t, "/v2 mount/a/cgroup.procs", "");
	write_mountinfo(&t);
	assert_int_equal(cgroups_init(&cg, host_tree_path(&t, "/proc"), V1, "pids", 0), 0);
	assert_int_equal(cgroups_seed(&cg), 0);
	check_path(cg.index, 0, a, "/a");
	check_path(cg.index, 0, b, "/a/b");
	check_path(cg.index, V1, c, "/docker/x");
	assert_int_equal(cgindex_count(cg.index), 3 + 3);
	assert_true(cgroups_is_there(&cg, 0, b, STR_LITERAL("/a/b")));
	assert_false(cgroups_is_there(&cg, 0, a, STR_LITERAL("/a/b")));
	assert_false(cgroups_is_there(&cg, 0, b, STR_LITERAL("/a/c")));
	cgroups_done(&cg);
	host_tree_done(&t);
}

static void test_not_mounted(void **state)
{
	struct host_tree t;
	struct cgroups cg;

	(void)state;
	host_tree_init(&t);
	host_tree_text(&t, "/proc/self/mountinfo", "22 1 0:5 / /proc rw - proc proc rw\n");
	assert_int_equal(cgroups_init(&cg, host_tree_path(&t, "/proc"), V1, "pids", 0), 0);
	assert_int_equal(cgroups_seed(&cg), -2);
	cgroups_done(&cg);
	assert_int_equal(cgroups_init(&cg, "/nonexistent", 0, NULL, 0), 0);
	assert_int_equal(cgroups_seed(&cg), -2);
	cgroups_done(&cg);
	host_tree_done(&t);
}

static void test_part_of_a_hierarchy(void **state)
{
	struct host_tree t;
	struct cgroups cg;
	char text[4096];
	uint64_t root, a, found;

	(void)state;
	host_tree_init(&t);
	root = host_tree_mkdir(&t, "/m");
	a = host_tree_mkdir(&t, "/m/a");
	snprintf(text, sizeof(text), "31 30 0:28 /../abc %s/m rw - cgroup2 cgroup2 rw\n", t.root);
	host_tree_text(&t, "/proc/self/mountinfo", text);
	assert_int_equal(cgroups_init(&cg, host_tree_path(&t, "/proc"), 0, NULL, 0), 0);
	assert_int_equal(cgroups_seed(&cg), 0);
	check_path(cg.index, 0, root, "/../abc");
	check_path(cg.index, 0, a, "/../abc/a");
	assert_int_equal(cgmount_id_of(&cg.mount[0], STR_LITERAL("/../abc/a"), &found), 0);
	assert_int_equal(found, a);
	assert_int_equal(cgmount_id_of(&cg.mount[0], STR_LITERAL("/../abcd/a"), &found), -2);
	assert_int_equal(cgmount_id_of(&cg.mount[0], STR_LITERAL("/../abc/../m/a"), &found), -2);
	assert_int_equal(cgmount_id_of(&cg.mount[0], STR_LITERAL("/a"), &found), -2);
	cgroups_done(&cg);
	host_tree_done(&t);
}

#define STAT_OF_42 "42 (a) b () S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 500 1 1\n"

static void test_learned_from_proc(void **state)
{
	uint64_t tick_ns = clock_tick_ns();
	struct host_tree t;
	struct cgroups cg;
	uint64_t a;

	(void)state;
	host_tree_init(&t);
	a = host_tree_mkdir(&t, "/v2 mount/a");
	write_mountinfo(&t);
	host_tree_text(&t, "/proc/42/stat", STAT_OF_42);
	host_tree_text(&t, "/proc/42/cgroup", "9:cpu,pids:/docker/x\n0::/a\n");
	assert_int_equal(cgroups_init(&cg, host_tree_path(&t, "/proc"), V1, "pids", 0), 0);

	/* Another process by now: nothing is learned, not even what could be proved. */
	cgroups_learn(&cg, a, 900, 42, 501 * tick_ns);
	check_unknown(cg.index, 0, a);
	/* The directory proves the v2 one, nothing proves the other. */
	cgroups_learn(&cg, a, 900, 42, 0);
	check_path(cg.index, 0, a, "/a");
	check_unknown(cg.index, V1, 900);
	/* It has moved since: the directory there has another id. */
	cgroups_learn(&cg, a + 1, 0, 42, 500 * tick_ns + 3);
	check_unknown(cg.index, 0, a + 1);
	/* Not to be asked of any mount, but it is the process that was meant. */
	cgroups_learn(&cg, 0, 900, 42, 500 * tick_ns + 3);
	check_path(cg.index, V1, 900, "/docker/x");
	cgroups_learn(&cg, 0, 901, 43, 1);
	check_unknown(cg.index, V1, 901);
	cgroups_done(&cg);
	host_tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_are_joined),
		cmocka_unit_test(test_ids_are_per_hierarchy),
		cmocka_unit_test(test_rename),
		cmocka_unit_test(test_grace_time),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_ring_of_parents),
		cmocka_unit_test(test_long_and_deep),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_not_mounted),
		cmocka_unit_test(test_part_of_a_hierarchy),
		cmocka_unit_test(test_learned_from_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
