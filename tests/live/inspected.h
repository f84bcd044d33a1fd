/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inspected.h - what proctrace inspect says of a process
 */
#ifndef LIVE_INSPECTED_H
#define LIVE_INSPECTED_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness.h"

/*
 * The section of that process as JSON, the caller's to json_object_put(). more: further arguments,
 * NULL: none. Fails the test unless inspect succeeds.
 */
struct json_object *inspected(pid_t pid, const char *section, const char *const more[]);

/* The same as text, the caller's to free(). */
char *inspected_text(pid_t pid, const char *section, const char *const more[]);

/* harness_run() for inspect. */
#define inspect_to(want, options, args) harness_run(want, options, "inspect", args)
#define inspect_run(want, ...)		inspect_to(want, NULL, argv_of(__VA_ARGS__))

/* Whether it printed this; a check fails the test. */
bool output_holds(const struct command *c, const char *text);
void check_output(const struct command *c, const char *text);

/* A pid as an argument; valid for 3 more calls. */
const char *pid_text(pid_t pid);

/* How many lines the text has. */
size_t lines_of(const char *text);

/* The first row of a list that has this value, as a string, under the key; NULL: none. Borrowed. */
struct json_object *row_with(struct json_object *list, const char *key, const char *value);
/* The same for a list below an object: row_of(section, "mounts", "point", "/proc"). */
struct json_object *row_of(struct json_object *object, const char *list, const char *key,
			   const char *value);
struct json_object *row_of_number(struct json_object *object, const char *list, const char *key,
				  long number);

/* How many rows or values the list has. */
size_t rows_of(struct json_object *object, const char *list);

/* True if the list of processes has this one. */
bool has_process(struct json_object *row, const char *list, pid_t pid);

#endif /* LIVE_INSPECTED_H */
