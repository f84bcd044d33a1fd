/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_kind.h - what a parsed line says that only its kind of event has
 */
#ifndef LOG_READ_KIND_H
#define LOG_READ_KIND_H

#include "event/event.h"
#include "log/fields.h"

/* After e->kind, e->host and the process. */
void read_kind(struct fields *f, const struct node *root, const struct node *proctrace,
	       struct event *e);

#endif /* LOG_READ_KIND_H */
