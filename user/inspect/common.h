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

/* A kernel thread and a zombie have no program, no memory and no files. */
bool common_has_no_program(const struct subject *s);

/* A fact that such a one has none of, and why; without the reason for others. */
void common_no_program(const struct subject *s, const char *key, const char *title, struct doc *d);

/* An element of a list of processes: pid, and name and container if it still runs. */
void common_process(const struct world *w, uint32_t pid, struct doc *d);

/*
 * What is named after the container id is no difference from another container, and neither is
 * the directory of its own layer: see doc_generalise(). After all sections.
 */
void common_generalise(struct doc *d, struct str id);

#endif /* INSPECT_COMMON_H */
