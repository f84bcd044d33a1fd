// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgchain.c - a cgroup and those above it: who limits it
 */
#include "inspect/cgchain.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host_tree.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int result;
		uint64_t value;
	} rows[] = {
		{ "67108864\n", 0, 67108864 },
		{ "0\n", 0, 0 },
		{ "max\n", 0, CGCHAIN_UNLIMITED },
		{ "-1\n", 0, CGCHAIN_UNLIMITED },
		{ "9223372036854771712\n", 0, CGCHAIN_UNLIMITED }, /* v1, pages of 4 KiB */
		{ "9223372036854710272\n", 0, CGCHAIN_UNLIMITED }, /* of 64 KiB */
		{ "4611686018427387904\n", 0, 4611686018427387904 },
		{ "7", 0, 7 },
		{ "", -EBADMSG, 0 },
		{ "\n", -EBADMSG, 0 },
		{ "maximum\n", -EBADMSG, 0 },
		{ "12 13\n", -EBADMSG, 0 },
		{ "18446744073709551616\n", -EBADMSG, 0 },
		{ "-2\n", -EBADMSG, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t value = 77;

		assert_int_equal(parse_cgroup_u64(str_of(rows[i].text), &value), rows[i].result);
		assert_int_equal(value, rows[i].result ? 77 : rows[i].value);
	}
}

