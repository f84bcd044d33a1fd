// SPDX-License-Identifier: Apache-2.0
/*
 * thread.c - a thread beside the agent
 */
#include "base/thread.h"

#include <signal.h>

int thread_start(pthread_t *ret_thread, void *(*body)(void *arg), void *arg)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(ret_thread, NULL, body, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}
