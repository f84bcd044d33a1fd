/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoints.h - the sockets that container runtimes answer on
 *
 * A list, root's first. Whose a socket is decides what it may say: root's about every
 * container; another user's only about containers in the slice that systemd made for
 * that user (".../user-1000.slice/..."), where nobody else's can be, and about those whose
 * cgroup, or the one above it, was given to that user (where systemd makes no slices). So
 * whoever listens below /run/user/1000 and claims to know a container of root's, or of another
 * user's, is not even asked about it.
 */
#ifndef CONTAINER_ENDPOINTS_H
#define CONTAINER_ENDPOINTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"
#include "container/cgroups.h"

#define ENDPOINTS_MAX	   64
#define ENDPOINTS_USER_MAX 6 /* of one user, who may name any number */

enum endpoint_kind {
	ENDPOINT_DOCKER,     /* Engine API, HTTP */
	ENDPOINT_PODMAN,     /* libpod API, HTTP */
	ENDPOINT_CONTAINERD, /* gRPC */
};

struct endpoint {
	enum endpoint_kind kind;
	uid_t uid;  /* who named it; who listens is seen when it is connected to */
	char *path; /* below the host's root */
};

struct endpoints {
	unsigned int len;
	unsigned int root_len; /* the first ones are root's */
	struct endpoint item[ENDPOINTS_MAX];
};

void endpoints_done(struct endpoints *list);

/*
 * Adds one, each path once for its kind. "unix://" in front is taken off; what is no
 * absolute path then (TCP, "fd://", an abstract name) is left out.
 */
void endpoints_add(struct endpoints *list, enum endpoint_kind kind, uid_t uid, struct str path);

/* Where a container is, as far as that says who may speak about it. */
struct endpoints_place {
	struct str cgroup_path;
	struct cgroups_users users; /* whose that cgroup is */
};

/* True if a user's socket may speak about the container there. */
bool endpoints_may_tell(uid_t uid, const struct endpoints_place *place);

#endif /* CONTAINER_ENDPOINTS_H */
