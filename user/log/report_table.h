/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_table.h - the tables of a report, which do not grow beyond their limits
 */
#ifndef LOG_REPORT_TABLE_H
#define LOG_REPORT_TABLE_H

#include "log/report.h"

/*
 * The row of these texts, made if it is new, with its times brought up to wall_ns; NULL if
 * there is no room, which is counted. keys: so many of the texts tell rows apart, but
 * for the name of a container; the others are the first that are known.
 */
struct report_row *report_row(struct report *r, enum report_table_id table,
			      const struct str texts[REPORT_TEXTS], size_t keys, int64_t wall_ns);

/* Takes its place among the greatest, if it is one of them. */
void report_rank(struct report *r, enum report_top_id top, const struct str texts[REPORT_TEXTS],
		 uint64_t number, int64_t wall_ns);

/* Orders the rows of all tables. */
void report_sort(struct report *r);

void report_moment(struct report *r, struct report_moments *moments,
		   const struct report_moment *moment);

#endif /* LOG_REPORT_TABLE_H */
