// SPDX-License-Identifier: Apache-2.0
/*
 * test_crun - containers of crun alone, in each layout of cgroups that it takes
 *
 * Not with v1 and v2 side by side: it refuses to start where v2 has any controller then.
 */
#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_test(runtime_before_and_after, "crun"),
		runtime_test(runtime_by_name_and_id, "crun"),
		runtime_test(runtime_entered, "crun"),
		runtime_test(runtime_shared_network, "crun"),
		runtime_test(runtime_that_existed, "crun"),
	};
	int failed = cmocka_run_group_tests_name("v2 only", tests, cgroups_v2_only, runtime_stop);

	return failed +
	       cmocka_run_group_tests_name("v1 only", tests, cgroups_v1_only, runtime_stop);
}
