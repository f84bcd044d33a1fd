/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * scratch.h - memory that nobody else writes to, for a moment
 */
#ifndef PROCTRACE_SCRATCH_H
#define PROCTRACE_SCRATCH_H

#include "maps.h"

#define SCRATCH_TRIES 4

/* NULL if every slot that was tried is in use. */
static __always_inline struct scratch *scratch_take(u32 *ret_slot)
{
	u32 cpu = bpf_get_smp_processor_id();

	for (u32 i = 0; i < SCRATCH_TRIES; i++) {
		u32 slot = (cpu + i) & (SCRATCH_SLOTS - 1);

		if (bpf_map_update_elem(&scratches_taken, &slot, &slot, BPF_NOEXIST) == 0) {
			*ret_slot = slot;
			return bpf_map_lookup_elem(&scratches, &slot);
		}
	}
	return NULL;
}

static __always_inline void scratch_give(u32 slot)
{
	bpf_map_delete_elem(&scratches_taken, &slot);
}

#endif /* PROCTRACE_SCRATCH_H */
