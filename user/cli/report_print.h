/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_print.h - a report for people, and as JSON
 */
#ifndef CLI_REPORT_PRINT_H
#define CLI_REPORT_PRINT_H

#include "base/buf.h"
#include "log/report.h"

struct report_print {
	const struct report *report; /* sorted */
	int64_t from_ns, to_ns;	     /* that the log covers; 0: nothing of what was asked for */
	uint64_t damaged;	     /* lines that were left out */
	uint64_t top;		     /* rows of a table that are printed */
	bool ascii;		     /* the locale is not UTF-8 */
};

/* Each appends the whole report, or sets out->failed. */
void report_text(const struct report_print *p, struct buf *out);
void report_json(const struct report_print *p, struct buf *out);

#endif /* CLI_REPORT_PRINT_H */
