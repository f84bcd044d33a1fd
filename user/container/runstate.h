/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runstate.h - what runc, crun and containerd's shims keep while a container runs
 *
 * Below /run and gone with the container. They confirm that a container is there;
 * containerd's bundles also carry what a CRI client called it.
 */
#ifndef CONTAINER_RUNSTATE_H
#define CONTAINER_RUNSTATE_H

#include "base/str.h"
#include "container/meta.h"
#include "container/roots.h"

/*
 * A container by its id, in whatever directory. Fills what is known and the runtime:
 * "containerd", "docker" for what lies in Docker's directories, else "runc" or
 * "crun". meta is to be empty. Returns 0, -ENOENT or another negative errno.
 */
int runstate_read(struct roots *roots, const char *id, struct meta *meta);

/*
 * A container by a name that any cgroup might have: it counts only if the state
 * that a runtime keeps under this name names this cgroup. path is the cgroup's own,
 * name its last component (without what the systemd driver adds). Fills as above.
 */
int runstate_confirm(struct roots *roots, const char *name, struct str path, struct meta *meta);

#endif /* CONTAINER_RUNSTATE_H */
