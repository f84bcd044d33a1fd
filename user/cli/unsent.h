/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsent.h - what the kernel side counted instead of sending, as events tell it
 */
#ifndef CLI_UNSENT_H
#define CLI_UNSENT_H

#include "pipeline.h"
#include "tracer/tracer.h"

/* Tells what was lost since the last call. */
void unsent_tell_lost(struct tracer *tracer, struct pipeline *pipeline);

/* See pipeline_options.throttled. */
bool unsent_throttled(struct tracer *tracer, uint16_t meter, struct event_lost *ret_throttled);

/* The tracer's gates for a pipeline. */
struct pipeline_gates unsent_gates(struct tracer *tracer);

#endif /* CLI_UNSENT_H */
