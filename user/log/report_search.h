/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_search.h - failed execs that are only steps of a search
 *
 * execvp(3) and every shell try a program in one directory of PATH after the other. An
 * attempt that found no file (ENOENT) is such a step if the next program that the process
 * tries has the same name in another directory; the last one is not. PATH may name a directory
 * twice: the same file, as missing as before, is still the same attempt. So an attempt is held
 * until the next exec of its process, or its exit, tells which it was.
 */
#ifndef LOG_REPORT_SEARCH_H
#define LOG_REPORT_SEARCH_H

#include "log/report.h"

#define REPORT_HELD 4096 /* processes that an attempt is held of; the oldest is counted then */

/* What is told of a failure: of the container, as in its row; three texts, of a row of users. */
enum {
	FAILED_PLACE,
	FAILED_FACTS = REPORT_PLACES,
	FAILED_USER = FAILED_FACTS + REPORT_FACTS,
	FAILED_PROGRAM = FAILED_USER + 3,
	FAILED_HOW,
	FAILED_TEXTS
};

struct report_failure {
	struct str texts[FAILED_TEXTS]; /* borrowed */
	int64_t wall_ns;
};

struct report_search; /* one attempt that is held */

typedef void (*report_failed)(struct report *r, const struct report_failure *failure);

/*
 * Holds the attempt of this event, or counts the oldest, or this one, by failed() where there is
 * no room.
 */
void report_search_hold(struct report *r, const struct event *e,
			const struct report_failure *failure, report_failed failed);

/* Any event: what it tells of an attempt that is held. */
void report_search_see(struct report *r, const struct event *e, report_failed failed);

/* After the last event: nothing followed. */
void report_search_end(struct report *r, report_failed failed);

void report_search_done(struct report *r);

#endif /* LOG_REPORT_SEARCH_H */
