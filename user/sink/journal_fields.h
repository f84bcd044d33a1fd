/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_fields.h - an event as fields of the journal
 *
 * Names are those that the journal's other writers use: MESSAGE, PRIORITY and
 * SYSLOG_IDENTIFIER of systemd.journal-fields(7), CONTAINER_ID, CONTAINER_ID_FULL,
 * CONTAINER_NAME, CONTAINER_TAG and IMAGE_NAME of the container engines; what is our own
 * begins with PROCTRACE_. Fields that nobody could learn are absent. Values may hold any
 * byte. Not OBJECT_PID: for it journald would read /proc of a process that has gone.
 */
#ifndef SINK_JOURNAL_FIELDS_H
#define SINK_JOURNAL_FIELDS_H

#include <stdint.h>

#include "base/buf.h"
#include "event/event.h"

#define JOURNAL_FIELDS 48 /* of an event, at most */

/*
 * Appends one record: how many fields there are, and each as its length and
 * "NAME=value". message is MESSAGE. If out fails, nothing of it stays there.
 */
void journal_fields(const struct event *e, struct str message, struct buf *out);

/*
 * Takes the next record off the front of data. Returns how many fields there are, in
 * ret_fields, which borrow from it; 0: there is none.
 */
size_t journal_fields_take(struct str *data, struct str ret_fields[JOURNAL_FIELDS]);

#endif /* SINK_JOURNAL_FIELDS_H */
