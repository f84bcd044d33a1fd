/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_use.h - how much memory a process has
 */
#ifndef INSPECT_MEMORY_USE_H
#define INSPECT_MEMORY_USE_H

#include "inspect/doc.h"
#include "inspect/subject.h"

/* A group "memory"; none of a kernel thread and a zombie. */
void memory_use_put(struct subject *s, struct doc *d);

#endif /* INSPECT_MEMORY_USE_H */
