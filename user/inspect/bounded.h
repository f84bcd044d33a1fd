/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bounded.h - a file in a process's own tree, without being held up by it
 *
 * Whoever may mount file systems there can have one that never answers (FUSE, a network).
 * A child does the reading, and is ended if it takes too long; all such file systems let
 * who waits be killed.
 */
#ifndef INSPECT_BOUNDED_H
#define INSPECT_BOUNDED_H

#include "base/buf.h"

#define BOUNDED_SIZE_MAX  ((size_t)1 << 20)
#define BOUNDED_WAIT_MS	  2000
#define BOUNDED_WAITS_MAX 10 /* so often if it would run, but gets no processor */

/*
 * Reads the regular file at path below the root of the process, links and all, into out.
 * Returns 0, -ENOENT, -EFBIG, -ETIMEDOUT, or another negative errno.
 */
int bounded_read(int pid_fd, const char *path, struct buf *out);

#endif /* INSPECT_BOUNDED_H */
