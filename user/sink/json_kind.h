/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_kind.h - what only one kind of event has, as JSON
 */
#ifndef SINK_JSON_KIND_H
#define SINK_JSON_KIND_H

#include "event/event.h"
#include "sink/json_put.h"

/* The members under proctrace that belong to the kind; the place is "proctrace". */
void json_kind(struct json_put *w, const struct event *e);

/* The members of an isolated group. */
void json_isolated(struct json_put *w, const struct event *e, const struct event_isolated *group);

#endif /* SINK_JSON_KIND_H */
