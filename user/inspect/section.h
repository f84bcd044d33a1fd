/* SPDX-License-Identifier: Apache-2.0 */
/*
 * section.h - the sections of an inspection, once
 *
 * The table drives --section, its help and the order on paper. Each section has a file of
 * its own, and adds its facts to the group that is open.
 */
#ifndef INSPECT_SECTION_H
#define INSPECT_SECTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "inspect/doc.h"
#include "inspect/subject.h"

enum section {
	SECTION_IDENTITY,
	SECTION_NAMESPACES,
	SECTION_CGROUPS,
	SECTION_PRIVILEGES,
	SECTION_RESOURCES,
	SECTION_FILES,
	SECTION_MOUNTS,
	SECTION_NETWORK,
	SECTION_ENVIRONMENT,
	SECTION_MEMORY_MAP,
	SECTION_VERDICT,
	SECTIONS,
};

struct section_spec {
	const char *name;  /* as in --section, and the key */
	const char *title; /* as people read it */
	const char *help;  /* one line */
	/* Adds facts; of those that cannot be read, why. */
	void (*inspect)(struct subject *s, struct doc *d);
};

extern const struct section_spec section_specs[SECTIONS]; /* by enum section */

#define SECTIONS_ALL ((UINT32_C(1) << SECTIONS) - 1)

/*
 * Names, separated by commas, as bits by enum section. Returns 0 or -EINVAL; *ret_bad is
 * then the word that names none (part of list), or empty if the list is.
 */
int sections_parse(const char *list, uint32_t *ret_sections, struct str *ret_bad);

/* What --section help prints: a line for each. */
void sections_help(struct buf *out);

/* All facts of the process in these sections. */
void sections_inspect(uint32_t sections, struct subject *s, struct doc *d);

void inspect_identity(struct subject *s, struct doc *d);
void inspect_namespaces(struct subject *s, struct doc *d);
void inspect_cgroups(struct subject *s, struct doc *d);
void inspect_privileges(struct subject *s, struct doc *d);
void inspect_resources(struct subject *s, struct doc *d);
void inspect_files(struct subject *s, struct doc *d);
void inspect_mounts(struct subject *s, struct doc *d);
void inspect_network(struct subject *s, struct doc *d);
void inspect_environment(struct subject *s, struct doc *d);
void inspect_memory_map(struct subject *s, struct doc *d);
void inspect_verdict(struct subject *s, struct doc *d);

#endif /* INSPECT_SECTION_H */
