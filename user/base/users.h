/* SPDX-License-Identifier: Apache-2.0 */
/*
 * users.h - user names from a passwd file
 *
 * The file is read by ourselves and not through NSS, which a static program cannot
 * load and which may ask the network. It is looked at again when it has changed, at
 * most once a second. Names are bytes that somebody wrote: they may hold anything but
 * ':' and newline.
 */
#ifndef BASE_USERS_H
#define BASE_USERS_H

#include <stdint.h>

#include "base/str.h"

#define USERS_MAX	 65536		    /* entries kept; the rest have numbers only */
#define USERS_FILE_BYTES (16 * 1024 * 1024) /* of the file that are read */

struct users;

/*
 * Reads passwd_path ("/etc/passwd"; kept, not copied). One that cannot be read is no
 * error: nobody has a name then, until it can. Returns 0 or -ENOMEM.
 */
int users_new(const char *passwd_path, struct users **ret_users);
/*
 * The same from a file's text, which is copied and stays as it is; or of groups, for
 * group(5) has name and number in the same places. Returns 0 or -ENOMEM.
 */
int users_new_text(struct str text, struct users **ret_users);
void users_free(struct users *users); /* NULL is fine */

/* The name of the first entry with this uid; len 0: none. Valid until the next call. */
struct str users_name(struct users *users, uint32_t uid);

/* The uid of the first entry with this name. 0, or -ENOENT. */
int users_uid(struct users *users, const char *name, uint32_t *ret_uid);

/*
 * Looks whether the file has changed, if a second has passed since it was last looked
 * at. The two above call it with the time it is; now_ns is CLOCK_BOOTTIME.
 */
void users_refresh(struct users *users, uint64_t now_ns);

#endif /* BASE_USERS_H */
