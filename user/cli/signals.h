/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.h - the signals that steer a live trace, as a descriptor; those that end a replay
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* As they were given to us: a command is to get them so. */
struct signals_before {
	sigset_t mask;
	void (*pipe)(int); /* SIG_DFL or SIG_IGN */
	void (*file_size)(int);
	void (*child)(int);
};

/*
 * Blocks SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGCHLD and returns a signalfd(2) for them, or -1
 * with errno; SIGPIPE and SIGXFSZ are ignored.
 */
int signals_open(struct signals_before *ret_before);
void signals_restore(const struct signals_before *before);

/* From here on SIGINT and SIGTERM end the program, even if its output is stuck. */
void signals_allow(void);

/*
 * From here on the first SIGINT or SIGTERM only makes signals_stopped() true; a second one of its
 * kind ends the program, even if its output is stuck.
 */
void signals_catch_stop(void);
bool signals_stopped(void);

/*
 * Holds these signals back until signals_let_stop(), so that one that comes before ppoll(2) with
 * ret_mask ends it at once. Returns false if one came before.
 */
bool signals_hold_stop(sigset_t *ret_mask);
void signals_let_stop(const sigset_t *mask);

#endif /* CLI_SIGNALS_H */
