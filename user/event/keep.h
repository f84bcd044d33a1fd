/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep.h - a process of an event, beyond the call that handed it out
 */
#ifndef EVENT_KEEP_H
#define EVENT_KEEP_H

#include "base/arena.h"
#include "event/event.h"

/*
 * Copies what p borrows into the arena, but for the container and the isolated group,
 * which have owners of their own. Returns 0, or -ENOMEM with *ret_kept untouched.
 */
int event_keep_process(struct arena *a, const struct event_process *p,
		       struct event_process *ret_kept);

#endif /* EVENT_KEEP_H */
