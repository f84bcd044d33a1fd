/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline_rig.h - a pipeline without a kernel side, for tests that put records in
 */
#ifndef TESTS_PIPELINE_RIG_H
#define TESTS_PIPELINE_RIG_H

#include "host_tree.h"
#include "pipeline.h"

#define RIG_ATTACHED_NS 500ull /* boot time at which the probes were attached */

/*
 * Runs a test with a new pipeline that hands every event to take(). /proc is not read
 * for events; the host has one cgroup hierarchy, v2, with nothing in it, and no runtime.
 */
void rig_run(void (*take)(const struct event *event, bool shown, void *arg),
	     void (*run)(struct pipeline *p, void *arg), void *arg);

/* Before rig_run(): changes its options once the host is there. NULL: as usual again. */
void rig_adjust(void (*adjust)(struct pipeline_options *options));

/* While a test runs: the host's root, and the filter of the pipeline. */
const struct host_tree *rig_tree(void);
struct filter *rig_filter(void);

#endif /* TESTS_PIPELINE_RIG_H */
