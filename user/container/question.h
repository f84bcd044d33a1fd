/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question.h - what is asked about one container, and of which sockets
 *
 * Owns all it holds: it goes to another thread.
 */
#ifndef CONTAINER_QUESTION_H
#define CONTAINER_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "container/endpoints.h"

#define QUESTION_TARGETS_MAX 16

struct question_target {
	struct endpoint endpoint;
	char *containerd_ns; /* NULL: none of containerd's */
};

struct question {
	uint32_t serial; /* comes back with the answer */
	char *id;
	char *cgroup_path; /* the container's own */
	struct endpoints_place place;
	bool of_user; /* a socket that is not root's is among them */
	unsigned int len;
	struct question_target target[QUESTION_TARGETS_MAX]; /* asked in this order */
};

/* One without targets; NULL if out of memory. */
struct question *question_new(uint32_t serial, const char *id, const struct endpoints_place *place);
void question_free(struct question *q); /* NULL is fine */

/* False if it is full or out of memory. */
bool question_add(struct question *q, const struct endpoint *endpoint, struct str containerd_ns);

#endif /* CONTAINER_QUESTION_H */
