/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - boot time, wall time, and the ticks of /proc
 *
 * Everything inside is nanoseconds of CLOCK_BOOTTIME; wall time exists only for
 * people and logs.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NSEC_PER_SEC  1000000000ull
#define NSEC_PER_MSEC 1000000ull

uint64_t clock_boot_ns(void);

/* CPU time of this thread, to tell what work costs however busy the host is. */
uint64_t clock_thread_ns(void);

/*
 * CLOCK_REALTIME minus CLOCK_BOOTTIME in ns, as of now. It changes when somebody
 * sets the clock: take it again now and then, not once.
 */
int64_t clock_wall_offset_ns(void);

/* Length of the tick that /proc/<pid>/stat counts starttime in (proc(5)). */
uint64_t clock_tick_ns(void);

#endif /* BASE_CLOCK_H */
