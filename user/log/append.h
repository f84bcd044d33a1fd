/* SPDX-License-Identifier: Apache-2.0 */
/*
 * append.h - the file of a log that is written now
 *
 * Lines become records of the chain here, and are written many at a time. However little
 * room there is, a file ends with a whole record: what a full disk took of one is cut off
 * again, and the chain only goes on with what is there.
 *
 * One thread at a time.
 */
#ifndef LOG_APPEND_H
#define LOG_APPEND_H

#include "log/own.h"
#include "log/place.h"

struct append_options {
	const char *path;	/* borrowed */
	const char *group;	/* NULL: none */
	const char *group_path; /* where it is looked up */
	struct own_facts facts;
	const char *seal_path; /* the file of the key that seals it (seal.h); NULL: none does */
	bool sync;	       /* what is closed, and directories that changed, are on the disk */
};

struct append;

/* How lines came to the file. */
struct appended {
	size_t bytes; /* of the lines as they were given */
	size_t lines;
};

/*
 * Opens the file, makes it if it is not there, and finds out how far the log got. The
 * first append_lines() begins with a log-open. Returns 0, with a warning in *ret_why or
 * nothing; or a negative errno with *ret_why.
 */
int append_new(const struct append_options *options, struct append **ret_append,
	       struct why *ret_why);

/* Ends the file as it is; append_close() writes the log-close. NULL is fine. */
void append_free(struct append *a);

/*
 * Writes the first of these lines: as many as fit the file up to max_bytes (0: any), and
 * not more than a good piece. At least one, unless the file has one already and would pass
 * the limit. *ret_appended is what is in the file, whatever is returned: 0, or a negative
 * errno with *ret_why after which the call can be tried again later.
 */
int append_lines(struct append *a, struct str lines, uint64_t max_bytes,
		 struct appended *ret_appended, struct why *ret_why);

/*
 * How many records were written and are not in the file any more, as it was found when it
 * was opened again; and forgets it.
 */
uint64_t append_take_missing(struct append *a);

/* What could not be recorded: the log-close has the sum. */
void append_note_lost(struct append *a, uint64_t lost);

/* The log-close. */
int append_close(struct append *a, struct why *ret_why);

/*
 * A log-close; the file becomes the next closed one, and the next append_lines() begins a new
 * one with a log-open. If that is not possible the log goes on in the same file.
 */
int append_rotate(struct append *a, struct why *ret_why);

/* The same, but that somebody else has moved the file away: if so. */
int append_reopen(struct append *a, struct why *ret_why);

/* A record that seals what is there; log-open and log-close do so themselves. */
int append_seal(struct append *a, struct why *ret_why);

/* The key of the last seal could not be given up (seal_commit()): *ret_why says why. */
bool append_keeps_key(const struct append *a, struct why *ret_why);

/* What was written is on the disk. */
int append_sync(struct append *a, struct why *ret_why);

/*
 * True if since the last call something was written that the disk may never get, whatever
 * append_sync() returns later: of a file that was given up, or before fdatasync(2) failed.
 * The kernel tells of a failure once, and takes what it could not write for written then.
 */
bool append_take_doubt(struct append *a);

/* Removes the oldest closed file. Returns 0, or -ENOENT if there is none. */
int append_make_room(struct append *a);

/* When the first record of the file was made, since the epoch; 0: not known. */
int64_t append_begun_ns(const struct append *a);

/* The group that its files are made readable for; false: none. */
bool append_group(const struct append *a, gid_t *ret_group);

/* Something stands in it besides the log-open. */
bool append_is_begun(const struct append *a);

#endif /* LOG_APPEND_H */
