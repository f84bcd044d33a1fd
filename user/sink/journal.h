/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - events to the journal of systemd
 *
 * Sent by a thread of its own behind a bounded queue: journald, which may be slow or
 * stopped, never holds the event's way up. What does not fit is refused, and what cannot
 * be sent is counted. Without libsystemd (JOURNAL=no) there is no journal.
 */
#ifndef SINK_JOURNAL_H
#define SINK_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket" /* of journald, see systemd-journald(8) */

struct journal;

/*
 * Returns 0; -EOPNOTSUPP if this program was built without; -ENOENT, -ECONNREFUSED or
 * another negative errno if journald's socket cannot be used; -ENOMEM, -EAGAIN (no thread).
 */
int journal_new(struct journal **ret_journal);

/* Queues an event with its line, without the newline. False if it does not fit. */
bool journal_put(struct journal *j, const struct event *e, struct str message);

/* Hands what is queued to the thread: to be called before the agent sleeps. */
void journal_flush(struct journal *j);

/* 0, or why the last record could not be sent. */
int journal_error(struct journal *j);

/*
 * Sends what is queued, for a few seconds at most, ends the thread and frees j. *ret_unsent
 * is how many could not be sent in all. NULL is fine.
 */
void journal_close(struct journal *j, uint64_t *ret_unsent);

/* "libsystemd 252", or NULL if it was built without. */
const char *journal_version(void);

#endif /* SINK_JOURNAL_H */
