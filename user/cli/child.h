/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - the command after "--": forked when tracing has begun, released a moment later
 *
 * Its pid must be known to the filter before its first exec: so the child waits in between.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/signals.h"
#include "tracer/tracer.h"

struct child {
	pid_t pid; /* 0: no command, or not forked yet */
	const char *name;
	bool running;
	int exec_error;	 /* positive errno: it could not be started */
	int wait_status; /* of waitpid(2), once it has ended */
	int go_fd;	 /* closing it without a word ends the child */
	int error_fd;
};

/*
 * Does nothing if argv is NULL. The child gets the signals as they were before. Says what
 * failed; returns 0 or a negative errno.
 */
int child_fork(struct child *c, char *const *argv, const struct signals_before *before);

/* Lets it exec. Returns 0, or the negative errno of the exec, which is said. */
int child_exec(struct child *c);

/* After SIGCHLD: true if the command has ended. */
bool child_reap(struct child *c);

/* The exit status for proctrace, as env(1) has it: the command's own, 128 + signal, 126 or 127. */
int child_status(const struct child *c);

/* Ends a child that never was released; closes what is open. */
void child_done(struct child *c);

/*
 * Its number in the initial pid namespace, which records have; fork() gave ours, which is
 * another one if we run in a pid namespace. Without the kernel's list it is taken for the same.
 */
uint32_t child_host_pid(const struct child *c, struct tracer *tracer);

#endif /* CLI_CHILD_H */
