/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journaling.h - the journal as a second place where shown events go
 */
#ifndef CLI_JOURNALING_H
#define CLI_JOURNALING_H

#include "base/buf.h"
#include "cli/options.h"
#include "event/event.h"
#include "sink/journal.h"

struct journaling {
	struct journal *journal; /* NULL: not asked for */
	struct text_sink *text;	 /* makes the message */
	struct buf line;
	uint64_t refused; /* events that found no room */
	bool failed;	  /* and that was said */
};

/* Does nothing without --journal. Says why it cannot; returns 0 or a negative errno. */
int journaling_open(struct journaling *j, const struct options *options);

void journaling_put(struct journaling *j, const struct event *e);
void journaling_flush(struct journaling *j);

/* Says once when the journal fails, and when it works again. */
void journaling_check(struct journaling *j);

/* Sends what is queued. Returns how many events are not in the journal. All zero is fine. */
uint64_t journaling_close(struct journaling *j);

#endif /* CLI_JOURNALING_H */
