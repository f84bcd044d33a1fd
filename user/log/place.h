/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.h - where a log lies, and whether that is a place for evidence
 *
 * A log that others may write, or replace, proves nothing: a symbolic link, anything but a
 * regular file, a file or a directory that somebody else may write are refused. The
 * directory is opened first and the file below it, so that what was looked at is what is
 * used. Only the directory itself is looked at: who may write above it may move all of it,
 * and that is for the seal to show.
 */
#ifndef LOG_PLACE_H
#define LOG_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#define WHY_MAX 512

/* A sentence for people: what is wrong, and what would help. */
struct why {
	char text[WHY_MAX];
};

__attribute__((format(printf, 3, 4))) int why_set(struct why *why, int error, const char *fmt, ...);

struct place {
	const char *path; /* borrowed */
	char *directory;  /* owned */
	const char *name; /* in path */
	bool has_group;	  /* the file is readable for group */
	gid_t group;
};

/*
 * group NULL: nobody else reads it; else a name in group_path ("/etc/group"), or a number.
 * Returns 0, or a negative errno with *ret_why.
 */
int place_init(struct place *p, const char *path, const char *group, const char *group_path,
	       struct why *ret_why);
void place_done(struct place *p);

/* Returns 0, or a negative errno with *ret_why. The caller owns *ret_fd. */
int place_open_directory(const struct place *p, int *ret_fd, struct why *ret_why);

/*
 * Opens the file for reading and appending, makes it if it is not there, and locks it
 * until it is closed. -EBUSY: another process writes it, which *ret_why names.
 */
int place_open(const struct place *p, int dir_fd, int *ret_fd, struct why *ret_why);

/*
 * Is it this file that has the log's name? Somebody may have moved it away. Returns 1, 0, or a
 * negative errno if that cannot be told.
 */
int place_has_name(const struct place *p, int dir_fd, int fd);

/* Makes another file in the directory, which must not be there yet (-EEXIST), and locks it. */
int place_create(const struct place *p, int dir_fd, const char *name, int *ret_fd);

#endif /* LOG_PLACE_H */
