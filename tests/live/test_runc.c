// SPDX-License-Identifier: Apache-2.0
/*
 * test_runc - containers of runc alone, in each layout of cgroups
 */
#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_test(runtime_before_and_after, "runc"),
		runtime_test(runtime_by_name_and_id, "runc"),
		runtime_test(runtime_entered, "runc"),
		runtime_test(runtime_shared_network, "runc"),
		runtime_test(runtime_that_existed, "runc"),
	};
	const struct CMUnitTest one_kind[] = {
		runtime_test(runtime_before_and_after, "runc"),
		runtime_test(runtime_by_name_and_id, "runc"),
		runtime_test(runtime_that_existed, "runc"),
	};
	int failed = cmocka_run_group_tests(tests, NULL, runtime_stop);

	failed += cmocka_run_group_tests_name("v2 only", one_kind, cgroups_v2_only, runtime_stop);
	return failed +
	       cmocka_run_group_tests_name("v1 only", one_kind, cgroups_v1_only, runtime_stop);
}
