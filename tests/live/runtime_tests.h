/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime_tests.h - what holds for the containers of every runtime
 *
 * cmocka test functions; *state is the runtime's name.
 */
#ifndef LIVE_RUNTIME_TESTS_H
#define LIVE_RUNTIME_TESTS_H

void runtime_before_and_after(void **state);
void runtime_twenty_at_once(void **state);
void runtime_by_name_and_id(void **state);
void runtime_entered(void **state);
void runtime_shared_network(void **state);
void runtime_that_existed(void **state);
void runtime_kept_back(void **state);

struct harness;

/*
 * Each event of a container that ran "true NAME" knows its name, from the very first on, and
 * none of the workload's is missing.
 */
void runtime_check_events(struct harness *h, const char *id, const char *name);

#define runtime_test(f, runtime) \
	cmocka_unit_test_prestate_setup_teardown(f, live_setup, live_teardown, (void *)(runtime))

#define RUNTIME_TESTS(runtime)                                         \
	{                                                              \
		runtime_test(runtime_before_and_after, runtime),       \
			runtime_test(runtime_twenty_at_once, runtime), \
			runtime_test(runtime_by_name_and_id, runtime), \
			runtime_test(runtime_entered, runtime),        \
			runtime_test(runtime_shared_network, runtime), \
			runtime_test(runtime_that_existed, runtime),   \
			runtime_test(runtime_kept_back, runtime),      \
	}

#endif /* LIVE_RUNTIME_TESTS_H */
