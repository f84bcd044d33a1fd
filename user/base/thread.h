/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread.h - a thread beside the agent
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

/*
 * Starts a thread with every signal blocked: these are the agent's business, and a closed
 * pipe is an error there, not SIGPIPE. Returns 0 or a negative errno.
 */
int thread_start(pthread_t *ret_thread, void *(*body)(void *arg), void *arg);

#endif /* BASE_THREAD_H */
