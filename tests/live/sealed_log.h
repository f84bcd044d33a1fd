/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealed_log.h - a log that a live run seals, its keys, and what verify says of it
 */
#ifndef LIVE_SEALED_LOG_H
#define LIVE_SEALED_LOG_H

#include "harness.h"

#define SEALED_LOG "sealed/audit.log" /* below scratch() */

/* Valid for a while only, as scratch_path(). */
const char *sealing_key(void);
const char *verification_key(void);

/* Both of them, by keygen. */
void make_keys(void);

/* What a stream holds, "" if nothing. */
const char *said(const struct stream *s);

/* A tracer of this test that seals SEALED_LOG each second, in small compressed files. */
struct harness *sealed_start(void);

/* A run of it with a storm of so many processes, that ends as it should. */
void sealed_run(const char *count);

/* Fails the test unless verify ends with this status, and says all of these (NULL at the end). */
void verify(const char *const args[], int status, const char *const words[]);

#define with_key(...) argv_of("--key", verification_key(), __VA_ARGS__)

#endif /* LIVE_SEALED_LOG_H */
