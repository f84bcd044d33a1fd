/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - resource limits, and how much of each is used
 */
#ifndef INSPECT_LIMITS_H
#define INSPECT_LIMITS_H

#include "inspect/doc.h"
#include "inspect/subject.h"

/* A list "limits". Of some there is no telling what is used. */
void limits_put(struct subject *s, struct doc *d);

#endif /* INSPECT_LIMITS_H */
