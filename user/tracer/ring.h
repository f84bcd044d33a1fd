/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring.h - draining the ring buffer, and the agent's half of the wake-up protocol
 */
#ifndef TRACER_RING_H
#define TRACER_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "tracer/tracer.h"

struct ring {
	struct ptc_wake *wake; /* shared with the kernel side, borrowed */
	/* Owned mappings. Positions are in bytes since the start, and never go back. */
	unsigned long *consumer;
	const unsigned long *producer;
	const char *data; /* in the mapping of producer */
	size_t bytes;	  /* of data, a power of two */
	char *cut;	  /* owned: a record that the end of data cuts */
	int nap_ms;	  /* the next one */
};

/* map_fd is a BPF_MAP_TYPE_RINGBUF of so many bytes. Returns 0 or a negative errno. */
int ring_init(struct ring *r, int map_fd, size_t bytes, struct ptc_wake *wake);
void ring_done(struct ring *r); /* all zero is fine */

/* See tracer_drain(). */
int ring_drain(struct ring *r, tracer_record_fn fn, void *arg, unsigned int max);

/* Bytes that were not drained, those of records under way included. */
size_t ring_unread(const struct ring *r);

bool ring_idle(struct ring *r);
int ring_nap(struct ring *r);
void ring_awake(struct ring *r);

#endif /* TRACER_RING_H */
