// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_rig.c - a pipeline without a kernel side, for tests that put records in
 */
#include "pipeline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void rig_run(void (*take)(const struct event *event, bool shown, void *arg),
	     void (*run)(struct pipeline *p, void *arg), void *arg)
{
	struct redact_options redact = { 0 };
	struct pipeline_options options = {
		.enrich = { .proc_root = "/proc", .mode = ENRICH_OFF },
		.containers = { .proc_root = "/proc", .host_root = "" },
		.attached_ns = RIG_ATTACHED_NS,
		.passwd_path = "/etc/passwd",
		.take = take,
		.arg = arg,
	};
	struct pipeline *p;

	assert_int_equal(filter_new(&options.filter), 0);
	assert_int_equal(redact_new(&redact, &options.redact), 0);
	assert_int_equal(pipeline_new(&options, &p), 0);
	run(p, arg);
	pipeline_free(p);
	redact_free(options.redact);
	filter_free(options.filter);
}
