/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logs.h - an audit log, read back and proved whole
 */
#ifndef LIVE_LOGS_H
#define LIVE_LOGS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_entry {
	struct json_object *root; /* owned; NULL: a fragment */
	char *line;		  /* owned: as the live output printed it, with its newline */
	size_t len;
	uint64_t seq;
	const char *action;    /* of an event, or of a record of the log about itself */
	bool is_own;	       /* of these: log-open, log-close, or lost by the log */
	uint64_t event_number; /* event.sequence; 0: none */
};

struct logs {
	struct log_entry *entries;
	size_t len;
	size_t files;
	bool torn;	  /* it ends in a fragment */
	uint64_t missing; /* records that a disk lost, as log-opens tell */
};

/*
 * Reads all files of a log, and fails the test unless each record is the next of the chain
 * (the first may be any, and a log-open
 * may say how many are missing), each file begins with a log-open and, but for the last, ends with
 * a log-close, a fragment is what the log-open behind it says, and the events of each run
 * are numbered without a gap but for those that "lost" records tell of.
 */
void logs_read(const char *path, struct logs *ret_logs);

/*
 * The same of a log that a tracer wrote whose kernel side lost so many records. The event that tells
 * of them is one, and counts as all of them when it cannot be logged.
 */
void logs_read_lossy(const char *path, uint64_t kernel_lost, struct logs *ret_logs);
void logs_free(struct logs *logs);

/* The nth entry of this kind, from 0; NULL: there is none. */
const struct log_entry *logs_find(const struct logs *logs, const char *action, size_t nth);

/* The sum of what "lost" records of the log itself tell. */
uint64_t logs_lost(const struct logs *logs);

/*
 * Fails the test unless the lines (JSON with every kind, of the last run) are the events of
 * that run's log, or the beginning of them if may_be_less.
 */
void logs_check_shown(const struct logs *logs, const char *lines, size_t len, bool may_be_less);

#endif /* LIVE_LOGS_H */
