/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - what the options say to a pipeline, whoever uses it
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include "cli/options.h"
#include "event/redact.h"
#include "pipeline.h"

/* Both borrow from the options. */
struct redact_options feed_redact(const struct options *o);

/* Without what is the caller's own: redact, the v1 hierarchy, who takes the events. */
struct pipeline_options feed_pipeline(const struct options *o);

#endif /* CLI_FEED_H */
