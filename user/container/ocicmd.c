// SPDX-License-Identifier: Apache-2.0
/*
 * ocicmd.c - the command line of an OCI runtime: runc, crun, youki
 */
#include "container/ocicmd.h"

#include <stddef.h>

#include "container/hostproc.h"

static const struct {
	const char *program;
	const char *runtime;
} runtimes[] = {
	{ "runc", "runc" },	   { "crun", "crun" },	      { "youki", "youki" },
	{ "docker-runc", "runc" }, { "sysbox-runc", "runc" },
};

const char *ocicmd_runtime(struct str executable)
{
	/* It may run from a sealed copy of itself. */
	const struct str runc_copy = STR_LITERAL("/memfd:runc_cloned:");
	const struct str crun_copy = STR_LITERAL("/memfd:crun_cloned:");
	struct str program = str_basename(executable);

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (str_eq(program, str_of(runtimes[i].program)))
			return runtimes[i].runtime;
	if (str_has_prefix(executable, runc_copy))
		return "runc";
	return str_has_prefix(executable, crun_copy) ? "crun" : NULL;
}

static bool contains(struct str s, const char *part)
{
	return s.len && memmem(s.p, s.len, part, strlen(part));
}

/*
 * containerd's shim names a state directory for each of its namespaces, /run/containerd/runc/
 * <namespace> unless told otherwise, and its own bundles; Docker's are of namespace "moby".
 */
static void find_caller(struct ocicmd *c)
{
	const struct str moby = STR_LITERAL("moby");
	bool bundle = contains(c->bundle, "/io.containerd.runtime.v");

	if (str_eq(str_basename(c->root), moby) ||
	    (bundle && str_eq(str_basename(str_above(c->bundle)), moby)))
		c->runtime = "docker";
	else if (bundle || contains(c->root, "/containerd/"))
		c->runtime = "containerd";
	else
		return;
	c->by_containerd = true;
}

static bool is_command(struct str arg)
{
	return str_eq(arg, STR_LITERAL("run")) || str_eq(arg, STR_LITERAL("create")) ||
	       str_eq(arg, STR_LITERAL("restore"));
}

/* Options of these commands whose value might look like an id. */
static bool skip_option(struct str arg, struct str *rest)
{
	static const char *const names[] = { "pid-file", "console-socket", "preserve-fds", "config",
					     "f",	 "image-path",	   "work-path" };
	struct str value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hostproc_option(arg, names[i], rest, &value))
			return true;
	return false;
}

bool ocicmd_makes(struct str executable, struct str args, struct str id, struct ocicmd *ret_command)
{
	struct ocicmd c = { .runtime = ocicmd_runtime(executable) };
	struct str rest = args, arg;
	bool makes = false, named = false;

	if (!c.runtime || !id.len || !hostproc_next_arg(&rest, &arg))
		return false;
	c.crun = strcmp(c.runtime, "crun") == 0;
	while (hostproc_next_arg(&rest, &arg)) {
		if (!makes) {
			if (!hostproc_option(arg, "root", &rest, &c.root))
				makes = is_command(arg);
		} else if (!hostproc_option(arg, "bundle", &rest, &c.bundle) &&
			   !hostproc_option(arg, "b", &rest, &c.bundle) &&
			   !skip_option(arg, &rest)) {
			named |= str_eq(arg, id);
		}
	}
	if (!named)
		return false;
	find_caller(&c);
	*ret_command = c;
	return true;
}
