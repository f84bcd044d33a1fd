/* SPDX-License-Identifier: Apache-2.0 */
/*
 * closed.h - the closed files of a log: FILE.000001, FILE.000002 ..., with ".gz" or without
 *
 * What is called otherwise is nobody's of ours and is left alone. Names are looked for each
 * time: somebody may take files away to keep them elsewhere.
 */
#ifndef LOG_CLOSED_H
#define LOG_CLOSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSED_NAME_MAX 256
#define CLOSED_GZ	".gz"
#define CLOSED_UNDONE	".gz.tmp" /* being compressed */

struct closed {
	uint64_t number; /* from 1 */
	bool compressed;
	bool undone;	/* a copy that was being compressed; no file of the log */
	uint64_t bytes; /* on the disk's count of its length */
};

/* Lists what there is, by number; the caller frees *ret_list. Returns 0 or a negative errno. */
int closed_list(int dir_fd, const char *log_name, struct closed **ret_list, size_t *ret_len);

/* The greatest number there is; 0: there is none. Returns 0 or a negative errno. */
int closed_last(int dir_fd, const char *log_name, struct closed *ret_last);

/* suffix: "", CLOSED_GZ or CLOSED_UNDONE. -ENAMETOOLONG, or 0. */
int closed_name(char name[CLOSED_NAME_MAX], const char *log_name, uint64_t number,
		const char *suffix);

/* Its name as it is. */
int closed_name_of(char name[CLOSED_NAME_MAX], const char *log_name, const struct closed *closed);

/* Removes the oldest one. Returns 0, -ENOENT if there is none, or another negative errno. */
int closed_remove_oldest(int dir_fd, const char *log_name);

#endif /* LOG_CLOSED_H */
