/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - what tracing needs no more once it has begun is given away
 *
 * Everything is opened and attached by then: records come through memory that is mapped. What
 * is left to do is to read /proc and runtimes' files, to ask their sockets, and to write.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

/*
 * For good: no capability but CAP_DAC_READ_SEARCH (runtimes' files and cgroups by handle) and
 * CAP_SYS_PTRACE (others' /proc/<pid>), as far as they were there; for all threads there are
 * and will be, no_new_privs and only the system calls of a list (seccomp(2)): all others fail
 * with EPERM. Says what failed; returns 0 or a negative errno.
 */
int sandbox_enter(void);

#endif /* CLI_SANDBOX_H */
