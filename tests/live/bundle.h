/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle.h - OCI bundles for runtimes that are used without an engine: runc, crun
 */
#ifndef LIVE_BUNDLE_H
#define LIVE_BUNDLE_H

#include <stdbool.h>

/* True if the program is in PATH. */
bool bundle_has_program(const char *name);

/*
 * A root file system of the host's static busybox (sh, true, sleep).
 * Its directory; skips the test if there is no busybox.
 */
const char *bundle_rootfs(void);

/*
 * A bundle of that name, from what "runc spec" says: the root file system above, no terminal,
 * no network or limits of its own, and this command. Its directory, valid for 8 more calls;
 * skips the test if runc is not installed.
 */
const char *bundle_make(const char *name, const char *const args[]);

/*
 * The same command where there is only one kind of hierarchy, as crun wants it: on a hybrid
 * host those of v1. Valid until the next call.
 */
const char *const *bundle_not_hybrid(const char *const args[]);

#endif /* LIVE_BUNDLE_H */
