// SPDX-License-Identifier: Apache-2.0
/*
 * test_foreign.c - who stays among the daemons with a root of their own
 */
#include "container/foreign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/roots.h"
#include "host_tree.h"

#define NOISE 1000 /* a mount namespace */

static bool has(const struct foreign *f, uint32_t pid)
{
	for (unsigned int i = 0; i < f->len; i++)
		if (f->one[i].pid == pid)
			return true;
	return false;
}

static void test_the_oldest_of_one_goes(void **state)
{
	struct foreign f = { 0 };

	(void)state;
	for (uint32_t pid = 1; pid <= FOREIGN_MAX + 2; pid++)
		foreign_note(&f, pid, 7);
	assert_int_equal(f.len, FOREIGN_MAX);
	assert_false(has(&f, 1));
	assert_false(has(&f, 2));
	assert_true(has(&f, 3));
	foreign_note(&f, 3, 7); /* known */
	assert_int_equal(f.len, FOREIGN_MAX);
	assert_int_equal(f.one[0].pid, 3);
}

/* Whoever has many gives way; who has one stays, whether he came before or after. */
static void test_noise_costs_its_own(void **state)
{
	struct foreign f = { 0 };

	(void)state;
	foreign_note(&f, 1, 1);
	for (uint32_t pid = 1000; pid < 2000; pid++)
		foreign_note(&f, pid, NOISE);
	for (uint32_t pid = 2; pid <= FOREIGN_MAX - 1; pid++)
		foreign_note(&f, pid, pid);
	for (uint32_t pid = 2000; pid < 3000; pid++)
		foreign_note(&f, pid, NOISE);
	assert_int_equal(f.len, FOREIGN_MAX);
	for (uint32_t pid = 1; pid <= FOREIGN_MAX - 1; pid++)
		assert_true(has(&f, pid));
	assert_true(has(&f, 2999));
}

static void test_a_pid_moves(void **state)
{
	struct foreign f = { 0 };

	(void)state;
	foreign_note(&f, 1, 1);
	foreign_note(&f, 2, 1);
	foreign_note(&f, 1, 2);
	assert_int_equal(f.len, 2);
	assert_int_equal(f.one[0].pid, 2);
	assert_int_equal(f.one[1].pid, 1);
	assert_int_equal(f.one[1].mnt_ns, 2);
}

static void see(struct roots *roots, uint32_t pid, uint32_t mnt_ns, uint32_t isolated)
{
	static const char args[] = "dockerd";
	struct event_process proc = { .pid = pid,
				      .args = str_from(args, sizeof(args)),
				      .ns_isolated = isolated };

	proc.ns[PTC_NS_MNT] = mnt_ns;
	event_set(&proc, FACT_CREDS, SOURCE_KERNEL);
	roots_see_exec(roots, &proc);
}

/* By what is executed, where whoever likes makes mount namespaces in a user namespace of his. */
static void test_as_executed(void **state)
{
	const uint32_t own = 1u << PTC_NS_PID | 1u << PTC_NS_MNT;
	struct host_tree tree;
	struct roots roots;
	struct hostfs fs;

	(void)state;
	host_tree_init(&tree);
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	assert_int_equal(roots_init(&roots, &fs, tree.root), 0);
	see(&roots, 1, 1, own);
	for (uint32_t pid = 1000; pid < 1100; pid++)
		see(&roots, pid, 7, own);
	for (uint32_t pid = 2000; pid < 2100; pid++)
		see(&roots, pid, pid, own | 1u << PTC_NS_USER);
	see(&roots, 2, 2, own);
	assert_int_equal(roots.foreign.len, FOREIGN_MAX);
	assert_true(has(&roots.foreign, 1));
	assert_true(has(&roots.foreign, 2));
	assert_true(has(&roots.foreign, 1099));
	assert_false(has(&roots.foreign, 2099));
	roots_done(&roots);
	hostfs_done(&fs);
	host_tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_oldest_of_one_goes),
		cmocka_unit_test(test_noise_costs_its_own),
		cmocka_unit_test(test_a_pid_moves),
		cmocka_unit_test(test_as_executed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
