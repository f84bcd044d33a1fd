/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files_order.h - which files are of one log, and which comes first
 *
 * Pure: by names, and by what the first record of each file says.
 */
#ifndef LOG_FILES_ORDER_H
#define LOG_FILES_ORDER_H

#include "log/files.h"

#define NUMBER_CURRENT UINT64_MAX /* of the file that is written: it has none */

struct log_files_item {
	struct log_file file; /* path and name are owned */
	size_t given;	      /* its place as it was given, its own */
	uint64_t dev, inode;  /* of a regular file; inode 0: of none */
	bool in_directory;    /* found there, not named */

	/* Of its name. */
	struct str directory, stem; /* parts of the path */
	uint64_t number;
	bool compressed;

	/* Of its first record; file.has_seq too. */
	bool is_log; /* there is one */
	bool has_time;
	int64_t wall_ns;
	char *host; /* owned; NULL: not said */

	/* For the order. */
	size_t group;
};

/* Fills directory, stem, number and compressed from file.path. */
void files_name(struct log_files_item *item);

/*
 * Drops what is there twice, and orders the rest. items are moved; those that are dropped
 * come last, after *ret_len that are left. Returns 0 or -ENOMEM.
 */
int files_order(struct log_files_item *items, size_t len, size_t *ret_len);

#endif /* LOG_FILES_ORDER_H */
