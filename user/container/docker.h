/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker.h - what a Docker daemon keeps on disk about a container
 *
 * <data root>/containers/<id>/config.v2.json, which is there before the
 * container's first process starts (moby, daemon/create.go).
 */
#ifndef CONTAINER_DOCKER_H
#define CONTAINER_DOCKER_H

#include "container/meta.h"
#include "container/roots.h"

/*
 * Looks in every data root, root's first. id is 64 hexadecimal digits. meta is to be
 * empty. Returns 0, -ENOENT if no daemon knows it, or another negative errno.
 */
int docker_read(struct roots *roots, const char *id, struct meta *meta);

/* True if a step of an image build with that id is under way. */
bool docker_has_build(struct roots *roots, const char *id);

#endif /* CONTAINER_DOCKER_H */
