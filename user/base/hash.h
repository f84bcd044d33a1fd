/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - uthash that survives running out of memory
 *
 * uthash ends the program when it cannot allocate, unless told not to. After
 * HASH_ADD, hash_added() says whether the element is in the table.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define hash_added(element) ((element)->hh.tbl != NULL)

#endif /* BASE_HASH_H */
