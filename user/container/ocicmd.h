/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ocicmd.h - the command line of an OCI runtime: runc, crun, youki
 *
 * Pure. Whether the process that has it can be believed is asked elsewhere.
 */
#ifndef CONTAINER_OCICMD_H
#define CONTAINER_OCICMD_H

#include <stdbool.h>

#include "base/str.h"

struct ocicmd {
	const char *runtime; /* a literal: "docker" or "containerd" if one of them called it */
	bool crun;	     /* keeps its state as crun does */
	bool by_containerd;  /* Docker's too */
	struct str root;     /* of its state; borrowed from the arguments; len 0: the usual one */
	struct str bundle;   /* len 0: where it was started */
};

/* The runtime that an executable is, by its name, a literal; NULL: none. */
const char *ocicmd_runtime(struct str executable);

/*
 * True if the executable is a runtime that was told to make the container id ("run",
 * "create" or "restore"). args: NUL after each.
 */
bool ocicmd_makes(struct str executable, struct str args, struct str id,
		  struct ocicmd *ret_command);

#endif /* CONTAINER_OCICMD_H */
