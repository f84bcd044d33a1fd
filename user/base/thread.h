/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread.h - a thread beside the agent
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

/*
 * Starts a thread with every signal blocked, for these are the agent's business, and a closed
 * pipe is an error there, not SIGPIPE; and without a capability, for to write what was made
 * and to ask a socket none is needed. If the process has some, its memory is closed from here
 * on to who has no CAP_SYS_PTRACE, and no core of it is dumped. Returns 0 or a negative errno.
 */
int thread_start(pthread_t *ret_thread, void *(*body)(void *arg), void *arg);

/* The same with the capabilities of who starts it. */
int thread_start_privileged(pthread_t *ret_thread, void *(*body)(void *arg), void *arg);

#endif /* BASE_THREAD_H */
