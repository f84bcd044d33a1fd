/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary.h - what came of it all, on standard error at the end
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "pipeline.h"
#include "tracer/tracer.h"

struct summary {
	uint64_t shown[EVENT_KINDS];
	uint64_t shown_total;
	uint64_t not_shown;  /* the reader was too slow, or memory ran out */
	uint64_t not_logged; /* likewise */
	uint64_t not_journaled;
	uint64_t spent_ns;
	bool gated;   /* some records may have been filtered in the kernel */
	bool limited; /* some may have been throttled */
	struct tracer_counts kernel;
	struct pipeline_stats pipeline;
};

/*
 * "N events in T (…)", then "records: written N, delivered N, lost N" with written =
 * delivered + lost, and how many more were filtered in the kernel, or throttled, if any could
 * be; then a line for each thing that was left out, if any was.
 */
void summary_say(const struct summary *s);

/* How many searches of command lines were given up, if any was. */
void summary_say_undecided(const struct filter *filter);

#endif /* CLI_SUMMARY_H */
