/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * limit.h - a container past its rate limit is counted, not sent
 *
 * include/proctrace/meter.h has the rules. Without a fetch-and-add two CPUs may both take
 * the last place of a window, and both begin a new one: a few records more are sent.
 */
#ifndef PROCTRACE_LIMIT_BPF_H
#define PROCTRACE_LIMIT_BPF_H

#include "maps.h"

_Static_assert(PTC_METER_KINDS >= PTC_TYPES, "a type of record without a counter");

static __always_inline void count_throttled(struct ptc_meter *meter, u32 type, u64 now)
{
	__sync_fetch_and_add(&meter->throttled[type & (PTC_METER_KINDS - 1)], 1);
	/* Two CPUs may race here; either time is true. */
	if (!meter->first_ns)
		meter->first_ns = now;
	meter->last_ns = now;
}

/*
 * Counts a record, as cost of them; true if it is one too many. Not static, so that the
 * verifier looks at it once and not for each call.
 */
__noinline int is_throttled(u32 index, u32 type, u32 cost)
{
	struct ptc_meter *meter = bpf_map_lookup_elem(&meters, &index);
	u64 now = bpf_ktime_get_boot_ns();
	u64 window = now / config.rate_window_ns;

	if (!meter)
		return 0;
	/* Only ever on: a CPU that was held up must not bring an old window back. */
	if (window > *(volatile u64 *)&meter->window) {
		meter->window = window;
		meter->taken = 0;
	}
	if (*(volatile u64 *)&meter->taken >= config.rate_limit) {
		count_throttled(meter, type, now);
		return 1;
	}
	__sync_fetch_and_add(&meter->taken, cost);
	return 0;
}

#endif /* PROCTRACE_LIMIT_BPF_H */