static void test_fields(void **state)
{
	static const char text[] = "low 0\nmax 12\noom 3\noom_kill 2\nbad x\ncut 9";
	static const struct {
		const char *field;
		int result;
		uint64_t value;
	} rows[] = {
		{ "max", 0, 12 },	{ "oom", 0, 3 },       { "oom_kill", 0, 2 },
		{ "low", 0, 0 },	{ "oo", -ENOENT, 0 },  { "high", -ENOENT, 0 },
		{ "bad", -EBADMSG, 0 }, { "cut", -ENOENT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t value = 77;

		assert_int_equal(parse_cgroup_field(str_of(text), str_of(rows[i].field), &value),
				 rows[i].result);
		assert_int_equal(value, rows[i].result ? 77 : rows[i].value);
	}
}

static void test_quotas(void **state)
{
	static const struct {
		const char *text;
		int result;
		uint64_t quota_us, period_us;
	} rows[] = {
		{ "50000 100000\n", 0, 50000, 100000 },
		{ "max 100000\n", 0, CGCHAIN_UNLIMITED, 100000 },
		{ "50000\n", -EBADMSG, 0, 0 },
		{ "50000 0\n", -EBADMSG, 0, 0 },
		{ "50000 x\n", -EBADMSG, 0, 0 },
		{ "", -EBADMSG, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t quota_us = 0, period_us = 0;

		assert_int_equal(parse_cpu_max(str_of(rows[i].text), &quota_us, &period_us),
				 rows[i].result);
		assert_int_equal(quota_us, rows[i].quota_us);
		assert_int_equal(period_us, rows[i].period_us);
	}
}

static void test_pressure(void **state)
{
	static const char text[] = "some avg10=1.23 avg60=0.00 avg300=100.00 total=77\n"
				   "full avg10=0.01 avg60=9.99 avg300=0.00 total=0\n";
	static const char *const wrong[] = {
		"",
		"some avg10=1.23 avg60=0.00 avg300=0.00 total=7",
		"some avg10=1.2 avg60=0.00 avg300=0.00 total=7\n",
		"some avg10=1.234 avg60=0.00 avg300=0.00 total=7\n",
		"some avg10=101.00 avg60=0.00 avg300=0.00 total=7\n",
		"some avg60=0.00 avg10=1.00 avg300=0.00 total=7\n",
		"some avg10=.00 avg60=0.00 avg300=0.00 total=7\n",
		"some avg10=1.23 avg60=0.00 avg300=0.00\n",
		"something avg10=1.23 avg60=0.00 avg300=0.00 total=7\n",
	};
	struct pressure p;

	(void)state;
	assert_int_equal(parse_pressure(str_of(text), STR_LITERAL("some"), &p), 0);
	assert_int_equal(p.avg10, 123);
	assert_int_equal(p.avg60, 0);
	assert_int_equal(p.avg300, 10000);
	assert_int_equal(p.total_us, 77);
	assert_int_equal(parse_pressure(str_of(text), STR_LITERAL("full"), &p), 0);
	assert_int_equal(p.avg10, 1);
	assert_int_equal(p.avg60, 999);
	for (size_t i = 0; i < ROWS(wrong); i++)
		assert_int_equal(parse_pressure(str_of(wrong[i]), STR_LITERAL("some"), &p),
				 -EBADMSG);
}

/* ---- a tree ---- */

struct fixture {
	struct host_tree tree;
	struct cgmount mount;
	struct cgchain chain;
};

static void open_chain(struct fixture *f, const char *path)
{
	cgchain_close(&f->chain);
	assert_int_equal(cgchain_open(&f->mount, str_of(path), &f->chain), 0);
}

static void begin(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	host_tree_init(&f->tree);
	host_tree_mkdir(&f->tree, "/cg/a/b/c");
	assert_int_equal(cgmount_open_point(host_tree_path(&f->tree, "/cg"), "/", &f->mount), 0);
}

static void end(struct fixture *f)
{
	cgchain_close(&f->chain);
	cgmount_close(&f->mount);
	host_tree_done(&f->tree);
}

static void check_path(const struct cglevel *level, const char *path)
{
	assert_non_null(level);
	assert_true(str_eq(level->path, str_of(path)));
}

static void test_chain(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	open_chain(&f, "/a/b/c");
	assert_int_equal(f.chain.len, 4);
	check_path(&f.chain.level[0], "/a/b/c");
	check_path(&f.chain.level[1], "/a/b");
	check_path(&f.chain.level[2], "/a");
	check_path(&f.chain.level[3], "/");
	open_chain(&f, "/");
	assert_int_equal(f.chain.len, 1);
	cgchain_close(&f.chain);
	assert_int_equal(cgchain_open(&f.mount, STR_LITERAL("/gone"), &f.chain), -ENOENT);
	assert_int_equal(cgchain_open(&f.mount, STR_LITERAL("/a/../.."), &f.chain), -ENOENT);
	assert_int_equal(f.chain.len, 0);
	end(&f);
}

/* The lowest counts, wherever it is; without any there is none; the root has no such file. */
static void test_tightest(void **state)
{
	struct cglimit limit;
	struct fixture f;

	(void)state;
	begin(&f);
	open_chain(&f, "/a/b/c");
	assert_int_equal(cgchain_tightest(&f.chain, "memory.max", &limit), -ENOENT);
	host_tree_text(&f.tree, "/cg/a/b/c/memory.max", "max\n");
	host_tree_text(&f.tree, "/cg/a/b/memory.max", "max\n");
	assert_int_equal(cgchain_tightest(&f.chain, "memory.max", &limit), 0);
	assert_int_equal(limit.value, CGCHAIN_UNLIMITED);
	assert_null(limit.level);
	host_tree_text(&f.tree, "/cg/a/memory.max", "1000\n");
	host_tree_text(&f.tree, "/cg/a/b/c/memory.max", "3000\n");
	assert_int_equal(cgchain_tightest(&f.chain, "memory.max", &limit), 0);
	assert_int_equal(limit.value, 1000);
	check_path(limit.level, "/a");
	host_tree_text(&f.tree, "/cg/a/b/memory.max", "1000\n");
	assert_int_equal(cgchain_tightest(&f.chain, "memory.max", &limit), 0);
	check_path(limit.level, "/a/b"); /* of equal ones the nearest */
	/* What cannot be read may be the lowest. */
	host_tree_text(&f.tree, "/cg/a/b/memory.max", "nonsense\n");
	assert_int_equal(cgchain_tightest(&f.chain, "memory.max", &limit), -EBADMSG);
	check_path(cgchain_with(&f.chain, "memory.max"), "/a/b/c");
	assert_null(cgchain_with(&f.chain, "cpu.max"));
	end(&f);
}

/* A quota is a share of its period: 20 of 50 is less than 60 of 100. */
static void test_tightest_quota(void **state)
{
	struct cgquota quota;
	struct fixture f;

	(void)state;
	begin(&f);
	open_chain(&f, "/a/b/c");
	assert_int_equal(cgchain_quota(&f.chain, true, &quota), -ENOENT);
	host_tree_text(&f.tree, "/cg/a/b/c/cpu.max", "max 100000\n");
	assert_int_equal(cgchain_quota(&f.chain, true, &quota), 0);
	assert_null(quota.level);
	host_tree_text(&f.tree, "/cg/a/b/c/cpu.max", "60000 100000\n");
	host_tree_text(&f.tree, "/cg/a/cpu.max", "20000 50000\n");
	assert_int_equal(cgchain_quota(&f.chain, true, &quota), 0);
	check_path(quota.level, "/a");
	assert_int_equal(quota.quota_us, 20000);
	assert_int_equal(quota.period_us, 50000);
	/* The other version's files say nothing. */
	assert_int_equal(cgchain_quota(&f.chain, false, &quota), -ENOENT);
	host_tree_text(&f.tree, "/cg/a/cpu.cfs_quota_us", "-1\n");
	host_tree_text(&f.tree, "/cg/a/cpu.cfs_period_us", "100000\n");
	host_tree_text(&f.tree, "/cg/a/b/cpu.cfs_quota_us", "150000\n");
	host_tree_text(&f.tree, "/cg/a/b/cpu.cfs_period_us", "100000\n");
	assert_int_equal(cgchain_quota(&f.chain, false, &quota), 0);
	check_path(quota.level, "/a/b");
	assert_int_equal(quota.quota_us, 150000);
	end(&f);
}

/* A longer file than the kernel writes is used as far as its lines are whole. */
static void test_long_file(void **state)
{
	static char text[2 * CGCHAIN_FILE_SIZE];
	struct fixture f;
	uint64_t value;

	(void)state;
	begin(&f);
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "max 5\n", 6);
	host_tree_write(&f.tree, "/cg/a/memory.events", text, sizeof(text) - 1);
	open_chain(&f, "/a");
	assert_int_equal(cgfile_field(&f.chain.level[0], "memory.events", "max", &value), 0);
	assert_int_equal(value, 5);
	assert_int_equal(cgfile_u64(&f.chain.level[0], "memory.events", &value), -EBADMSG);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	       cmocka_unit_test(test_fields),
		cmocka_unit_test(test_quotas),	       cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_chain),	       cmocka_unit_test(test_tightest),
		cmocka_unit_test(test_tightest_quota), cmocka_unit_test(test_long_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
