/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots_conf.h - runtime directories named in configuration files
 *
 * The half of roots.h that reads files of the host; roots.c reads command lines.
 */
#ifndef CONTAINER_ROOTS_CONF_H
#define CONTAINER_ROOTS_CONF_H

#include <sys/types.h>

#include "base/str.h"
#include "container/roots.h"

#define ROOTS_BUNDLES "io.containerd.runtime.v2.task"

/* daemon.json, config.toml and storage.conf of root's. */
void roots_conf_root(struct roots *roots);

/* These, and what is in the home directories of /etc/passwd. */
void roots_conf_read(struct roots *roots);

/*
 * What comes and goes: "<driver>-containers" below the graph roots, namespaces of
 * containerd, runtime directories of users.
 */
void roots_conf_state(struct roots *roots);

/* One daemon.json, which this user named. */
void roots_conf_docker(struct roots *roots, struct str path, uid_t uid);

/* One config.toml of containerd's. */
void roots_conf_containerd(struct roots *roots, struct str path, uid_t uid);

#endif /* CONTAINER_ROOTS_CONF_H */
