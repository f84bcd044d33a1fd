/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - events as JSON, one object a line
 *
 * Field names are those of the Elastic Common Schema 8.11; what it has no name
 * for stands under "proctrace". user/doc/proctrace.schema.json describes every
 * field. Nothing is lost: the log reader makes the same event of a line again.
 */
#ifndef SINK_JSON_H
#define SINK_JSON_H

#include "base/buf.h"
#include "event/event.h"
#include "sink/json_kept.h"

#define JSON_SCHEMA_VERSION 1
#define JSON_OUTER_MAX	    8 /* containers around a container that are written */

/*
 * Appends one line, with its '\n'. It is always valid JSON in valid UTF-8. If out
 * fails (no memory, limit), nothing of the line stays there and out->failed is set.
 */
void json_emit(const struct event *e, struct buf *out);

/* The same, for one line after the other: faster, as what does not change is kept. */
void json_emit_next(struct json_kept *kept, const struct event *e, struct buf *out);

#endif /* SINK_JSON_H */
