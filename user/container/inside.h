/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what a daemon in a container says of the containers in it
 *
 * Docker in Docker, Podman in a container, the nodes of kind: the files of the inner daemon are
 * below the outer container's root, which /proc has for each of its processes. They are
 * asked about containers inside that container only: so it can give names to its own, and to
 * no others.
 */
#ifndef CONTAINER_INSIDE_H
#define CONTAINER_INSIDE_H

#include "container/metadata.h"

/*
 * Fills meta from the daemons that run in the container with this id, directly in it. Leaves it
 * empty if none of them knows the container that is asked for, if reading might block, or
 * if such reading took too much time just now.
 */
void inside_read(struct metadata *md, const char *outer_id, const struct cgpath_match *match,
		 struct str own_path, struct meta *meta);

#endif /* CONTAINER_INSIDE_H */
