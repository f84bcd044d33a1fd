/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_process.h - the process of an event: "process", and its facts under "proctrace"
 */
#ifndef SINK_JSON_PROCESS_H
#define SINK_JSON_PROCESS_H

#include "event/event.h"
#include "sink/json_put.h"

/* "process": {…} */
void json_process(struct json_put *w, const struct event *e);

/* What the schema has no field for, as fields of an object that is open. */
void json_process_facts(struct json_put *w, const struct event *e);

#endif /* SINK_JSON_PROCESS_H */
