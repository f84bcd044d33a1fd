/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgid.h - the forms that ids and names have in cgroup paths
 *
 * Pure. An id is taken only if it is whole and valid, so that a directory that
 * merely looks like a container's is none.
 */
#ifndef CONTAINER_CGID_H
#define CONTAINER_CGID_H

#include <stdbool.h>

#include "base/str.h"

#define CGID_MAX     255 /* NAME_MAX: a cgroup's name is a directory's */
#define CGID_POD_MAX 64

enum cgid_form {
	CGID_NONE,    /* nothing between prefix and suffix */
	CGID_ANY,     /* one byte or more */
	CGID_HEX64,   /* Docker, Podman, CRI: 64 lower-case hexadecimal digits */
	CGID_BASE36,  /* BuildKit: 25 of 0-9 a-z */
	CGID_FARGATE, /* 32 hexadecimal digits, '-', digits */
	CGID_GARDEN,  /* 8-4-4-4-4 or 8-4-4-4-12 hexadecimal digits */
	CGID_ESCAPED, /* a name in the escaping of systemd units */
};

/*
 * Writes the id, unescaped and with a NUL, to out of CGID_MAX + 1 bytes if s has
 * the form. False, and out untouched or unspecified, if it has not.
 */
bool cgid_take(struct str s, enum cgid_form form, char *out);

/* A Kubernetes pod's uid in either spelling, to out of CGID_POD_MAX + 1 bytes. */
bool cgid_take_pod_uid(struct str s, char *out);

/* True for 64 lower-case hexadecimal digits: the id of a container, pod or image. */
bool cgid_is_hex64(struct str s);

#endif /* CONTAINER_CGID_H */
