/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fstype.h - what a file system is, by the type that mountinfo gives (proc_pid_mountinfo(5))
 */
#ifndef BASE_FSTYPE_H
#define BASE_FSTYPE_H

#include <stdbool.h>

#include "base/str.h"

/* The kernel's own: no disk, no network and no process answers for it, and no file is kept in it. */
bool fstype_is_kernels(struct str type);

/*
 * A server or a program answers for it, or does not: FUSE, networks, and what mounts such when it is
 * looked at (autofs). A type that is not known is not one of them.
 */
bool fstype_may_wait(struct str type);

#endif /* BASE_FSTYPE_H */
