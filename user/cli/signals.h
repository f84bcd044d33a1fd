/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.h - the signals that steer a live trace, as a descriptor
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * Blocks SIGINT, SIGTERM, SIGHUP and SIGCHLD and returns a signalfd(2) for them, or -1
 * with errno; SIGPIPE is ignored.
 */
int signals_open(void);

/* From here on SIGINT and SIGTERM end the program, even if its output is stuck. */
void signals_allow(void);

#endif /* CLI_SIGNALS_H */
