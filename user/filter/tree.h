/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - which processes descend from the ones asked for
 *
 * A bounded table of processes that are or descend from a root. A process is its
 * pid and start time; start times read from /proc are compared at their grain. An
 * exit still belongs to the tree: its entry goes when something else happens.
 * When the table is full the entry that had no event for longest goes and is
 * counted; a root never goes.
 */
#ifndef FILTER_TREE_H
#define FILTER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

#define TREE_LIMIT 65536 /* entries */

/* Bits of what a process descends from. */
#define TREE_WANTED   1u /* of a pid that was asked for */
#define TREE_UNWANTED 2u /* of one that was asked for with '!' */

struct tree;

/* limit is in entries; 0: TREE_LIMIT. Returns 0 or -ENOMEM. */
int tree_new(size_t limit, struct tree **ret_tree);
void tree_free(struct tree *t); /* NULL is fine */

/* Asks for a pid: every process that has it. Returns 0 or -ENOMEM. */
int tree_add_root(struct tree *t, uint32_t pid, unsigned int bits);

/* Learns from an event, in order. */
void tree_track(struct tree *t, const struct event *e);

/* Learns of a process that had no event. Returns true if this made it known. */
bool tree_track_running(struct tree *t, const struct event_ref *proc,
			const struct event_ref *parent);

/* TREE_… bits of a process; 0: it descends from no root. */
unsigned int tree_find(const struct tree *t, uint32_t pid, uint64_t start_ns);

uint64_t tree_evicted(const struct tree *t);
size_t tree_len(const struct tree *t);

#endif /* FILTER_TREE_H */
