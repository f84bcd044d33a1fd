// SPDX-License-Identifier: Apache-2.0
/*
 * test_signals.c - the signals that end a replay
 */
#include "cli/signals.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* In a child, for what it does to signals. Returns its wait status. */
static int in_child(void (*run)(int signal), int signal)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		run(signal);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* It comes after the last look and before the wait, which has no end of its own. */
static void come_before_wait(int signal)
{
	sigset_t mask;

	signals_catch_stop();
	if (!signals_hold_stop(&mask) || raise(signal) || signals_stopped())
		_exit(2);
	if (ppoll(NULL, 0, NULL, &mask) >= 0 || errno != EINTR || !signals_stopped())
		_exit(3);
	signals_let_stop(&mask);
	_exit(signals_hold_stop(&mask) ? 4 : 0);
}

static void come_twice(int signal)
{
	signals_catch_stop();
	if (raise(signal) || !signals_stopped())
		_exit(2);
	raise(signal);
}

/* A parent may have held it back. */
static void come_where_held(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals_catch_stop();
	_exit(raise(signal) || !signals_stopped() ? 2 : 0);
}

static void test_stop(void **state)
{
	static const int both[] = { SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int status = in_child(come_twice, both[i]);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), both[i]);
		assert_int_equal(in_child(come_before_wait, both[i]), 0);
		assert_int_equal(in_child(come_where_held, both[i]), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
