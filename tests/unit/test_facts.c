// SPDX-License-Identifier: Apache-2.0
/*
 * test_facts - what kernels offer, by types made here
 */
#include "tracer/facts.h"

#include <bpf/btf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct kernel {
	const char *structure; /* with the one member, an int */
	const char *member;
	const char *typedef_name; /* of a pointer to a function of so many arguments */
	int arguments;
	const char *has; /* the fact that there is, besides memory-by-cgroup; NULL: none */
	bool memlock_counts;
};

static struct btf *make_btf(const struct kernel *k)
{
	struct btf *btf = btf__new_empty();
	int number, pointer;

	assert_non_null(btf);
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	assert_true(number > 0);
	if (k->structure) {
		assert_true(btf__add_struct(btf, k->structure, 4) > 0);
		assert_int_equal(btf__add_field(btf, k->member, number, 0, 0), 0);
	}
	if (k->typedef_name) {
		pointer = btf__add_func_proto(btf, 0);
		assert_true(pointer > 0);
		for (int i = 0; i < k->arguments; i++)
			assert_int_equal(btf__add_func_param(btf, "", number), 0);
		pointer = btf__add_ptr(btf, pointer);
		assert_true(btf__add_typedef(btf, k->typedef_name, pointer) > 0);
	}
	return btf;
}

static void test_kernels(void **state)
{
	static const struct kernel rows[] = {
		{ .has = NULL },
		{ "task_struct", "loginuid", NULL, 0, "login-users", false },
		{ "task_struct", "loginuid2", NULL, 0, NULL, false },
		{ "task_struct", "", NULL, 0, NULL, false },
		{ "task_struct2", "loginuid", NULL, 0, NULL, false },
		{ "task_io_accounting", "read_bytes", NULL, 0, "disk-bytes", false },
		{ "task_io_accounting", "rchar", NULL, 0, NULL, false },
		{ "bpf_map", "memory", NULL, 0, NULL, true },
		{ "bpf_map", "memcg", NULL, 0, NULL, false },
		{ NULL, NULL, "btf_trace_sched_process_exit", 3, "memory-at-exit", false },
		{ NULL, NULL, "btf_trace_sched_process_exit", 2, NULL, false },
		{ NULL, NULL, "btf_trace_sched_process_exit", 0, NULL, false },
		{ NULL, NULL, "btf_trace_sched_process_fork", 3, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tracer_feature facts[FACTS_LEN];
		struct btf *btf = make_btf(&rows[i]);

		facts_probe(btf, facts);
		assert_int_equal(facts_memlock_counts(btf), rows[i].memlock_counts);
		for (size_t j = 0; j < FACTS_LEN; j++) {
			bool there = rows[i].has && strcmp(facts[j].name, rows[i].has) == 0;

			if (strcmp(facts[j].name, "memory-by-cgroup") == 0)
				there = !rows[i].memlock_counts;
			assert_int_equal(facts[j].error, there ? 0 : -EOPNOTSUPP);
			assert_non_null(facts[j].purpose);
			assert_non_null(facts[j].lacking);
			assert_non_null(facts[j].instead);
		}
		btf__free(btf);
	}
}

/* What has the name is not what is looked for. */
static void test_other_kinds(void **state)
{
	struct tracer_feature facts[FACTS_LEN];
	struct btf *btf = btf__new_empty();

	(void)state;
	assert_non_null(btf);
	assert_true(btf__add_int(btf, "task_struct", 4, 0) > 0);
	assert_true(btf__add_typedef(btf, "btf_trace_sched_process_exit", 1) > 0);
	assert_true(btf__add_fwd(btf, "bpf_map", BTF_FWD_STRUCT) > 0);
	facts_probe(btf, facts);
	for (size_t j = 0; j < FACTS_LEN; j++)
		assert_int_equal(!facts[j].error, strcmp(facts[j].name, "memory-by-cgroup") == 0);
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
