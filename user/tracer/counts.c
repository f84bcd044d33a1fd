// SPDX-License-Identifier: Apache-2.0
/*
 * counts.c - the kernel side's counters, added up
 */
#include "tracer/counts.h"

#include <bpf/libbpf.h>

#include "base/clock.h"

void counts_init(struct counts *c, struct ptc_stats *stats, uint64_t now_ns)
{
	int cpus = libbpf_num_possible_cpus();

	*c = (struct counts){
		.stats = stats,
		.shards = cpus > 0 && cpus < PTC_STAT_SHARDS ? (size_t)cpus : PTC_STAT_SHARDS,
		.lost_asked_ns = now_ns,
	};
}

void counts_sum(const struct counts *c, struct tracer_counts *ret_counts)
{
	*ret_counts = (struct tracer_counts){ 0 };
	for (size_t shard = 0; shard < c->shards; shard++) {
		const struct ptc_stats *s = &c->stats[shard];

		ret_counts->wakeups += __atomic_load_n(&s->wakeups, __ATOMIC_RELAXED);
		for (size_t type = 0; type < PTC_TYPES; type++) {
			ret_counts->sent[type] += __atomic_load_n(&s->sent[type], __ATOMIC_RELAXED);
			for (size_t why = 0; why < PTC_LOST_REASONS; why++)
				ret_counts->lost[type] +=
					__atomic_load_n(&s->lost[type][why], __ATOMIC_RELAXED);
			ret_counts->filtered[type] +=
				__atomic_load_n(&s->filtered[type], __ATOMIC_RELAXED);
		}
	}
}

static uint64_t lost_now(const struct counts *c, size_t type, size_t why)
{
	uint64_t sum = 0;

	for (size_t shard = 0; shard < c->shards; shard++)
		sum += __atomic_load_n(&c->stats[shard].lost[type][why], __ATOMIC_RELAXED);
	return sum;
}

/*
 * Between which times something was lost since this was last asked. The kernel side
 * counts first and notes the time next, and notes one for all reasons: where it is
 * missing, the two times of asking are true bounds as well.
 */
static void take_lost_times(struct counts *c, struct tracer_lost *lost)
{
	for (size_t shard = 0; shard < c->shards; shard++) {
		struct ptc_stats *s = &c->stats[shard];
		uint64_t first = __atomic_exchange_n(&s->lost_first_ns, 0, __ATOMIC_RELAXED);
		uint64_t last = __atomic_exchange_n(&s->lost_last_ns, 0, __ATOMIC_RELAXED);

		if (first && (!lost->from_ns || first < lost->from_ns))
			lost->from_ns = first;
		if (last > lost->to_ns)
			lost->to_ns = last;
	}
	if (!lost->from_ns)
		lost->from_ns = c->lost_asked_ns;
	if (lost->to_ns < lost->from_ns)
		lost->to_ns = clock_boot_ns();
}

bool counts_take_lost(struct counts *c, struct tracer_lost *ret_lost)
{
	uint64_t now_ns = clock_boot_ns();

	for (size_t why = 0; why < PTC_LOST_REASONS; why++) {
		struct tracer_lost lost = { .reason = (enum ptc_lost)why };

		for (size_t type = 0; type < PTC_TYPES; type++) {
			uint64_t now = lost_now(c, type, why);

			lost.by_type[type] = now - c->lost_told[type][why];
			lost.total += lost.by_type[type];
			c->lost_told[type][why] = now;
		}
		if (lost.total) {
			take_lost_times(c, &lost);
			*ret_lost = lost;
			return true;
		}
	}
	c->lost_asked_ns = now_ns;
	return false;
}
