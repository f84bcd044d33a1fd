/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.h - a real container runtime of the test's own
 *
 * Each gets directories of its own, and a daemon of its own if it needs one, so that nothing of
 * the host's is touched. One image, busyboxtest:1, made of the host's static busybox: sh, true,
 * sleep. Started when a test first needs it, stopped by runtime_stop().
 */
#ifndef LIVE_RUNTIME_H
#define LIVE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "command.h"

#define CONTAINER_ID_LEN 64

struct container {
	char name[64];
	char id[CONTAINER_ID_LEN + 1];
};

struct runtime_ops;

/* By the name that runtime_ops has for it; skips the test if it is not installed. */
void runtime_need(const char *which);

/* The one that is in use: what is expected of it. */
const struct runtime_ops *runtime(void);

/* "run" in the foreground, removed afterwards. */
struct command *runtime_start_container(const char *name, const char *const command[]);
/* A container that stays, with "sleep 600" as its first process. */
void runtime_keep_container(const char *name, struct container *ret_container);
/* One more that lives in the network namespace of another. */
void runtime_keep_in_network(const char *other, const char *name, struct container *ret_container);
/* One more process in it, waited for; it must succeed. */
void runtime_exec(const char *name, const char *const command[]);
/* The id of a container that was started by its name, also if it is gone by now. */
void runtime_container_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1]);
void runtime_remove_container(const char *name);
/* Of its first process, on the host. */
pid_t runtime_container_pid(const char *name);

/* A group teardown of cmocka. */
int runtime_stop(void **state);

#endif /* LIVE_RUNTIME_H */
