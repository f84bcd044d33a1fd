/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_rig.h - a log in a directory of its own, and all of its records read back
 */
#ifndef UNIT_LOG_RIG_H
#define UNIT_LOG_RIG_H

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/recorder.h"

/* What stands in a log: a record, or a line that is none. */
struct logged {
	struct json_object *root; /* owned; NULL: no record */
	char *line;		  /* owned; without its newline */
	size_t len;
	char file[64];
	const char *action;
	uint64_t seq;
	int64_t pid; /* of an event; -1: none */
};

struct log_rig {
	char dir[64];
	char path[80];
	struct recorder_options options;
	struct recorder *recorder;
	uint32_t next_pid;  /* of the events that are put */
	struct logged *all; /* rig_read() */
	size_t len;
};

/* Fixture: *state is a rig, its directory is removed in the end. */
int rig_setup(void **state);
int rig_teardown(void **state);

void rig_start(struct log_rig *r);
/* Expects the start to be refused; the reason stays until the next call. */
const char *rig_refused(struct log_rig *r);
/* Ends it as it should end: all is in the log. */
void rig_stop(struct log_rig *r);
void rig_stop_state(struct log_rig *r, struct recorder_state *ret_state);

/* One event more, numbered by its pid; false: refused. */
bool rig_put(struct log_rig *r);
/* n events that must be taken. */
void rig_put_all(struct log_rig *r, size_t n);

/* Waits until a condition on the state holds; fails the test if it does not. */
void rig_wait(struct log_rig *r, bool (*is)(const struct recorder_state *state));
bool rig_is_written(const struct recorder_state *state);
bool rig_is_in_trouble(const struct recorder_state *state);
bool rig_has_recovered(const struct recorder_state *state);

/*
 * Reads all files in their order, and fails the test unless every record is the next of one
 * chain and every file begins with a log-open. Returns how many lines there are.
 */
size_t rig_read(struct log_rig *r);

/* The events read are those numbered from first on, n of them, in order, none twice. */
void rig_check_events(const struct log_rig *r, uint32_t first, size_t n);

/* The nth record of this kind that was read (from 0); NULL: there is none. */
const struct logged *rig_find(const struct log_rig *r, const char *action, size_t nth);
/* A member of proctrace by its path: "log_open.reason". As text; "" if there is none. */
const char *rig_text(const struct logged *record, const char *path);

/* A path in the directory; valid for 4 more calls. */
const char *rig_file(const struct log_rig *r, const char *name);
size_t rig_size(const char *path);
void rig_write(const char *path, const void *data, size_t len);
bool rig_exists(const struct log_rig *r, const char *name);

#endif /* UNIT_LOG_RIG_H */
