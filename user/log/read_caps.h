/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_caps.h - the sets of capabilities of a parsed line
 */
#ifndef LOG_READ_CAPS_H
#define LOG_READ_CAPS_H

#include "base/buf.h"
#include "log/fields.h"

/* The list that was read last, for the next one is nearly always the same. Zero at first. */
struct caps_read {
	struct buf text; /* that of NODE_WORDS; empty: none */
	uint64_t mask;
};

void caps_read_done(struct caps_read *last);

/* The set that is listed by names; .damaged if there is no list, or a name that is none. */
uint64_t read_caps(struct fields *f, const struct node *o, const char *key);

#endif /* LOG_READ_CAPS_H */
