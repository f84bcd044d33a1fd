/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgfacts.h - facts from the files of a cgroup and of those above it
 *
 * A file that is not there has no fact: the root has no limits, and kernels differ.
 */
#ifndef INSPECT_CGFACTS_H
#define INSPECT_CGFACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "inspect/doc.h"
#include "inspect/hierarchy.h"

enum cgunit {
	CGUNIT_COUNT,
	CGUNIT_BYTES,
	CGUNIT_USEC,
	CGUNIT_NSEC_V1, /* microseconds in v2 */
};

/* The same fact in both versions. */
struct cgfact {
	const char *key, *title;
	const char *v2, *v1;  /* the file; NULL: this version has none */
	const char *field;    /* in a file with names; NULL: the file is one number */
	const char *v1_field; /* NULL: as field */
	enum cgunit unit;
	bool passing; /* see doc_passing() */
};

/* Of the nearest cgroup that has the file: a controller may end above the process's own. */
void cgfacts_put(const struct hierarchy *h, const struct cgfact *facts, size_t len, struct doc *d);

/* The tightest limit in files of that name; usage: how near it is, or NULL. */
void cgfacts_put_limit(const struct hierarchy *h, const struct cgfact *limit,
		       const struct cgfact *usage, struct doc *d);

/* The share of time in which processes waited for a resource. Only v2 has it. */
void cgfacts_put_pressure(const struct hierarchy *h, const char *file, struct doc *d);

/* A file as it is, without blanks at its ends. */
void cgfacts_put_text(const struct hierarchy *h, const char *key, const char *title, const char *v2,
		      const char *v1, struct doc *d);

#endif /* INSPECT_CGFACTS_H */
