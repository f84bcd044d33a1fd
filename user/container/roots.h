/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots.h - the directories that container runtimes keep their files in
 *
 * The usual ones, those of the runtimes' configuration files, those of users who
 * run containers without root, and those on the command lines of daemons that run
 * now. What a process that is not root's says stands behind what root's say, so
 * that nobody can rename somebody else's container.
 */
#ifndef CONTAINER_ROOTS_H
#define CONTAINER_ROOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "container/hostfs.h"
#include "container/ocicmd.h"

#define ROOTS_MAX      64
#define ROOTS_NAME_MAX 255

/* Paths below the host's root, each once, root's first. */
struct root_list {
	unsigned int len;
	unsigned int trusted_len; /* the first ones are root's */
	char *path[ROOTS_MAX];
};

struct roots {
	struct hostfs *fs; /* borrowed */
	char *proc_root;
	struct root_list docker;  /* data roots: containers/<id>/config.v2.json */
	struct root_list graph;	  /* of containers/storage: <driver>-containers */
	struct root_list podman;  /* containers.json, <id>/userdata/config.json */
	struct root_list runc;	  /* <id>/state.json */
	struct root_list crun;	  /* <id>/status */
	struct root_list bundles; /* containerd's: <namespace>/<id>/config.json */
	struct root_list lxc;	  /* <name>/config */
	uint64_t next_scan_ns;
	uint64_t next_users_ns;
	/* What the last scan found of the one container that was asked for. */
	char conmon_id[65];
	char conmon_name[ROOTS_NAME_MAX + 1]; /* "": no monitor of that id */
};

/* The file system is borrowed. Returns 0 or -ENOMEM. */
int roots_init(struct roots *roots, struct hostfs *fs, const char *proc_root);
void roots_done(struct roots *roots);

/*
 * Looks through the running processes again, once a second at most, and notes what
 * the monitor of container id (len 0: none) calls it. True if it looked.
 */
bool roots_scan(struct roots *roots, uint64_t now_ns, struct str id);

/* Adds the directories that root's runtime was told to use for the container id. */
void roots_learn(struct roots *roots, const struct ocicmd *command, struct str id);

/* Adds a path, "." and "//" and a trailing slash taken out; only absolute ones. */
void roots_add(struct root_list *list, struct str path, bool trusted);

#endif /* CONTAINER_ROOTS_H */
