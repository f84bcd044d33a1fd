/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed_lines.h - lines of an input become records of a chain, and carry seals
 *
 * One that begins with '!' and a digit is sealed, and the key goes on by a seal and that
 * many slots.
 */
#ifndef TESTS_FUZZ_SEALED_LINES_H
#define TESTS_FUZZ_SEALED_LINES_H

#include "base/buf.h"
#include "base/str.h"
#include "log/chain.h"
#include "log/sealkey.h"

/* Always the same one. */
const struct verifykey *fuzz_key(void);

/* Appends the line as the record after *chain. False: it can be none, and stands there as it is. */
bool fuzz_put_record(struct chain *chain, struct sealkey *seal, struct str line, struct buf *out);

#endif /* TESTS_FUZZ_SEALED_LINES_H */
