// SPDX-License-Identifier: Apache-2.0
/*
 * test_podman - containers of a real Podman
 */
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"

int main(void)
{
	const struct CMUnitTest tests[] = RUNTIME_TESTS("podman");

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
