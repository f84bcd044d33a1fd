// SPDX-License-Identifier: Apache-2.0
/*
 * test_lxc - containers of LXC, in each layout of cgroups
 */
#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = RUNTIME_TESTS("lxc");
	const struct CMUnitTest one_kind[] = {
		runtime_test(runtime_before_and_after, "lxc"),
		runtime_test(runtime_by_name_and_id, "lxc"),
		runtime_test(runtime_that_existed, "lxc"),
	};
	int failed = cmocka_run_group_tests(tests, NULL, runtime_stop);

	failed += cmocka_run_group_tests_name("v2 only", one_kind, cgroups_v2_only, runtime_stop);
	return failed +
	       cmocka_run_group_tests_name("v1 only", one_kind, cgroups_v1_only, runtime_stop);
}
