/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put.h - a fact, or the reason why it is not known, in one call
 *
 * err is what its reader returned: 0 or a negative errno.
 */
#ifndef INSPECT_PUT_H
#define INSPECT_PUT_H

#include "inspect/doc.h"

static inline void put_str(struct doc *d, const char *key, const char *title, int err,
			   struct str value)
{
	if (err)
		doc_missing(d, key, title, err);
	else
		doc_str(d, key, title, value);
}

static inline void put_u64(struct doc *d, const char *key, const char *title, int err,
			   uint64_t value)
{
	if (err)
		doc_missing(d, key, title, err);
	else
		doc_u64(d, key, title, value);
}

static inline void put_i64(struct doc *d, const char *key, const char *title, int err,
			   int64_t value)
{
	if (err)
		doc_missing(d, key, title, err);
	else
		doc_i64(d, key, title, value);
}

static inline void put_bytes(struct doc *d, const char *key, const char *title, int err,
			     uint64_t bytes)
{
	if (err)
		doc_missing(d, key, title, err);
	else
		doc_bytes(d, key, title, bytes);
}

static inline void put_ns(struct doc *d, const char *key, const char *title, int err, uint64_t ns)
{
	if (err)
		doc_missing(d, key, title, err);
	else
		doc_ns(d, key, title, ns);
}

#endif /* INSPECT_PUT_H */
