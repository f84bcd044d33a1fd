/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool.h - a copy of what can be read only once
 */
#ifndef LOG_SPOOL_H
#define LOG_SPOOL_H

#include <stdbool.h>

/*
 * Reads fd to its end into a file without a name, in the directory that TMPDIR names or
 * in /tmp; it is gone when it is closed. *ret_fd, the caller's, stands at its beginning.
 * Returns 0, or a negative errno with *ret_reading telling whether reading failed.
 */
int spool_make(int fd, int *ret_fd, bool *ret_reading);

/* Where it is made. */
const char *spool_directory(void);

#endif /* LOG_SPOOL_H */
