// SPDX-License-Identifier: Apache-2.0
/*
 * roots.c - the directories that container runtimes keep their files in
 */
#include "container/roots.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "container/hostproc.h"
#include "container/roots_conf.h"
#include "container/watcher.h"

#define SCAN_EVERY_NS  NSEC_PER_SEC
#define USERS_EVERY_NS (30 * NSEC_PER_SEC)

void roots_add(struct root_list *list, struct str path, bool trusted)
{
	char clean[PATH_MAX];
	size_t n = 0, at;
	char *copy;

	if (path.len == 0 || path.len >= sizeof(clean) || path.p[0] != '/' ||
	    memchr(path.p, '\0', path.len))
		return;
	for (size_t i = 0; i < path.len; i++) {
		if (path.p[i] == '/' && n && clean[n - 1] == '/')
			continue;
		clean[n++] = path.p[i];
	}
	while (n > 1 && clean[n - 1] == '/')
		n--;
	clean[n] = '\0';
	for (unsigned int i = 0; i < list->len; i++) {
		if (strcmp(list->path[i], clean) == 0)
			return;
	}
	if (list->len == ROOTS_MAX) {
		/* Users may run any number of daemons; they do not crowd out root's. */
		if (!trusted || list->trusted_len == ROOTS_MAX)
			return;
		free(list->path[--list->len]);
	}
	copy = strdup(clean);
	if (!copy)
		return;
	at = trusted ? list->trusted_len++ : list->len;
	memmove(&list->path[at + 1], &list->path[at], (list->len - at) * sizeof(list->path[0]));
	list->path[at] = copy;
	list->len++;
}

static void add_below(struct root_list *list, struct str base, const char *rest, bool trusted)
{
	char path[PATH_MAX];

	if (base.len == 0 || base.len > INT_MAX)
		return;
	if (snprintf(path, sizeof(path), "%.*s%s", (int)base.len, base.p, rest) < (int)sizeof(path))
		roots_add(list, str_of(path), trusted);
}

/* ---- command lines */

struct scan {
	struct roots *roots;
	struct str id;
	const struct hostproc *process; /* the one that is looked at */
};

static void see_dockerd(struct scan *scan, struct str rest, bool trusted)
{
	struct roots *r = scan->roots;
	struct str arg, value;

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "data-root", &rest, &value) ||
		    hostproc_option(arg, "graph", &rest, &value) ||
		    hostproc_option(arg, "g", &rest, &value)) {
			roots_add(&r->docker, value, trusted);
		} else if (hostproc_option(arg, "exec-root", &rest, &value)) {
			add_below(&r->runc, value, "/runtime-runc/moby", trusted);
			add_below(&r->crun, value, "/runtime-crun/moby", trusted);
			add_below(&r->bundles, value, "/containerd/daemon/" ROOTS_BUNDLES, trusted);
		} else if (hostproc_option(arg, "config-file", &rest, &value)) {
			roots_conf_docker(r, value, trusted);
		}
	}
}

/* The name of a configuration file may be relative to where the daemon runs. */
static void see_config(struct scan *scan, struct str file, bool trusted)
{
	char path[PATH_MAX];
	size_t len;

	if (file.len && file.p[0] == '/') {
		roots_conf_containerd(scan->roots, file, trusted);
		return;
	}
	if (!hostproc_cwd(scan->process, path))
		return;
	len = strlen(path);
	if (snprintf(path + len, sizeof(path) - len, "/%.*s", (int)file.len, file.p) <
	    (int)(sizeof(path) - len))
		roots_conf_containerd(scan->roots, str_of(path), trusted);
}

static void see_containerd(struct scan *scan, struct str rest, bool trusted)
{
	struct roots *r = scan->roots;
	struct str arg, value, config = { 0 };

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "state", &rest, &value))
			add_below(&r->bundles, value, "/" ROOTS_BUNDLES, trusted);
		else if (hostproc_option(arg, "config", &rest, &value) ||
			 hostproc_option(arg, "c", &rest, &value))
			config = value;
	}
	/* A user could have any number of files of any size parsed; the shims tell of theirs. */
	if (config.len && trusted)
		see_config(scan, config, trusted);
}

/* <graph root>/<driver>-containers/<id>/userdata */
static struct str up(struct str path, int levels)
{
	while (levels--) {
		struct str base = str_basename(path);

		if (base.len + 1 >= path.len)
			return str_from(NULL, 0);
		path.len -= base.len + 1;
	}
	return path;
}

void roots_learn(struct roots *roots, const struct ocicmd *command, struct str id)
{
	roots_add(command->crun ? &roots->crun : &roots->runc, command->root, true);
	/* <state>/io.containerd.runtime.v2.task/<namespace>/<id> */
	if (command->by_containerd && str_eq(str_basename(command->bundle), id))
		roots_add(&roots->bundles, up(command->bundle, 2), true);
}

/* It runs in the bundle of the first container it has: <directory>/<namespace>/<id>. */
static void see_shim(struct scan *scan, struct str rest, bool trusted)
{
	struct str arg, value, ns = { 0 }, id = { 0 }, cwd;
	char path[PATH_MAX];

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "namespace", &rest, &value))
			ns = value;
		else if (hostproc_option(arg, "id", &rest, &value))
			id = value;
	}
	if (!ns.len || !id.len || !hostproc_cwd(scan->process, path))
		return;
	cwd = str_of(path);
	if (str_eq(str_basename(cwd), id) && str_eq(str_basename(up(cwd, 1)), ns))
		roots_add(&scan->roots->bundles, up(cwd, 2), trusted);
}

