/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitors.h - containers that no cgroup tells of, by the monitor above their processes
 *
 * Podman without root where no cgroup was delegated: see container/monitored.h.
 */
#ifndef INSPECT_MONITORS_H
#define INSPECT_MONITORS_H

#include "inspect/world.h"

/* Gives residents that are in no container the one that a monitor looks after. */
void monitors_find(struct world *w);
void monitors_done(struct world *w);

#endif /* INSPECT_MONITORS_H */
