/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring.h - draining the ring buffer, and the agent's half of the wake-up protocol
 */
#ifndef TRACER_RING_H
#define TRACER_RING_H

#include <stdbool.h>

#include "tracer/tracer.h"

struct ring_buffer;

struct ring {
	struct ring_buffer *buffer; /* owned */
	int map_fd;		    /* borrowed */
	struct ptc_wake *wake;	    /* shared with the kernel side, borrowed */
	const volatile unsigned long
		*consumer; /* positions in bytes since the start: owned mappings */
	const volatile unsigned long *producer;
	tracer_record_fn fn; /* during ring_drain() */
	void *arg;
	unsigned int left;
	int result;
};

int ring_init(struct ring *r, int map_fd, struct ptc_wake *wake);
void ring_done(struct ring *r);

int ring_drain(struct ring *r, tracer_record_fn fn, void *arg, unsigned int max);

bool ring_idle(struct ring *r);
void ring_nap(struct ring *r);
void ring_awake(struct ring *r);

#endif /* TRACER_RING_H */
