/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots_args.h - runtime directories named on the command lines of daemons
 *
 * dockerd, containerd and its shims, conmon, podman, LXC's monitor. The other half of roots.h,
 * which reads what the arguments point to, is roots_conf.h.
 */
#ifndef CONTAINER_ROOTS_ARGS_H
#define CONTAINER_ROOTS_ARGS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"
#include "container/hostproc.h"
#include "container/ocicmd.h"
#include "container/roots.h"

/* True if they are those of such a program. */
bool roots_args_of_daemon(struct str args);

/*
 * Adds the directories that a daemon's arguments name, as this user's word. process is NULL
 * if no more than its arguments is known. Of a conmon of container id (len 0: none) the
 * name is noted as well.
 */
void roots_args_see(struct roots *roots, struct str args, uid_t uid, const struct hostproc *process,
		    struct str id);

/* Adds the directories that root's runtime was told to use for the container id. */
void roots_args_learn(struct roots *roots, const struct ocicmd *command, struct str id);

/* What a conmon was started with. */
struct roots_monitor {
	struct str id;	       /* of the container */
	struct str name;       /* len 0: not told */
	struct str containers; /* the directory that has one for each; len 0: not told */
};

/* False: the arguments are no conmon's. Borrows from them. */
bool roots_args_monitor(struct str args, struct roots_monitor *ret_monitor);

#endif /* CONTAINER_ROOTS_ARGS_H */
