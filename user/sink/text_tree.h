/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_tree.h - how deep a process stands below the first ancestor that was seen
 *
 * A table of fixed size: where it is full the oldest of a few neighbours is forgotten,
 * and what descends from that begins at the margin again.
 */
#ifndef SINK_TEXT_TREE_H
#define SINK_TEXT_TREE_H

#include "event/event.h"

struct text_tree;

/* Returns 0 or -ENOMEM. */
int text_tree_new(struct text_tree **ret_tree);
void text_tree_free(struct text_tree *tree); /* NULL is fine */

/* Depth of the process of e, 0: none of its ancestors was seen. Remembers it. */
unsigned int text_tree_depth(struct text_tree *tree, const struct event *e);

#endif /* SINK_TEXT_TREE_H */
