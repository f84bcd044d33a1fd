/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timefmt.h - wall time to text and back, and lengths of time for people
 *
 * UTC only; local time is the text sink's, which knows which form is wanted.
 */
#ifndef BASE_TIMEFMT_H
#define BASE_TIMEFMT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define TIMEFMT_UTC_LEN 30 /* of "2026-11-22T18:40:01.131204511Z" */

/*
 * Writes exactly TIMEFMT_UTC_LEN characters, without a NUL: RFC 3339 with nine digits.
 * wall_ns is since the epoch, before it too; the years 1677 to 2262 are all it can hold.
 */
void timefmt_utc(char out[TIMEFMT_UTC_LEN], int64_t wall_ns);

/* A time that was written before. All zero: none yet. */
struct timefmt_kept {
	int64_t second;
	char text[TIMEFMT_UTC_LEN];
};

/* The same, a good deal cheaper if it is in the second of the time before. */
void timefmt_utc_kept(char out[TIMEFMT_UTC_LEN], int64_t wall_ns, struct timefmt_kept *kept);

/*
 * The other way: RFC 3339 in UTC ("Z") with no or up to nine digits after the second.
 * False if it is not that, or does not fit 64 bits of ns.
 */
bool timefmt_parse_utc(struct str s, int64_t *ret_wall_ns);

/* "830 ns", "412 us", "9 ms", "7.9 s", "2 min 5 s", "3 h 2 min", "4 d 1 h". Rounded down. */
void timefmt_duration(struct buf *b, uint64_t ns);

/* "512 B", "1.5 KiB", "12 MiB". Rounded down. */
void timefmt_bytes(struct buf *b, uint64_t bytes);

#endif /* BASE_TIMEFMT_H */
