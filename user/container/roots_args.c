// SPDX-License-Identifier: Apache-2.0
/*
 * roots_args.c - runtime directories named on the command lines of daemons
 */
#include "container/roots_args.h"

#include <limits.h>
#include <stdio.h>

#include "container/roots_conf.h"
#include "container/watcher.h"

static void add_below(struct root_list *list, struct str base, const char *rest, uid_t uid)
{
	char path[PATH_MAX];

	if (base.len == 0 || base.len > INT_MAX)
		return;
	if (snprintf(path, sizeof(path), "%.*s%s", (int)base.len, base.p, rest) < (int)sizeof(path))
		roots_add(list, str_of(path), uid);
}

struct scan {
	struct roots *roots;
	struct str id;
	const struct hostproc *process; /* the one that is looked at; NULL: only its arguments */
};

/* "-H value" or "-Hvalue": where a daemon listens. */
static bool is_host(struct str arg, struct str *rest, struct str *ret_value)
{
	static const struct str glued = STR_LITERAL("-Hunix://");

	if (hostproc_option(arg, "H", rest, ret_value) ||
	    hostproc_option(arg, "host", rest, ret_value))
		return true;
	if (!str_has_prefix(arg, glued))
		return false;
	*ret_value = str_from(arg.p + 2, arg.len - 2);
	return true;
}

static void see_dockerd(struct scan *scan, struct str rest, uid_t uid)
{
	struct roots *r = scan->roots;
	struct str arg, value;

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "data-root", &rest, &value) ||
		    hostproc_option(arg, "graph", &rest, &value) ||
		    hostproc_option(arg, "g", &rest, &value)) {
			roots_add(&r->docker, value, uid);
		} else if (hostproc_option(arg, "exec-root", &rest, &value)) {
			add_below(&r->runc, value, "/runtime-runc/moby", uid);
			add_below(&r->crun, value, "/runtime-crun/moby", uid);
			add_below(&r->bundles, value, "/containerd/daemon/" ROOTS_BUNDLES, uid);
		} else if (hostproc_option(arg, "config-file", &rest, &value)) {
			roots_conf_docker(r, value, uid);
		} else if (is_host(arg, &rest, &value)) {
			endpoints_add(&r->endpoints, ENDPOINT_DOCKER, uid, value);
		}
	}
}

/* The name of a configuration file may be relative to where the daemon runs. */
static void see_config(struct scan *scan, struct str file, uid_t uid)
{
	char path[PATH_MAX];
	size_t len;

	if (file.len && file.p[0] == '/') {
		roots_conf_containerd(scan->roots, file, uid);
		return;
	}
	if (!scan->process || !hostproc_cwd(scan->process, path))
		return;
	len = strlen(path);
	if (snprintf(path + len, sizeof(path) - len, "/%.*s", (int)file.len, file.p) <
	    (int)(sizeof(path) - len))
		roots_conf_containerd(scan->roots, str_of(path), uid);
}

static void see_containerd(struct scan *scan, struct str rest, uid_t uid)
{
	struct roots *r = scan->roots;
	struct str arg, value, config = { 0 };

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "state", &rest, &value))
			add_below(&r->bundles, value, "/" ROOTS_BUNDLES, uid);
		else if (hostproc_option(arg, "config", &rest, &value) ||
			 hostproc_option(arg, "c", &rest, &value))
			config = value;
		else if (hostproc_option(arg, "address", &rest, &value) ||
			 hostproc_option(arg, "a", &rest, &value))
			endpoints_add(&r->endpoints, ENDPOINT_CONTAINERD, uid, value);
	}
	/* A user could have any number of files of any size parsed; the shims tell of theirs. */
	if (config.len && uid == 0)
		see_config(scan, config, uid);
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

void roots_args_learn(struct roots *roots, const struct ocicmd *command, struct str id)
{
	roots_add(command->crun ? &roots->crun : &roots->runc, command->root, 0);
	/* <state>/io.containerd.runtime.v2.task/<namespace>/<id> */
	if (command->by_containerd && str_eq(str_basename(command->bundle), id))
		roots_add(&roots->bundles, up(command->bundle, 2), 0);
}

