/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files_head.h - what the first record of a file says of its place
 */
#ifndef LOG_FILES_HEAD_H
#define LOG_FILES_HEAD_H

#include "log/files_order.h"

/*
 * Looks for the first record among the first lines, without reading far into a hostile
 * file, and goes back to the beginning. Not for streams. Returns 0, also if there is none, or
 * the negative errno of what could not be read.
 */
int files_head(struct log_files_item *item);

#endif /* LOG_FILES_HEAD_H */
