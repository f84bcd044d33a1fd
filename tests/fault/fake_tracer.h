/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_tracer.h - stands in the place of the kernel side: hands out records that a test made
 *
 * All of user/tracer/tracer.h, so that "proctrace trace" runs whole without BPF and root.
 */
#ifndef FAULT_FAKE_TRACER_H
#define FAULT_FAKE_TRACER_H

#include <stdbool.h>
#include <stddef.h>

#include "../unit/records.h"

struct fake_tracer {
	struct made *records; /* each gets the time at which it is handed out */
	size_t len;
	bool ends; /* after the last record this process gets a SIGTERM */
	/* Signals that this process gets when as many records were handed out; 0: none. */
	struct {
		size_t at;
		int number;
	} signals[4];
};

/* For the next tracer_new(). Borrowed. */
void fake_tracer_set(const struct fake_tracer *tracer);

#endif /* FAULT_FAKE_TRACER_H */
