/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harness.h - a running proctrace and the events that it printed
 *
 * A test starts one or several tracers, makes something happen, and waits for the
 * event with a deadline. What a failed test leaves behind, live_teardown() ends.
 *
 * PROCTRACE           the program under test (build/proctrace)
 * PROCTRACE_JSON_DIR  every line of JSON goes to a file there, for the schema check
 * PROCTRACE_NO_SKIP   a test that cannot run here fails instead of being skipped
 * PROCTRACE_DEADLINE  seconds to wait for anything (20)
 */
#ifndef LIVE_HARNESS_H
#define LIVE_HARNESS_H

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "command.h"
#include "field.h"

struct harness {
	struct command *tracer;
	struct json_object **events; /* owned; in the order printed */
	size_t events_len;
	size_t events_cap;
	bool json;
	struct harness *next;
};

/* Path of the program under test. */
const char *proctrace(void);

/*
 * Runs proctrace with a subcommand (NULL: none) and arguments to its end, which must be with this
 * exit status; 128 + signal if it was killed.
 */
struct command *harness_run(int want, const struct command_options *options, const char *subcommand,
			    const char *const args[]);

/*
 * Starts the tracer with these arguments (its name is added) and waits until it says that it
 * traces. Skips the test where it may not or cannot (exit status 3), fails it otherwise.
 */
struct harness *harness_start_argv(const char *const args[]);
#define harness_start(...) harness_start_argv(argv_of(__VA_ARGS__))

/* JSON about this test program and its descendants only: -f json -p PID and these. */
struct harness *harness_start_own_argv(const char *const args[]);
#define harness_start_own(...) harness_start_own_argv(argv_of("-f", "json", ##__VA_ARGS__))

/*
 * A line of JSON that another command printed, with its newline, goes to the schema check as
 * the tracers' do.
 */
void harness_record(const char *line, size_t len);

/* Takes in what was printed up to now. */
void harness_take(struct harness *h);

typedef bool (*harness_match_fn)(struct json_object *event, const void *arg);

/* The first event that matches, from those there are; NULL: none. Borrowed from h. */
struct json_object *harness_find_where(struct harness *h, harness_match_fn match, const void *arg);
/* action NULL: any; pid 0: any. */
struct json_object *harness_find(struct harness *h, const char *action, pid_t pid);
/* The last of them there is. */
struct json_object *harness_find_last(struct harness *h, const char *action, pid_t pid);
size_t harness_count(struct harness *h, const char *action, pid_t pid);

/* The same, waiting for it; fails the test when the deadline passes. */
#define harness_wait_event(h, action, pid) harness_wait_event_at(h, action, pid, __FILE__, __LINE__)
#define harness_wait_where(h, match, arg) \
	harness_wait_where_at(h, match, arg, #match, __FILE__, __LINE__)
struct json_object *harness_wait_event_at(struct harness *h, const char *action, pid_t pid,
					  const char *file, int line);
struct json_object *harness_wait_where_at(struct harness *h, harness_match_fn match,
					  const void *arg, const char *what, const char *file,
					  int line);

/* The exit of a process that starts now: all that happened before was printed before. */
void harness_sync(struct harness *h);

/* Forgets the events there are. */
void harness_forget(struct harness *h);

/* SIGINT, and waits for the end. Returns the exit status; 128 + signal if it was killed. */
int harness_stop(struct harness *h);
/* What the summary says of "written", "delivered", "lost"; UINT64_MAX: nothing. */
uint64_t harness_summary(struct harness *h, const char *word);
/* harness_stop() is 0 and written = delivered + lost with lost 0. */
void harness_stop_whole(struct harness *h);
void harness_free(struct harness *h);

/* Skips the test with this reason, or fails it if PROCTRACE_NO_SKIP is set. */
_Noreturn __attribute__((format(printf, 1, 2))) void harness_skip(const char *fmt, ...);

/* Prints the message and what the tracers printed last, then fails the test. */
#define harness_fail(...) harness_fail_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn __attribute__((format(printf, 3, 4))) void harness_fail_at(const char *file, int line,
								     const char *fmt, ...);

/* Fixtures of every live test: root is there; nothing is left. */
int live_setup(void **state);
int live_teardown(void **state);
#define live_test(f) cmocka_unit_test_setup_teardown(f, live_setup, live_teardown)

#endif /* LIVE_HARNESS_H */
