/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow.h - a log that goes on: through what is appended, and through rotation
 *
 * As tail -F does it, and so that nothing is missed or read twice: when another file has
 * taken the name, the old one is read to its end, then those that were closed meanwhile
 * and hold later records (by their sequence numbers), then the new one.
 */
#ifndef LOG_FOLLOW_H
#define LOG_FOLLOW_H

#include <signal.h>

#include "log/files.h"

struct follow;

/*
 * Goes on with the file, whose lines were read to the end with log_source_follow(); it is
 * borrowed. Returns 0, -ENOMEM, or -EINVAL: only a plain file that has a name goes on.
 */
int follow_new(const struct log_file *file, struct follow **ret_follow);
void follow_free(struct follow *f); /* NULL is fine */

/*
 * The next line, with the name of the file it stands in. last_seq: of the last record that
 * was read, 0: it had none. Returns 1; 0 if there is none now (then follow_wait());
 * -EAGAIN if a file has ended and another begins (call again); another negative errno if a
 * file cannot be read, whose rest is left out.
 */
int follow_next(struct follow *f, uint64_t last_seq, struct log_line *ret_line);
const char *follow_name(const struct follow *f);

/*
 * Waits until something may have changed. output_fd: where lines go, to notice that nobody
 * reads them any more. mask: of signals while it waits, as for ppoll(2); NULL: as it is. Returns
 * 0, also after a signal, or -EPIPE if nobody does.
 */
int follow_wait(struct follow *f, int output_fd, const sigset_t *mask);

#endif /* LOG_FOLLOW_H */
