/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_own.h - what verifying needs of the records of a log about itself
 */
#ifndef LOG_VERIFY_OWN_H
#define LOG_VERIFY_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define FRAGMENT_HASH_LEN 32

enum verify_action {
	VERIFY_EVENT, /* not about the log */
	VERIFY_LOG_OPEN,
	VERIFY_LOG_CLOSE,
	VERIFY_LOG_OTHER,
};

struct verify_own {
	enum verify_action action;
	bool is_end;		 /* of a log-close: tracing ended */
	bool after_unchained;	 /* of a log-open: lines of an old version stand before */
	uint64_t missing;	 /* of a log-open: records before it that a disk did not keep */
	uint64_t fragment_bytes; /* of a log-open; 0: none */
	unsigned char fragment_hash[FRAGMENT_HASH_LEN];
};

/*
 * To read lines with, one for all of them: a line is what it is, however little memory is
 * left. NULL if there is none; to be freed with json_tokener_free().
 */
struct json_tokener;
struct json_tokener *verify_own_tokener(void);

/* line: a whole stored record. False: it begins like one of these and is not. */
bool verify_own_read(struct json_tokener *tokener, struct str line, struct verify_own *ret_own);

/*
 * The time that a record says it is of; false: none. What a reader of JSON takes for it,
 * also if it stands there twice.
 */
bool verify_time_read(struct json_tokener *tokener, struct str line, int64_t *ret_wall_ns);

#endif /* LOG_VERIFY_OWN_H */
