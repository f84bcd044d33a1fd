/* SPDX-License-Identifier: Apache-2.0 */
/*
 * when.h - a moment as people write it
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdint.h>

/*
 * "2026-11-29 08:00:00", with a 'T' for the blank, with up to nine digits after the second,
 * without the second, or without a time (midnight); in local time, or with "Z", " UTC",
 * "+01:00" behind it in that. "08:00" and "08:00:00": today. "today", "yesterday",
 * "tomorrow": midnight. "now". "-5m", "5m ago": that long before now; "+5m": after it. "@N":
 * seconds since the epoch, with up to nine digits after a point.
 *
 * now_wall_ns is since the epoch, as *ret_wall_ns. Returns 0; -EINVAL if it is none of
 * these, or no such date; -ERANGE if it does not fit 64 bits of ns.
 */
int when_parse(const char *s, int64_t now_wall_ns, int64_t *ret_wall_ns);

#endif /* BASE_WHEN_H */
