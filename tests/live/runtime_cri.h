/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime_cri.h - pods, as the kubelet makes them by the Container Runtime Interface
 *
 * Of a containerd of the test's own, by the small client tests/live/cri. A pod's cgroup is
 * /kubepods/besteffort/pod<uid>, and its network is a namespace without any interface but lo.
 */
#ifndef LIVE_RUNTIME_CRI_H
#define LIVE_RUNTIME_CRI_H

#include <json-c/json.h>
#include <stdbool.h>
#include <sys/types.h>

#include "runtime.h"

#define CRI_NAMESPACE "shop" /* of Kubernetes, that every pod is in */

struct cri_pod {
	char name[64];
	char uid[40];
	char id[CONTAINER_ID_LEN + 1]; /* of its sandbox */
	bool share_pid;		       /* its containers share one pid namespace */
};

/* Runs it; it is removed by cri_remove_pod() or with the runtime. Valid until that stops. */
const struct cri_pod *cri_run_pod(const char *name, bool share_pid);
void cri_remove_pod(const struct cri_pod *pod);

/* One more container with "sleep 600" in it, which ends with the pod. */
void cri_add_container(const struct cri_pod *pod, const char *name, struct container *ret);

/* What the runtime says of a container (of a sandbox); the caller's to json_object_put(). */
struct json_object *cri_status(const char *id);
struct json_object *cri_pod_status(const struct cri_pod *pod);
/* Of a first process, from a status. */
pid_t cri_pid(struct json_object *status);

#endif /* LIVE_RUNTIME_CRI_H */
