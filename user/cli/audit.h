/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - the audit log of a live trace: opened by the options, and how it goes
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "cli/options.h"
#include "event/this_host.h"
#include "log/recorder.h"
#include "sink/json_kept.h"

struct audit {
	const struct options *options;
	struct recorder *recorder; /* NULL: no log */
	struct this_host host;
	struct json_kept kept;
	struct buf line;		 /* the last event's, as JSON */
	uint64_t begun_told, ended_told; /* troubles the user knows of */
	bool keeping_told, keeps_key_told;
};

/*
 * Opens the log if the options ask for one; a must stay where it is. Says why it cannot;
 * returns 0 or a negative errno.
 */
int audit_open(struct audit *a, const struct options *options);

/* The log begins: see recorder_begin(). Says why it cannot; returns 0 or a negative errno. */
int audit_begin(struct audit *a);

/* False: it could not be queued. *ret_ticket: see recorder_put(). */
bool audit_put(struct audit *a, const struct event *event, uint64_t *ret_ticket);

/* Says when a trouble begins and ends. False: tracing is to end (--log-on-full stop). */
bool audit_check(struct audit *a);

/*
 * Writes what is queued. Says what went wrong; *ret_lost: events that are not in the log.
 * Returns 0, or -EIO if it has no end, was to end it all, or the key of its last seal is
 * still there. audit_done() follows.
 */
int audit_close(struct audit *a, uint64_t *ret_lost);
void audit_done(struct audit *a);

#endif /* CLI_AUDIT_H */
