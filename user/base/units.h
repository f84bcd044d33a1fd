/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.h - times, sizes and numbers as people write them
 *
 * Strict: one number, one unit, nothing before or after, and a value that does not
 * fit is an error instead of another value. timefmt.h has the other direction.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdint.h>

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

#endif /* BASE_UNITS_H */
