/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - the pieces of a /proc file: lines, words, numbers
 *
 * Nothing here reads past the bytes it is given, skips an overflow or accepts
 * half a number: a word is one number from its first byte to its last, or none.
 */
#ifndef PROCFS_SCAN_H
#define PROCFS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Takes the first line, without its newline, off *rest. All of it if there is no newline. */
struct str scan_line(struct str *rest);

/*
 * Takes a line off *rest that has its newline; false if there is none. What a
 * limit cut has no newline, and half a line is worse than none.
 */
bool scan_whole_line(struct str *rest, struct str *ret_line);

/* Takes the next word off *rest; blanks and tabs stand between words. len 0: no more. */
struct str scan_word(struct str *rest);

/* The bytes without blanks, tabs and newlines at both ends. */
struct str scan_trim(struct str s);

/* The whole of s as a number. False leaves *ret alone. */
bool scan_u64(struct str s, uint64_t *ret);
bool scan_u32(struct str s, uint32_t *ret);
bool scan_i64(struct str s, int64_t *ret);
bool scan_hex(struct str s, uint64_t *ret); /* no prefix, at most 16 digits */
/* The same in either case and in 32 bits, as the files of net/ have it. */
bool scan_hex32(struct str s, uint32_t *ret);
bool scan_octal(struct str s, uint64_t *ret);

/* "1234 kB" in bytes, with blanks around it. False leaves *ret alone. */
bool scan_kib(struct str s, uint64_t *ret_bytes);

/* What stands left and right of the first such byte; false if it has none. */
bool scan_pair(struct str s, char between, struct str *ret_left, struct str *ret_right);

/*
 * The numbers of a line, at most cap of them into ret. Returns how many there
 * are, which may be more than cap, or -EBADMSG if a word is no number.
 */
int64_t scan_u32_list(struct str line, uint32_t *ret, size_t cap);

#endif /* PROCFS_SCAN_H */
