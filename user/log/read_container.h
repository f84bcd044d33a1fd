/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_container.h - the containers of a parsed line
 *
 * Strings stand at the place that fields_place() set. What is made is in the arena.
 */
#ifndef LOG_READ_CONTAINER_H
#define LOG_READ_CONTAINER_H

#include "event/event.h"
#include "log/fields.h"

/* The schema's fields of a container; NULL if o is, or without memory. */
struct container_info *read_container(struct fields *f, const struct node *o);

/* {"KEY":"VALUE"}; o may be NULL. */
void read_labels(struct fields *f, const struct node *o, struct container_info *c);

/* Those around c, as refs, innermost first; list may be NULL. */
void read_outer(struct fields *f, const struct node *list, struct container_info *c);

/* Another container than the event's: what json_other_container() writes. */
struct container_info *read_other_container(struct fields *f, const struct node *o);

#endif /* LOG_READ_CONTAINER_H */
