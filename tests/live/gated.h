/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gated.h - made containers, some of which are filtered in the kernel
 *
 * Cgroups with the files that Docker would keep of them, below a root of the test's own.
 */
#ifndef LIVE_GATED_H
#define LIVE_GATED_H

#include <json-c/json.h>
#include <stdbool.h>

#include "command.h"
#include "harness.h"
#include "scratch.h"

#define GATED_STORM	  100
#define GATED_STORM_COUNT "100"

struct gated {
	char id[65];
	const char *cgroup;
};

/* What Docker would have written about the container. */
void gated_write(const char *id, const char *name);

/*
 * What its runc would have written: that this cgroup is the container's. Inside another container
 * anybody there can have made it, and what Docker says of the id is not believed without that.
 */
void gated_write_state(const char *id, const char *controller, const char *path);

/* The container with its cgroup, in a hierarchy as cgroup_make() takes it. */
struct gated gated_make(const char *controller, const char *name, char digit);

struct command *gated_run(const char *cgroup, const char *const argv[]);

/* A tracer of all kinds of events, as JSON, that looks at these files. */
#define gated_start(...)                                        \
	harness_start("-f", "json", "-e", "all", "--host-root", \
		      (scratch_path("host/etc/x"), scratch_path("host")), __VA_ARGS__)

/* The exit of what has this argument. */
bool gated_has_args(struct json_object *event, const void *arg);

/* Both had a process, and the tracer has decided on both. */
void gated_prime(struct harness *h, const char *wanted, const char *unwanted);

/* The tracer has taken all that happened up to now. */
void gated_sync(struct harness *h, const char *wanted);

/* Waits for every child of a workload that storms GATED_STORM times. */
void gated_check_whole(struct harness *h);

bool gated_is_of(struct json_object *event, const char *id);
void gated_check_none_of(struct harness *h, const char *id);

#endif /* LIVE_GATED_H */
