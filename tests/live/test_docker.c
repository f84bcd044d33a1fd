// SPDX-License-Identifier: Apache-2.0
/*
 * test_docker - containers of a real Docker
 */
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = RUNTIME_TESTS("docker");

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
