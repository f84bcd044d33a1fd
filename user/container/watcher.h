/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watcher.h - what LXC and systemd-nspawn call a container, from the process beside it
 *
 * Both move the process that looks after a container into a cgroup next to the
 * container's: lxc.monitor.NAME beside lxc.payload.NAME, "supervisor" beside
 * "payload". Its command line says what no file does: the directory of LXC's
 * configuration, and the name of an nspawn container without systemd. Only root's
 * processes that share the host's root directory are believed.
 */
#ifndef CONTAINER_WATCHER_H
#define CONTAINER_WATCHER_H

#include <stdbool.h>

#include "base/str.h"
#include "container/cgid.h"
#include "container/cgroups.h"
#include "container/hostfs.h"

struct watcher {
	const struct cgroups *cgroups; /* NULL: nobody is found */
	const struct hostfs *fs;
	const char *proc_root;
};

/*
 * The name of the machine whose nspawn runs in <unit>/supervisor; unit is the cgroup
 * that the payload's is in. Returns 0, -ENOENT, or -ENOTUNIQ if several that run there
 * have different names.
 */
int watcher_nspawn(const struct watcher *w, struct str unit, char ret_name[CGID_MAX + 1]);

/*
 * The name of the container whose payload's cgroup this is, which has a number behind
 * it where one of that name was there already; with its directory, whose name is it:
 * lxcpath is formatted into path, of size bytes. Returns 0 or -ENOENT.
 */
int watcher_lxc(const struct watcher *w, struct str payload, char ret_name[CGID_MAX + 1],
		char *ret_lxcpath, size_t size);

/* The name that these arguments of systemd-nspawn give; false: none, or it cannot be known. */
bool watcher_nspawn_name(struct str args, struct str *ret_name);

/*
 * What LXC's monitor runs with: "[lxc monitor] <lxcpath> <name>" or lxc-start's own
 * arguments. A part that they do not say has length 0. False: it is no monitor.
 */
bool watcher_lxc_args(struct str args, struct str *ret_lxcpath, struct str *ret_name);

#endif /* CONTAINER_WATCHER_H */
