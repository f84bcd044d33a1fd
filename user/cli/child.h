/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - the command after "--": forked early, released when tracing has begun
 *
 * The pid must be known before the filter is made, and the first exec must be seen:
 * so the child waits in between.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "proctrace/wire.h"

struct child {
	pid_t pid; /* 0: no command */
	bool running;
	int exec_error;	 /* positive errno: it could not be started */
	int wait_status; /* of waitpid(2), once it has ended */
	int go_fd;	 /* closing it without a word ends the child */
	int error_fd;
};

/* Does nothing if argv is NULL. Says what failed; returns 0 or a negative errno. */
int child_fork(struct child *c, char *const *argv);

/* Lets it exec. Returns 0, or the negative errno of the exec, which is said. */
int child_exec(struct child *c);

/* After SIGCHLD: true if the command has ended. */
bool child_reap(struct child *c);

/* The exit status for proctrace, as env(1) has it: the command's own, 128 + signal, 126 or 127. */
int child_status(const struct child *c);

/* Ends a child that never was released; closes what is open. */
void child_done(struct child *c);

/*
 * Records have the initial pid namespace's numbers; fork() gave ours, which is another one if
 * we run in a pid namespace. True if the task is the command.
 */
bool child_is_task(const struct child *c, const struct ptc_task *task);

#endif /* CLI_CHILD_H */
