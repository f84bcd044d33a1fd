// SPDX-License-Identifier: Apache-2.0
/*
 * meters.c - what containers past their rate limit did, counted by the kernel side
 */
#include "tracer/meters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"

#define TABLE_BYTES (PTC_METERS * sizeof(struct ptc_meter))

_Static_assert(PTC_METER_KINDS >= PTC_TYPES, "a type of record without a counter");

int meters_init(struct meters *m, int map_fd)
{
	uint64_t now_ns = clock_boot_ns();
	void *all;

	m->told = calloc(PTC_METERS, sizeof(*m->told));
	if (!m->told)
		return -ENOMEM;
	all = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (all == MAP_FAILED) {
		int error = errno;

		meters_done(m);
		return -error;
	}
	m->all = all;
	for (size_t i = 0; i < PTC_METERS; i++)
		m->asked_ns[i] = now_ns;
	return 0;
}

void meters_done(struct meters *m)
{
	if (m->all)
		munmap(m->all, TABLE_BYTES);
	free(m->told);
	m->all = NULL;
	m->told = NULL;
}

static uint64_t count_of(const struct ptc_meter *meter, size_t type)
{
	return __atomic_load_n(&meter->throttled[type], __ATOMIC_RELAXED);
}

/*
 * The kernel side counts first and notes the time next: where that is missing, the times
 * of asking are true bounds as well.
 */
static void take_times(struct ptc_meter *meter, uint64_t asked_ns, uint64_t now_ns,
		       struct tracer_throttled *throttled)
{
	throttled->from_ns = __atomic_exchange_n(&meter->first_ns, 0, __ATOMIC_RELAXED);
	throttled->to_ns = __atomic_exchange_n(&meter->last_ns, 0, __ATOMIC_RELAXED);
	if (!throttled->from_ns)
		throttled->from_ns = asked_ns;
	if (throttled->to_ns < throttled->from_ns)
		throttled->to_ns = now_ns;
}

bool meters_take(struct meters *m, uint16_t meter, struct tracer_throttled *ret_throttled)
{
	struct tracer_throttled throttled = { 0 };
	uint64_t now_ns, *told;

	if (!m->all || meter >= PTC_METERS)
		return false;
	told = m->told[meter];
	for (size_t type = 0; type < PTC_TYPES; type++) {
		uint64_t now = count_of(&m->all[meter], type);

		throttled.by_type[type] = now - told[type];
		throttled.total += throttled.by_type[type];
		told[type] = now;
	}
	now_ns = clock_boot_ns();
	if (throttled.total) {
		take_times(&m->all[meter], m->asked_ns[meter], now_ns, &throttled);
		*ret_throttled = throttled;
	}
	m->asked_ns[meter] = now_ns;
	return throttled.total != 0;
}

void meters_sum(const struct meters *m, uint64_t ret_by_type[PTC_TYPES])
{
	memset(ret_by_type, 0, PTC_TYPES * sizeof(*ret_by_type));
	for (size_t i = 0; m->all && i < PTC_METERS; i++)
		for (size_t type = 0; type < PTC_TYPES; type++)
			ret_by_type[type] += count_of(&m->all[i], type);
}
