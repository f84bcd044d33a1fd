/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitored.h - a container that no cgroup tells of, by what its monitor was told
 *
 * Podman without root, where no cgroup was delegated to the user, and --cgroups=disabled:
 * all that is left is conmon, which looks after the container's first process and has its
 * id and name as arguments. That is the word of the user who runs it, and completed from
 * that user's storage; a process group is called so, but is no container of a cgroup.
 */
#ifndef CONTAINER_MONITORED_H
#define CONTAINER_MONITORED_H

#include <stdint.h>
#include <sys/types.h>

#include "container/metadata.h"
#include "event/container_info.h"

/*
 * From a conmon's pid and arguments; uid is whose word they are if it has ended. NULL: they
 * are no conmon's, or no memory. unconfirmed: the user's storage does not know it.
 */
struct container_info *monitored_new(struct metadata *md, uint32_t pid, struct str args, uid_t uid);
void monitored_free(struct container_info *info); /* NULL is fine */

#endif /* CONTAINER_MONITORED_H */
