/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_names.h - names that several containers of a log bear
 *
 * A name may be given again when its container is gone, and on another host at once.
 */
#ifndef LOG_REPORT_NAMES_H
#define LOG_REPORT_NAMES_H

#include "log/report.h"

/* Looks at the rows of all tables, whose names must not change any more. */
void report_names_find(struct report *r);
void report_names_done(struct report *r);

#endif /* LOG_REPORT_NAMES_H */
