// SPDX-License-Identifier: Apache-2.0
/*
 * thread.c - a thread beside the agent
 */
#include "base/thread.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct start {
	void *(*body)(void *arg);
	void *arg;
};

/* Capabilities are each thread's own, and less is always permitted (capset(2)). */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	syscall(SYS_capset, &header, none);
}

static void *begin(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	drop_capabilities();
	return start.body(start.arg);
}

int thread_start(pthread_t *ret_thread, void *(*body)(void *arg), void *arg)
{
	struct start *start = malloc(sizeof(*start));
	sigset_t all, old;
	int r;

	if (!start)
		return -ENOMEM;
	*start = (struct start){ .body = body, .arg = arg };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(ret_thread, NULL, begin, start);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r)
		free(start);
	return -r;
}
