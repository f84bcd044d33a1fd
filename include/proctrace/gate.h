/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * gate.h - the table that tells the kernel side whose events nobody asked for, or too many
 *
 * One entry for each cgroup that is a container's own and was decided on; what lies
 * below it is as it is, and counts for the same meter (meter.h). The agent alone writes, the kernel side only reads, both
 * through memory: after the agent has dropped its capabilities some kernels refuse
 * it every bpf() call.
 *
 * A cgroup's entry is in one of PTC_GATE_PROBES slots from the first one on; a slot
 * that never held one ends the search. Ids are given out in sequence, so their low
 * bits spread them over the table. v2 and v1, whose ids collide, have a half each.
 */
#ifndef PROCTRACE_GATE_H
#define PROCTRACE_GATE_H

#include <linux/types.h>

#define PTC_GATE_SLOTS	32768
#define PTC_GATE_HALF	(PTC_GATE_SLOTS / 2)
#define PTC_GATE_PROBES 8

enum ptc_gate_state {
	PTC_GATE_NONE, /* no entry: as the cgroup above it; at the top: it passes */
	PTC_GATE_PASS,
	PTC_GATE_DROP,
};

struct ptc_gate {
	__u64 id;	    /* 0: never used */
	__u32 hierarchy_id; /* 0: v2 */
	__u16 state;	    /* enum ptc_gate_state; written last, and zeroed first */
	__u16 meter;	    /* of the container; PTC_METER_NONE: its rate has no limit */
};

_Static_assert(sizeof(struct ptc_gate) == 16, "size of struct ptc_gate");

static inline __attribute__((always_inline)) __u32 ptc_gate_slot(__u64 id, __u32 hierarchy_id,
								 __u32 probe)
{
	__u32 in_half = (__u32)(id + probe) & (PTC_GATE_HALF - 1);

	return hierarchy_id ? in_half + PTC_GATE_HALF : in_half;
}

#endif /* PROCTRACE_GATE_H */
