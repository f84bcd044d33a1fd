// SPDX-License-Identifier: Apache-2.0
/*
 * feed.c - what the options say to a pipeline, whoever uses it
 */
#include "cli/feed.h"

struct redact_options feed_redact(const struct options *o)
{
	return (struct redact_options){
		.env_globs = (const char *const *)o->env.items,
		.env_globs_len = o->env.len,
		.keep_secrets = o->no_redact,
	};
}

struct pipeline_options feed_pipeline(const struct options *o)
{
	return (struct pipeline_options){
		.filter = o->filter,
		.enrich = {
			.proc_root = o->proc_root,
			.mode = o->enrich,
			.env_globs = (const char *const *)o->env.items,
			.env_globs_len = o->env.len,
		},
		.containers = {
			.proc_root = o->proc_root,
			.host_root = o->host_root,
			.shown_labels = &o->labels,
			.want_labels = filter_wants_labels(o->filter),
		},
		.passwd_path = o->passwd_path,
	};
}
