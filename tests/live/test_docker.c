// SPDX-License-Identifier: Apache-2.0
/*
 * test_docker - containers of a real Docker
 */
#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = RUNTIME_TESTS("docker");

	const struct CMUnitTest v2_tests[] = {
		runtime_test(runtime_before_and_after, "docker"),
		runtime_test(runtime_by_name_and_id, "docker"),
	};
	int failed = cmocka_run_group_tests(tests, NULL, runtime_stop);

	return failed +
	       cmocka_run_group_tests_name("v2 only", v2_tests, cgroups_v2_only, runtime_stop);
}
