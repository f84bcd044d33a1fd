/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h - fields of an event by their dotted names, and checks of them
 *
 * "process.parent.pid", "process.args[2]", "proctrace.ns_change[0].type". A check
 * that does not hold prints the whole event and fails the test.
 */
#ifndef LIVE_FIELD_H
#define LIVE_FIELD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* NULL if it is not there. Borrowed from the event. */
struct json_object *field_find(struct json_object *event, const char *path);
const char *field_str(struct json_object *event, const char *path); /* NULL: absent, no string */
int64_t field_int(struct json_object *event, const char *path);	    /* INT64_MIN: absent */
bool field_true(struct json_object *event, const char *path);
/* Its event.action. */
bool field_is_action(struct json_object *event, const char *action);

/* Of a string field, also if it holds bytes: undoes the \xhh form where proctrace.escaped says so. */
size_t field_bytes(struct json_object *event, const char *path, char *ret_bytes, size_t size);

#define check_str(event, path, want)	check_str_at(event, path, want, __FILE__, __LINE__)
#define check_int(event, path, want)	check_int_at(event, path, want, __FILE__, __LINE__)
#define check_true(event, path)		check_there_at(event, path, 't', __FILE__, __LINE__)
#define check_there(event, path)	check_there_at(event, path, '+', __FILE__, __LINE__)
#define check_absent(event, path)	check_there_at(event, path, '-', __FILE__, __LINE__)
#define check_starts(event, path, want) check_starts_at(event, path, want, __FILE__, __LINE__)
/* Arguments with any bytes in them; argv ends with NULL. */
#define check_args(event, argv)		check_args_at(event, argv, __FILE__, __LINE__)
/* low <= value <= high */
#define check_between(event, path, low, high) \
	check_between_at(event, path, low, high, __FILE__, __LINE__)
/* Anything about an event that the others cannot say. */
#define check_that(event, condition) \
	((condition) ? (void)0 : check_failed(event, #condition, __FILE__, __LINE__))

void check_str_at(struct json_object *event, const char *path, const char *want, const char *file,
		  int line);
void check_starts_at(struct json_object *event, const char *path, const char *want,
		     const char *file, int line);
void check_int_at(struct json_object *event, const char *path, int64_t want, const char *file,
		  int line);
void check_between_at(struct json_object *event, const char *path, int64_t low, int64_t high,
		      const char *file, int line);
void check_there_at(struct json_object *event, const char *path, char how, const char *file,
		    int line);
void check_args_at(struct json_object *event, const char *const argv[], const char *file, int line);
_Noreturn void check_failed(struct json_object *event, const char *what, const char *file,
			    int line);

#endif /* LIVE_FIELD_H */
