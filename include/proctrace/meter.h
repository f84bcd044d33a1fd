/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * meter.h - how many records of a container are sent, and how many were not
 *
 * With a rate limit each container has a meter, which its cgroups' entries in the table
 * of gates name (gate.h). Time is cut into windows; past ptc_config.rate_limit records in
 * one the kernel side counts instead of sending; an exec is one more for each PTC_METER_BYTES
 * of its arguments. On several CPUs at once some more may
 * pass: 5.10 has no atomic operation for BPF that says what was there before.
 *
 * The kernel side writes, the agent reads, but for the two times, which it takes
 * (exchanges with 0).
 */
#ifndef PROCTRACE_METER_H
#define PROCTRACE_METER_H

#include <linux/types.h>

#define PTC_METERS	2048
#define PTC_METER_NONE	0 /* the index of no container's */
#define PTC_METER_BYTES 8192
#define PTC_METER_KINDS 16 /* a power of two, at least PTC_TYPES */

struct ptc_meter {
	__u64 window;			  /* the current one: boot time / its length */
	__u64 taken;			  /* records sent in it */
	__u64 first_ns, last_ns;	  /* boot times of what was not sent; 0: taken */
	__u64 throttled[PTC_METER_KINDS]; /* records not sent, by enum ptc_type, ever */
};

_Static_assert(sizeof(struct ptc_meter) == 160, "size of struct ptc_meter");

#endif /* PROCTRACE_METER_H */
