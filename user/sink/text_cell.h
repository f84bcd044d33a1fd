/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_cell.h - what stands in each column but the time and WHAT
 */
#ifndef SINK_TEXT_CELL_H
#define SINK_TEXT_CELL_H

#include "event/event.h"
#include "sink/columns.h"
#include "sink/text_put.h"

/* The container that the event is about or its process is in; NULL: none, or not known. */
const struct container_info *text_event_container(const struct event *e);

/* The fact that a column shows; FACT_COUNT: none, or more than one. */
enum fact text_cell_fact(enum column column);

/* "·" where there is none, "?" where it is not known, nothing where it makes no sense. */
void text_cell(const struct text_put *t, enum column column, const struct event *e);

#endif /* SINK_TEXT_CELL_H */
