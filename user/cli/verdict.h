/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.h - what verifying a log found, for people and for programs
 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "base/buf.h"
#include "cli/options.h"
#include "log/verify.h"

/* As text or as one JSON object, with --quiet only what is wrong. */
void verdict_put(struct buf *out, const struct verify_result *result,
		 const struct options *options);

/* Writes it to where the options say. Says why it cannot; returns 0 or a negative errno. */
int verdict_write(const struct options *options, const struct buf *out);

#endif /* CLI_VERDICT_H */
