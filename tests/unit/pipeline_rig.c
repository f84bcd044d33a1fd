// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_rig.c - a pipeline without a kernel side, for tests that put records in
 */
#include "pipeline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct host_tree tree;
static struct filter *filter;
static void (*adjust_options)(struct pipeline_options *options);

const struct host_tree *rig_tree(void)
{
	return &tree;
}

struct filter *rig_filter(void)
{
	return filter;
}

void rig_adjust(void (*adjust)(struct pipeline_options *options))
{
	adjust_options = adjust;
}

void rig_run(void (*take)(const struct event *event, bool shown, void *arg),
	     void (*run)(struct pipeline *p, void *arg), void *arg)
{
	struct redact_options redact = { 0 };
	struct pipeline_options options = {
		.enrich = { .proc_root = "/proc", .mode = ENRICH_OFF },
		.attached_ns = RIG_ATTACHED_NS,
		.passwd_path = "/etc/passwd",
		.take = take,
		.arg = arg,
	};
	struct pipeline *p;
	char mountinfo[512];

	host_tree_init(&tree);
	host_tree_mkdir(&tree, "/v2");
	snprintf(mountinfo, sizeof(mountinfo), "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n",
		 tree.root);
	host_tree_text(&tree, "/proc/self/mountinfo", mountinfo);
	options.containers.proc_root = host_tree_path(&tree, "/proc");
	options.containers.host_root = tree.root;
	assert_int_equal(filter_new(&filter), 0);
	options.filter = filter;
	assert_int_equal(redact_new(&redact, &options.redact), 0);
	if (adjust_options)
		adjust_options(&options);
	assert_int_equal(pipeline_new(&options, &p), 0);
	run(p, arg);
	pipeline_free(p);
	redact_free(options.redact);
	filter_free(filter);
	host_tree_done(&tree);
}
