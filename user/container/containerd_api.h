/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd_api.h - what containerd answers about a container
 *
 * Containers/Get of containerd.services.containers.v1, as gRPC messages: five bytes
 * (compressed or not, length) before a protocol buffer. What comes back is hostile:
 * decoding has a limit of memory, and an answer about another container is none.
 */
#ifndef CONTAINER_CONTAINERD_API_H
#define CONTAINER_CONTAINERD_API_H

#include "base/buf.h"
#include "base/str.h"
#include "container/meta.h"

#define CONTAINERD_API_GET "/containerd.services.containers.v1.Containers/Get"

/* Appends the request for a container. */
void containerd_api_put_request(struct buf *out, const char *id);

/*
 * Fills what the answer says. meta is to be empty. Returns 0, -EBADMSG for what is no
 * answer about this container, or -ENOMEM, also for what would need too much.
 */
int containerd_api_read(struct str answer, const char *id, struct meta *meta);

#endif /* CONTAINER_CONTAINERD_API_H */
