/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.h - a real container runtime of the test's own
 *
 * Docker gets a daemon with directories of its own, so that nothing of the host's daemon is
 * touched; Podman gets its own storage. One image, busyboxtest:1, made of the host's static
 * busybox: sh, true, sleep. Started when a test first needs it, stopped by runtime_stop().
 */
#ifndef LIVE_RUNTIME_H
#define LIVE_RUNTIME_H

#include <stddef.h>
#include <sys/types.h>

#include "command.h"

#define CONTAINER_ID_LEN 64

struct container {
	char name[64];
	char id[CONTAINER_ID_LEN + 1];
};

/* "docker" or "podman"; skips the test if it is not installed. */
void runtime_need(const char *which);

const char *runtime_name(void);	      /* as in container.runtime */
const char *runtime_image_name(void); /* as in container.image.name; the tag is 1 */

/* The runtime's client with these arguments, started. */
struct command *runtime_start(const char *const args[]);
/* The same, waited for; it must succeed. */
struct command *runtime_run(const char *const args[]);

/* "run" in the foreground, removed afterwards: --rm, --name, the image, and the command. */
struct command *runtime_start_container(const char *name, const char *const command[]);
/* A container that stays, with "sleep 600" as its first process. */
void runtime_keep_container(const char *name, struct container *ret_container);
/* One more that lives in the network namespace of another. */
void runtime_keep_in_network(const char *other, const char *name, struct container *ret_container);
/* The id of a container that was started by its name, also if it is gone by now. */
void runtime_container_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1]);
void runtime_remove_container(const char *name);
/* Of its first process, on the host. */
pid_t runtime_container_pid(const char *name);

/* A group teardown of cmocka. */
int runtime_stop(void **state);

#endif /* LIVE_RUNTIME_H */