static void copy_name(struct str name, char *out)
{
	size_t len = name.len < ROOTS_NAME_MAX ? name.len : ROOTS_NAME_MAX;

	if (len)
		memcpy(out, name.p, len);
	out[len] = '\0';
}

static void see_conmon(struct scan *scan, struct str rest, bool trusted)
{
	struct roots *r = scan->roots;
	struct str arg, value, id = { 0 }, name = { 0 };

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "b", &rest, &value) ||
		    hostproc_option(arg, "bundle", &rest, &value))
			roots_add(&r->podman, up(value, 2), trusted);
		else if (hostproc_option(arg, "c", &rest, &value) ||
			 hostproc_option(arg, "cid", &rest, &value))
			id = id.len ? id : value; /* arguments for others follow */
		else if (hostproc_option(arg, "n", &rest, &value) ||
			 hostproc_option(arg, "name", &rest, &value))
			name = value;
	}
	/* The name is only root's to give: any process may call itself conmon. */
	if (trusted && id.len == 64 && str_eq(id, scan->id)) {
		memcpy(r->conmon_id, id.p, id.len);
		r->conmon_id[64] = '\0';
		copy_name(name, r->conmon_name);
	}
}

static void see_podman(struct scan *scan, struct str rest, bool trusted)
{
	struct roots *r = scan->roots;
	struct str arg, value;

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "root", &rest, &value))
			roots_add(&r->graph, value, trusted);
	}
}

static void see_process(const struct hostproc *p, void *arg)
{
	static const struct {
		const char *name;
		void (*see)(struct scan *scan, struct str rest, bool trusted);
		bool begins; /* so do the names of one for each runtime */
	} daemons[] = {
		{ "dockerd", see_dockerd, false },     { "containerd", see_containerd, false },
		{ "containerd-shim", see_shim, true }, { "conmon", see_conmon, false },
		{ "podman", see_podman, false },
	};
	struct scan *scan = arg;
	struct hostfs *fs = scan->roots->fs;
	struct str rest = p->args, name, lxcpath;

	/* Its monitor has no name to begin with, but a title. */
	if (watcher_lxc_args(p->args, &lxcpath, &name)) {
		if (hostproc_has_root(p, fs->root_dev, fs->root_ino))
			roots_add(&scan->roots->lxc, lxcpath, p->uid == 0);
		return;
	}
	if (!hostproc_next_arg(&rest, &name))
		return;
	scan->process = p;
	name = str_basename(name);
	for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		struct str daemon = str_of(daemons[i].name);

		if (!str_eq(name, daemon) && !(daemons[i].begins && str_has_prefix(name, daemon)))
			continue;
		/* With a root of its own, its paths are not the host's. */
		if (hostproc_has_root(p, fs->root_dev, fs->root_ino))
			daemons[i].see(scan, rest, p->uid == 0);
		return;
	}
}

/* ---- all of them */

static void add_usual(struct roots *r)
{
	static const char *const docker[] = { "/var/lib/docker",
					      "/var/snap/docker/common/var-lib-docker" };
	static const char *const runc[] = { "/run/runc", "/run/docker/runtime-runc/moby" };
	static const char *const crun[] = { "/run/crun", "/run/docker/runtime-crun/moby" };
	static const char *const bundles[] = { "/run/containerd/" ROOTS_BUNDLES,
					       "/run/docker/containerd/daemon/" ROOTS_BUNDLES,
					       "/run/k3s/containerd/" ROOTS_BUNDLES };
	static const char *const lxc[] = { "/var/lib/lxc", "/var/lib/lxd/containers",
					   "/var/lib/incus/containers",
					   "/var/snap/lxd/common/lxd/containers" };

#define ADD_ALL(list)                                               \
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) \
	roots_add(&r->list, str_of(list[i]), true)
	static const char *const graph[] = { "/var/lib/containers/storage" };

	ADD_ALL(docker);
	ADD_ALL(graph);
	ADD_ALL(runc);
	ADD_ALL(crun);
	ADD_ALL(bundles);
	ADD_ALL(lxc);
#undef ADD_ALL
}

int roots_init(struct roots *roots, struct hostfs *fs, const char *proc_root)
{
	*roots = (struct roots){ .fs = fs, .proc_root = strdup(proc_root) };
	if (!roots->proc_root)
		return -ENOMEM;
	add_usual(roots);
	return 0;
}

static void list_done(struct root_list *list)
{
	for (unsigned int i = 0; i < list->len; i++)
		free(list->path[i]);
	list->len = list->trusted_len = 0;
}

void roots_done(struct roots *roots)
{
	list_done(&roots->docker);
	list_done(&roots->graph);
	list_done(&roots->podman);
	list_done(&roots->runc);
	list_done(&roots->crun);
	list_done(&roots->bundles);
	list_done(&roots->lxc);
	free(roots->proc_root);
	roots->proc_root = NULL;
}

bool roots_scan(struct roots *roots, uint64_t now_ns, struct str id)
{
	struct scan scan = { .roots = roots, .id = id };

	if (now_ns < roots->next_scan_ns)
		return false;
	roots->next_scan_ns = now_ns + SCAN_EVERY_NS;
	roots->conmon_id[0] = roots->conmon_name[0] = '\0';
	if (now_ns >= roots->next_users_ns) {
		roots->next_users_ns = now_ns + USERS_EVERY_NS;
		roots_conf_read(roots);
	}
	hostproc_each(roots->proc_root, see_process, &scan);
	roots_conf_state(roots); /* last, for the processes may have named graph roots */
	return true;
}
