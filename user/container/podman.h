/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podman.h - what containers/storage keeps about a container of Podman or CRI-O
 *
 * <graph root>/<driver>-containers/containers.json lists them all, or the
 * volatile-containers.json beside it those that do not survive a reboot. Both are
 * written before the first process starts. <id>/userdata/config.json is there for
 * CRI-O, which keeps its names in annotations.
 */
#ifndef CONTAINER_PODMAN_H
#define CONTAINER_PODMAN_H

#include "container/meta.h"
#include "container/roots.h"

/*
 * Looks in every directory, root's first. id is 64 hexadecimal digits; crio says to
 * read the annotations as well. meta is to be empty. Returns 0, -ENOENT if nobody
 * knows it, or another negative errno.
 */
int podman_read(struct roots *roots, const char *id, bool crio, struct meta *meta);

#endif /* CONTAINER_PODMAN_H */
