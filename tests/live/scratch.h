/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch.h - a temporary directory for one test, and files in it
 */
#ifndef LIVE_SCRATCH_H
#define LIVE_SCRATCH_H

#include <sys/types.h>

/* The directory, made at first use, mode 0755; removed by scratch_teardown(). */
const char *scratch(void);

/* A path below it; valid for 8 more calls. Directories of name are made. */
const char *scratch_path(const char *name);

/* Copies a file there, executable. Returns its path as scratch_path() does. */
const char *scratch_copy(const char *from, const char *name);
const char *scratch_write(const char *name, const char *text, mode_t mode);

/* The whole file, NUL-terminated; the caller's to free(). Fails the test if it cannot be read. */
char *read_whole(const char *path);

/*
 * "WHAT-<pid>": two test programs that run at once have no container or cgroup of the same
 * name. Valid for 15 more calls.
 */
const char *unique_name(const char *what);

void scratch_teardown(void);

#endif /* LIVE_SCRATCH_H */
