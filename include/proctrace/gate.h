/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * gate.h - the table that tells the kernel side whose events nobody asked for, or too many
 *
 * One entry for each cgroup that is a container's own and was decided on; what lies
 * below it is as it is, and counts for the same meter (meter.h). The agent alone writes the
 * table, the kernel side only reads, both through memory: after the agent has dropped its
 * capabilities some kernels refuse it every bpf() call.
 *
 * A cgroup's entry is in one of PTC_GATE_PROBES slots from the first one on; an empty slot
 * ends the search. Without an empty one among them there may have been no room, so that
 * the cgroup passes. Ids are given out in sequence, so their low bits spread them over the
 * table. v2 and v1, whose ids collide, have a half each.
 *
 * A cgroup that was made since the programs are attached may be a container of its own, and
 * is undecided, which passes, until the agent has taken the record of its making. No entry
 * is needed for that: the kernel gives out the ids of a hierarchy in ascending order
 * (kernfs_new_node(); 64 bits since 40430452fd5d) and makes one cgroup after the other, the
 * record of it included, under one lock and before anybody can see the new directory.
 */
#ifndef PROCTRACE_GATE_H
#define PROCTRACE_GATE_H

#include <linux/types.h>

#define PTC_GATE_SLOTS	32768
#define PTC_GATE_HALF	(PTC_GATE_SLOTS / 2)
#define PTC_GATE_PROBES 8

enum ptc_gate_state {
	PTC_GATE_NONE, /* no entry: once decided, as the cgroup above it; at the top: it passes */
	PTC_GATE_PASS,
	PTC_GATE_DROP,
};

struct ptc_gate {
	__u64 id;	    /* 0: empty */
	__u32 hierarchy_id; /* 0: v2 */
	__u16 state;	    /* enum ptc_gate_state; written last, and zeroed first */
	__u16 meter;	    /* of the container; PTC_METER_NONE: its rate has no limit */
};

_Static_assert(sizeof(struct ptc_gate) == 16, "size of struct ptc_gate");

/* How far the agent has come with the cgroups of one hierarchy: 0 is v2's, 1 is v1's. */
struct ptc_decided {
	__u64 first_made;   /* the first since the programs are attached; 0: none yet */
	__u64 decided;	    /* the last one made that the agent has decided on; the agent's */
	__u64 lost_first;   /* between these some were made of which no record could be sent */
	__u64 lost_last;    /* 0: none */
	__u64 renames;	    /* how many cgroups got another name */
	__u64 renames_seen; /* of how many the agent knows; the agent's */
};

#define PTC_GATE_HIERARCHIES 2

static inline __attribute__((always_inline)) __u32 ptc_gate_slot(__u64 id, __u32 hierarchy_id,
								 __u32 probe)
{
	__u32 in_half = (__u32)(id + probe) & (PTC_GATE_HALF - 1);

	return hierarchy_id ? in_half + PTC_GATE_HALF : in_half;
}

#endif /* PROCTRACE_GATE_H */
