/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.h - programs that a live test starts, workloads above all
 *
 * A command's output is collected while any wait of the test runs. All commands
 * die with the test; command_teardown() ends those that a failed test left.
 */
#ifndef LIVE_COMMAND_H
#define LIVE_COMMAND_H

#include <json-c/json.h>
#include <sys/types.h>

#include "stream.h"

struct command {
	pid_t pid;
	int pidfd;
	int in; /* its standard input; -1: /dev/null */
	struct stream out;
	struct stream err;
	int status; /* of waitpid(2), once ended */
	bool ended;
	struct command *next;
};

/* What to start and how; all zero is usual. */
struct command_options {
	const char *program;	    /* file to execute; NULL: argv[0], looked up in PATH */
	const char *cwd;	    /* NULL: the test's */
	const char *out_file;	    /* standard output and error go there instead, appended */
	const char *const *cgroups; /* directories it is in before it executes, NULL at the end */
	const char *const *env;	    /* NAME=value to add, NULL at the end */
	uid_t uid;		    /* 0: stay root */
	uint64_t drop_caps;	    /* bit per capability that it cannot have */
	bool input;		    /* give it a pipe as standard input */
	int64_t deadline_ms;	    /* how long command_run() waits; 0: the usual time */
};

/* How long a test waits for anything: PROCTRACE_DEADLINE seconds, default 20. */
int64_t deadline_ms(void);

/* Path of a workload in WORKLOAD_DIR, or beside the test program; valid for 8 more calls. */
const char *workload(const char *name);

/* Never returns NULL: a program that cannot be started fails the test. */
struct command *command_start(const struct command_options *options, const char *const argv[]);

/* Waits for its end, fails the test when that takes too long. Returns the wait status. */
int command_wait(struct command *c, int64_t timeout_ms);

/* Starts, waits, fails the test unless it exits with 0. */
struct command *command_run(const struct command_options *options, const char *const argv[]);

/* Waits until its output holds n lines. */
void command_wait_lines(struct command *c, size_t n);

/* The line of facts that it printed (the first one), parsed; the caller's to json_object_put(). */
struct json_object *command_facts(struct command *c);

/* Of /proc/<pid>/status: "VmRSS", "VmHWM", or "RssAnon" without files and what is mapped. */
long command_memory_kib(const struct command *c, const char *what);

/* Writes one line to its standard input. */
void command_tell(struct command *c, const char *line);

/* Closes its standard input, waits for its end, forgets it. */
void command_end(struct command *c);
void command_free(struct command *c); /* kills it if it runs; NULL is fine */
void command_teardown(void);

/* Arguments inline: command_run(NULL, argv_of("ls", "-l")). */
#define argv_of(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif /* LIVE_COMMAND_H */