/* It runs in the bundle of the first container it has: <directory>/<namespace>/<id>. */
static void see_shim(struct scan *scan, struct str rest, uid_t uid)
{
	struct str arg, value, ns = { 0 }, id = { 0 }, cwd;
	char path[PATH_MAX];

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "namespace", &rest, &value))
			ns = value;
		else if (hostproc_option(arg, "id", &rest, &value))
			id = value;
		else if (hostproc_option(arg, "address", &rest, &value))
			endpoints_add(&scan->roots->endpoints, ENDPOINT_CONTAINERD, uid, value);
	}
	if (!ns.len || !id.len || !scan->process || !hostproc_cwd(scan->process, path))
		return;
	cwd = str_of(path);
	if (str_eq(str_basename(cwd), id) && str_eq(str_basename(up(cwd, 1)), ns))
		roots_add(&scan->roots->bundles, up(cwd, 2), uid);
}

static void copy_name(struct str name, char *out)
{
	size_t len = name.len < ROOTS_NAME_MAX ? name.len : ROOTS_NAME_MAX;

	if (len)
		memcpy(out, name.p, len);
	out[len] = '\0';
}

static void parse_conmon(struct str rest, struct roots_monitor *ret)
{
	struct str arg, value;

	*ret = (struct roots_monitor){ 0 };
	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "b", &rest, &value) ||
		    hostproc_option(arg, "bundle", &rest, &value))
			ret->containers = up(value, 2);
		else if (hostproc_option(arg, "c", &rest, &value) ||
			 hostproc_option(arg, "cid", &rest, &value))
			ret->id = ret->id.len ? ret->id : value; /* arguments for others follow */
		else if (hostproc_option(arg, "n", &rest, &value) ||
			 hostproc_option(arg, "name", &rest, &value))
			ret->name = value;
	}
}

static void see_conmon(struct scan *scan, struct str rest, uid_t uid)
{
	struct roots *r = scan->roots;
	struct roots_monitor m;

	parse_conmon(rest, &m);
	roots_add(&r->podman, m.containers, uid);
	/* The name is only root's to give, and by conmon: any process may call itself so. */
	if (uid == 0 && scan->process && hostproc_has_program(scan->process, "conmon") &&
	    m.id.len == 64 && str_eq(m.id, scan->id)) {
		memcpy(r->conmon_id, m.id.p, m.id.len);
		r->conmon_id[64] = '\0';
		copy_name(m.name, r->conmon_name);
	}
}

static void see_podman(struct scan *scan, struct str rest, uid_t uid)
{
	struct roots *r = scan->roots;
	struct str arg, value;
	bool service = false;

	while (hostproc_next_arg(&rest, &arg)) {
		if (hostproc_option(arg, "root", &rest, &value))
			roots_add(&r->graph, value, uid);
		else if (str_eq(arg, STR_LITERAL("service")))
			service = true;
		else if (service && str_has_prefix(arg, STR_LITERAL("unix://")))
			endpoints_add(&r->endpoints, ENDPOINT_PODMAN, uid, arg);
	}
}

/* It has no name to begin with, but a title. */
static void see_lxc(struct scan *scan, struct str args, uid_t uid)
{
	struct str lxcpath, name;

	if (watcher_lxc_args(args, &lxcpath, &name))
		roots_add(&scan->roots->lxc, lxcpath, uid);
}

typedef void (*see_fn)(struct scan *scan, struct str rest, uid_t uid);

/* Takes the program's name off *args. NULL: it keeps no containers' files. */
static see_fn daemon_of(struct str *args)
{
	static const struct {
		const char *name;
		see_fn see;
		bool begins; /* so do the names of one for each runtime */
	} daemons[] = {
		{ "dockerd", see_dockerd, false },     { "containerd", see_containerd, false },
		{ "containerd-shim", see_shim, true }, { "conmon", see_conmon, false },
		{ "podman", see_podman, false },
	};
	struct str name, lxcpath;

	if (watcher_lxc_args(*args, &lxcpath, &name))
		return see_lxc;
	if (!hostproc_next_arg(args, &name))
		return NULL;
	name = str_basename(name);
	for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		struct str daemon = str_of(daemons[i].name);

		if (str_eq(name, daemon) || (daemons[i].begins && str_has_prefix(name, daemon)))
			return daemons[i].see;
	}
	return NULL;
}

bool roots_args_of_daemon(struct str args)
{
	return daemon_of(&args) != NULL;
}

void roots_args_see(struct roots *roots, struct str args, uid_t uid, const struct hostproc *process,
		    struct str id)
{
	struct scan scan = { .roots = roots, .id = id, .process = process };
	see_fn see = daemon_of(&args);

	if (see && !subuids_has(&roots->subuids, uid))
		see(&scan, args, uid);
}

bool roots_args_monitor(struct str args, struct roots_monitor *ret_monitor)
{
	if (daemon_of(&args) != see_conmon)
		return false;
	parse_conmon(args, ret_monitor);
	return true;
}
