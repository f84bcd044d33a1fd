// SPDX-License-Identifier: Apache-2.0
/*
 * section.c - the sections of an inspection, once
 */
#include "inspect/section.h"

#include <errno.h>
#include <string.h>

const struct section_spec section_specs[SECTIONS] = {
	[SECTION_IDENTITY] = { "identity", NULL,
			       "pids, names, program, arguments, age, ancestry, container",
			       inspect_identity },
	[SECTION_NAMESPACES] = { "namespaces", NULL,
				 "each the host's, its own or shared with whom; id maps",
				 inspect_namespaces },
	[SECTION_CGROUPS] = { "cgroups", NULL, "paths, and what limits it: usage, pressure, events",
			      inspect_cgroups },
	[SECTION_PRIVILEGES] = { "privileges", NULL,
				 "ids, groups, capabilities, seccomp, security labels",
				 inspect_privileges },
	[SECTION_RESOURCES] = { "resources", NULL,
				"limits and what is used of them, memory, I/O, CPU, where it waits",
				inspect_resources },
	[SECTION_FILES] = { "files", NULL,
			    "descriptors; sockets, pipes and eventfds with who has the other end",
			    inspect_files },
	[SECTION_MOUNTS] = { "mounts", NULL,
			     "a tree, and where each is on the host; overlays; masks over /proc",
			     inspect_mounts },
	[SECTION_NETWORK] = { "network", NULL,
			      "interfaces, addresses and routes of its namespace, who listens",
			      inspect_network },
	[SECTION_ENVIRONMENT] = { "environment", NULL,
				  "names of variables, values on request; the auxiliary vector",
				  inspect_environment },
	[SECTION_MEMORY_MAP] = { "memory_map", "memory map",
				 "mappings by file; writable and executable; deleted",
				 inspect_memory_map },
	[SECTION_VERDICT] = { "verdict", NULL,
			      "what separates it from the host and what does not, and why",
			      inspect_verdict },
};

static int find_section(struct str name)
{
	for (int i = 0; i < SECTIONS; i++)
		if (str_eq(str_of(section_specs[i].name), name))
			return i;
	return -1;
}

int sections_parse(const char *list, uint32_t *ret_sections, struct str *ret_bad)
{
	uint32_t sections = 0;

	for (const char *word = list;; word++) {
		struct str name = str_from(word, strcspn(word, ","));
		int section = find_section(name);

		if (section < 0) {
			*ret_bad = name;
			return -EINVAL;
		}
		sections |= UINT32_C(1) << section;
		word += name.len;
		if (!*word)
			break;
	}
	*ret_sections = sections;
	return 0;
}

void sections_help(struct buf *out)
{
	for (int i = 0; i < SECTIONS; i++)
		buf_printf(out, "%-12s %s\n", section_specs[i].name, section_specs[i].help);
}

void sections_inspect(uint32_t sections, struct subject *s, struct doc *d)
{
	for (int i = 0; i < SECTIONS; i++) {
		if (!(sections >> i & 1))
			continue;
		doc_group(d, section_specs[i].name, section_specs[i].title);
		section_specs[i].inspect(s, d);
		doc_end(d);
	}
}
