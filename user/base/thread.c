// SPDX-License-Identifier: Apache-2.0
/*
 * thread.c - a thread beside the agent
 */
#include "base/thread.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct start {
	void *(*body)(void *arg);
	void *arg;
};

/*
 * A thread without capabilities may be traced by whoever has its user id and none either: root
 * of a container that sees the host's processes. Its memory is that of the threads that have
 * some, so all of it is closed to who has no CAP_SYS_PTRACE (PR_SET_DUMPABLE in prctl(2)).
 * Where there are none to protect nothing changes, as its owner then would lose its files in
 * /proc. That it cannot be asked is no reason to leave it open.
 */
static void close_memory(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct own[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, own) < 0 || own[0].permitted || own[1].permitted)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

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

static int create(pthread_t *ret_thread, void *(*body)(void *arg), void *arg)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(ret_thread, NULL, body, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

int thread_start(pthread_t *ret_thread, void *(*body)(void *arg), void *arg)
{
	struct start *start = malloc(sizeof(*start));
	int r;

	if (!start)
		return -ENOMEM;
	*start = (struct start){ .body = body, .arg = arg };
	close_memory();
	r = create(ret_thread, begin, start);
	if (r < 0)
		free(start);
	return r;
}

int thread_start_privileged(pthread_t *ret_thread, void *(*body)(void *arg), void *arg)
{
	return create(ret_thread, body, arg);
}
