// SPDX-License-Identifier: Apache-2.0
/*
 * clock.c - boot time, wall time, and the ticks of /proc
 */
#include "base/clock.h"

#include <time.h>
#include <unistd.h>

static uint64_t now_ns(clockid_t id)
{
	struct timespec ts = { 0 };

	/* Neither clock can fail: both exist since Linux 2.6.39. */
	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}

uint64_t clock_thread_ns(void)
{
	return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_wall_offset_ns(void)
{
	uint64_t before, wall, after;
	int tries = 0;

	/* Once more if it was scheduled away between them; of what is left the mean takes half. */
	do {
		before = now_ns(CLOCK_BOOTTIME);
		wall = now_ns(CLOCK_REALTIME);
		after = now_ns(CLOCK_BOOTTIME);
	} while (after - before > NSEC_PER_MSEC && ++tries < 5);
	return (int64_t)(wall - (before + (after - before) / 2));
}

uint64_t clock_tick_ns(void)
{
	long hz = sysconf(_SC_CLK_TCK);

	return NSEC_PER_SEC / (uint64_t)(hz > 0 ? hz : 100);
}
