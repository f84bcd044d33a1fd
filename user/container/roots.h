/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots.h - the directories that container runtimes keep their files in
 *
 * The usual ones, those of the runtimes' configuration files, those of users who
 * run containers without root, and those on the command lines of daemons that run
 * now. What root's say stands before what others say, and a user's files are only asked
 * about containers in cgroups of that user, so that nobody can name somebody else's.
 */
#ifndef CONTAINER_ROOTS_H
#define CONTAINER_ROOTS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "container/cgroups.h"
#include "container/endpoints.h"
#include "container/foreign.h"
#include "container/hostfs.h"
#include "container/subuids.h"
#include "event/event.h"

#define ROOTS_MAX      256
#define ROOTS_USER_MAX 8 /* of one user who is not root; the oldest is forgotten */
#define ROOTS_NAME_MAX 255

/* Paths below the host's root, each once for each user, root's first. */
struct root_list {
	unsigned int len;
	unsigned int trusted_len; /* the first ones are root's */
	char *path[ROOTS_MAX];
	uid_t uid[ROOTS_MAX]; /* whose word it is that containers are there */
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
	struct endpoints endpoints;
	/* Not asked about anything: a user would have any number of voices. */
	struct subuids subuids;
	DIR *dir;	  /* of the processes, where roots_scan_part() is; NULL: at no place */
	uint64_t part_ns; /* when it was called last */
	/* Who runs is looked through once; after that only the daemons found then are asked. */
	bool one_look, looked;
	uint32_t *daemons; /* pids */
	size_t daemons_len;
	uint64_t next_scan_ns;
	uint64_t next_users_ns;
	struct cgroups_users users; /* of the container that is asked for */
	bool users_only;	    /* root's files do not speak of it */
	/* What the last scan found of the one container that was asked for. */
	char conmon_id[65];
	char conmon_name[ROOTS_NAME_MAX + 1]; /* "": no monitor of that id */
	struct foreign foreign;		      /* their files are not the host's */
};

/* The file system is borrowed. Returns 0 or -ENOMEM. */
int roots_init(struct roots *roots, struct hostfs *fs, const char *proc_root);
void roots_done(struct roots *roots);

/*
 * Looks through the running processes again (see one_look), once a second at most, and notes what
 * the monitor of container id (len 0: none) calls it. True if it looked.
 */
bool roots_scan(struct roots *roots, uint64_t now_ns, struct str id);

/*
 * The same in parts, without a name, for where it need not be now: with ten thousand processes
 * all at once would hold events up for a tenth of a second. False: go on when the time is another
 * one. True: all were looked at, within the last second.
 */
bool roots_scan_part(struct roots *roots, uint64_t now_ns);

/*
 * A program was executed: if it is such a daemon, its files are known before its first
 * container starts, and need not be searched for.
 */
void roots_see_exec(struct roots *roots, const struct event_process *proc);

/* May the files below path[i] speak of the container that is asked for? */
bool roots_may_tell(const struct roots *roots, const struct root_list *list, unsigned int i);

/* Adds a path, "." and "//" and a trailing slash taken out; only absolute ones. */
void roots_add(struct root_list *list, struct str path, uid_t uid);

#endif /* CONTAINER_ROOTS_H */
