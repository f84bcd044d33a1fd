// SPDX-License-Identifier: Apache-2.0
/*
 * question.c - what is asked about one container, and of which sockets
 */
#include "container/question.h"

#include <stdlib.h>
#include <string.h>

struct question *question_new(uint32_t serial, const char *id, const struct endpoints_place *place)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->serial = serial;
	q->id = str_dup(str_of(id));
	q->cgroup_path = str_dup(place->cgroup_path);
	q->place = *place;
	q->place.cgroup_path.p = q->cgroup_path;
	if (!q->id || !q->cgroup_path) {
		question_free(q);
		return NULL;
	}
	return q;
}

void question_free(struct question *q)
{
	if (!q)
		return;
	for (unsigned int i = 0; i < q->len; i++) {
		free(q->target[i].endpoint.path);
		free(q->target[i].containerd_ns);
	}
	free(q->id);
	free(q->cgroup_path);
	free(q);
}

bool question_add(struct question *q, const struct endpoint *endpoint, struct str containerd_ns)
{
	struct question_target target = { .endpoint = *endpoint };

	if (q->len == QUESTION_TARGETS_MAX)
		return false;
	target.endpoint.path = str_dup(str_of(endpoint->path));
	target.containerd_ns = containerd_ns.len ? str_dup(containerd_ns) : NULL;
	if (!target.endpoint.path || (containerd_ns.len && !target.containerd_ns)) {
		free(target.endpoint.path);
		free(target.containerd_ns);
		return false;
	}
	q->of_user |= endpoint->uid != 0;
	q->target[q->len++] = target;
	return true;
}
