/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asking.h - what the files did not say of a container is asked of its runtime
 *
 * The agent's side of sockets.h, and what makes files be looked at again where no event
 * does. Nothing here is on an event's way, and nothing waits.
 */
#ifndef CONTAINER_ASKING_H
#define CONTAINER_ASKING_H

#include <stdint.h>

#include "container/registry.h"

/*
 * Looks at files again, and asks, where it is time to; says in the registry when the
 * next time is. Cheap before that.
 */
void asking_step(struct registry *reg, uint64_t now_ns);

/* Takes the answers that are there. */
void asking_take(struct registry *reg, uint64_t now_ns);

/* Notes what is known of it now: whether that is news, and whether more is to come. */
void asking_note(struct registry *reg, struct container *c);

#endif /* CONTAINER_ASKING_H */
