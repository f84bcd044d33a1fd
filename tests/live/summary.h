/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary.h - what a tracer said at its end besides the counts of records
 */
#ifndef LIVE_SUMMARY_H
#define LIVE_SUMMARY_H

#include <stdint.h>

#include "harness.h"

/* The number before these words in the summary; 0: it does not say so. */
uint64_t summary_before(const struct harness *h, const char *words);

#endif /* LIVE_SUMMARY_H */
