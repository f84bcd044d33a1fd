/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker_api.h - what Docker's and Podman's daemons answer about a container
 *
 * Docker's "inspect" (Engine API, GET /containers/<id>/json; moby, api/types) and
 * Podman's own form of it (libpod API; podman, libpod/define). An answer about another
 * container is none.
 */
#ifndef CONTAINER_DOCKER_API_H
#define CONTAINER_DOCKER_API_H

#include <stdbool.h>

#include "base/str.h"
#include "container/hostfs.h"
#include "container/meta.h"

/*
 * Fills what the answer says. by_podman: Podman answers in Docker's place. meta is to be
 * empty; what is no JSON is counted in fs. Returns 0, -EBADMSG or -ENOMEM.
 */
int docker_api_read(struct hostfs *fs, struct str answer, const char *id, bool by_podman,
		    struct meta *meta);
int docker_api_read_libpod(struct hostfs *fs, struct str answer, const char *id, struct meta *meta);

#endif /* CONTAINER_DOCKER_API_H */
