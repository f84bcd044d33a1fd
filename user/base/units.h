/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.h - times and sizes as people write and read them
 *
 * Reading is strict: one number, one unit, nothing before or after, and a value
 * that does not fit is an error instead of another value. Writing is for people:
 * rounded down, so that nothing is said to have lasted longer than it did.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdint.h>

#include "base/buf.h"

/*
 * A time such as "500ms", "1s", "5m", "2h", "1d". A unit is required, because a
 * bare number could be any of them.
 * Returns 0; -EINVAL if it is none; -ERANGE if it does not fit 64 bits of ns.
 */
int parse_duration(const char *s, uint64_t *ret_ns);

/*
 * A size such as "4096", "64K", "8M", "1G", in units of 1024.
 * Returns 0; -EINVAL if it is none; -ERANGE if it does not fit 64 bits.
 */
int parse_bytes(const char *s, uint64_t *ret_bytes);

/*
 * A number of decimal digits and nothing else, not larger than max.
 * Returns 0; -EINVAL if it is none; -ERANGE if it is larger.
 */
int parse_number(const char *s, uint64_t max, uint64_t *ret_number);

/* "740 ns", "35 µs", "9 ms", "7.9 s", "2 min 5 s", "3 h 20 min", "12 d 4 h". */
void fmt_duration(struct buf *b, uint64_t ns);

/* "512 B", "1.5 KiB", "12 MiB", "2 GiB". */
void fmt_bytes(struct buf *b, uint64_t bytes);

#endif /* BASE_UNITS_H */
