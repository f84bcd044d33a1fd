/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common.h - facts that are told in more than one place
 */
#ifndef INSPECT_COMMON_H
#define INSPECT_COMMON_H

#include "inspect/doc.h"
#include "inspect/subject.h"

/* What every inspection begins with: which process this is about. */
void common_subject(struct subject *s, struct doc *d);

/* A group "container": which one, and how that is known. */
void common_container(struct subject *s, struct doc *d);

/* An element of a list of processes: pid, and name and container if it still runs. */
void common_process(const struct world *w, uint32_t pid, struct doc *d);

#endif /* INSPECT_COMMON_H */
