/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compress.h - one closed file, made a compressed one
 */
#ifndef LOG_COMPRESS_H
#define LOG_COMPRESS_H

#include <stdbool.h>

#include "log/closed.h"

/*
 * Replaces FILE.N by FILE.N.gz, with the same owner, mode and time. stop is asked now and
 * then. Returns 0, -ECANCELED if that said so, or another negative errno; then the file is
 * as it was.
 */
int compress_closed(int dir_fd, const char *log_name, const struct closed *closed,
		    bool (*stop)(void *arg), void *arg);

#endif /* LOG_COMPRESS_H */
