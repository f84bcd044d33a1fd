/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_who.h - where, who and what an event is about, as the texts of a report
 *
 * A text is empty where that is not known, or is none. It borrows from the event, or from
 * the buffer that the caller gives.
 */
#ifndef LOG_REPORT_WHO_H
#define LOG_REPORT_WHO_H

#include "log/report.h"

struct report_digits {
	char text[32];
};

struct report_ref_text {
	char text[192];
};

struct str report_number(struct report_digits *d, uint64_t number);

/* "dockerd[512]", as the timeline says it. */
struct str report_ref(struct report_ref_text *t, const struct event_ref *ref);

/* The texts of the place: the container, or where the event happened. */
void report_put_container(struct str texts[REPORT_PLACES], const struct container_info *c);
void report_put_place(struct str texts[REPORT_PLACES], struct report_digits *d,
		      const struct event *e);

struct str report_user_id(struct report_digits *d, const struct event_process *p);
/* Of the user who logged in; none for what no session started. */
struct str report_login_id(struct report_digits *d, const struct event_process *p);

/* The executable; the name of what has none, or of whom nobody saw it. */
struct str report_program(const struct event_process *p);

/* Whose namespace it is now, as the texts of a place; "new" is none's before. */
void report_put_owner(struct str texts[REPORT_PLACES], struct report_digits *d,
		      const struct event *e, const struct event_ns_change *change);

#endif /* LOG_REPORT_WHO_H */
