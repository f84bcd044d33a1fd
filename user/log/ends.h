/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends.h - taking apart the end of a stored line, from its last byte on
 *
 * What the log adds to a record stands at its end, in one way only. Read from there, it
 * cannot be confused with anything that a process brought into the record.
 */
#ifndef LOG_ENDS_H
#define LOG_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Takes exactly this text off the end. False, with the line as it was, if it is not there. */
bool ends_cut(struct str *line, struct str text);

/* The same for len bytes as lower-case hexadecimal digits. */
bool ends_cut_hex(struct str *line, unsigned char *ret_bytes, size_t len);

/* The same for all the digits there are: a number without a zero before it, that fits. */
bool ends_cut_number(struct str *line, uint64_t *ret_number);

#endif /* LOG_ENDS_H */
