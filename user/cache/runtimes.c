// SPDX-License-Identifier: Apache-2.0
/*
 * runtimes.c - the programs that make containers and bring processes into them
 */
#include "cache/runtimes.h"

static bool is_one_of(struct str name, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

bool runtimes_has(const struct event_process *p)
{
	static const char *const programs[] = {
		"runc",	      "crun",	  "youki",	     "docker-runc",    "sysbox-runc",
		"conmon",     "conmonrs", "containerd-shim", "lxc-start",      "lxc-execute",
		"lxc-attach", "lxd",	  "incusd",	     "systemd-nspawn",
	};
	const struct str stage = STR_LITERAL("runc:[");		 /* comm of its set-up stages */
	const struct str shim = STR_LITERAL("containerd-shim-"); /* one for each runtime */
	/* They may run from a sealed copy of themselves. */
	const struct str runc_copy = STR_LITERAL("/memfd:runc_cloned:");
	const struct str crun_copy = STR_LITERAL("/memfd:crun_cloned:");
	const struct str lxc_copy = STR_LITERAL("/memfd:lxc-attach");

	if (str_has_prefix(p->name, stage))
		return true;
	if (!event_has(p, FACT_EXE))
		return false;
	return str_has_prefix(p->executable, runc_copy) ||
	       str_has_prefix(p->executable, crun_copy) ||
	       str_has_prefix(p->executable, lxc_copy) ||
	       str_has_prefix(str_basename(p->executable), shim) ||
	       is_one_of(str_basename(p->executable), programs,
			 sizeof(programs) / sizeof(programs[0]));
}
