// SPDX-License-Identifier: Apache-2.0
/*
 * summary.c - what a tracer said at its end besides the counts of records
 */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

uint64_t summary_before(const struct harness *h, const char *words)
{
	static const char start[] = "proctrace: ";
	const char *text = h->tracer->err.data;
	const char *at = strstr(text, words);

	while (at && at > text && strncmp(at, start, strlen(start)))
		at--;
	return at ? strtoull(at + strlen(start), NULL, 10) : 0;
}
