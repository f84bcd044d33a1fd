/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.h - sealing a log while it is written
 *
 * A record is sealed in three steps: seal_line() makes it, the caller writes it and has the
 * file on the disk, and seal_commit() gives the key up: the next one takes its place, in
 * memory and on the disk. In this order no seal can be missing in a log that a crash
 * ended, and none be made twice: what the key's file does not know yet the end of the log
 * tells (seal_resume()). So a gap is never innocent.
 *
 * A key seals one log. Keys are in memory that is locked and wiped.
 */
#ifndef LOG_SEAL_H
#define LOG_SEAL_H

#include "base/buf.h"
#include "log/chain.h"
#include "log/place.h"

struct seal;

/* Opens the key's file and keeps it locked. Returns 0, or a negative errno with *ret_why. */
int seal_open(const char *path, struct seal **ret_seal, struct why *ret_why);
void seal_close(struct seal *s); /* NULL is fine */

/*
 * Before the first seal: goes on where the log got to. fd is its file, or -1; *chain the last
 * record, seq 0 if there is none, which then becomes the last one that was sealed: a log that
 * was moved away goes on elsewhere. Returns 0; 1 with *ret_why if the log lacks what this
 * key has sealed, which verifying it shows for ever; or a negative errno.
 */
int seal_resume(struct seal *s, int fd, struct chain *chain, struct why *ret_why);

/* The line of a record as sealed_append() takes and makes it. */
int seal_line(struct seal *s, const struct chain *after, struct str line, struct buf *out);

/*
 * The record that seal_line() made is in the log, as its last one. The key goes on, and its
 * file is replaced if the log is on the disk. Returns 0, or a negative errno with *ret_why
 * if it could not be: the one that is there then can still make that seal, until a later
 * call succeeds.
 */
int seal_commit(struct seal *s, const struct chain *sealed, int64_t wall_ns, bool is_on_disk,
		struct why *ret_why);

#endif /* LOG_SEAL_H */
