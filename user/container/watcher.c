// SPDX-License-Identifier: Apache-2.0
/*
 * watcher.c - what LXC and systemd-nspawn call a container, from the process beside it
 */
#include "container/watcher.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "container/hostproc.h"

#define WATCHERS_MAX 64 /* looked at in one cgroup */

/* ---- command lines */

/* systemd's hostname_is_valid(), which machine names must pass. */
static bool is_machine_name(struct str s)
{
	if (s.len == 0 || s.len > 64 || s.p[0] == '.' || s.p[s.len - 1] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

/* Those of its long options whose value may be the next argument (systemd-nspawn(1)). */
static bool nspawn_takes_value(struct str name)
{
	static const char *const names[] = {
		"ambient-capability",
		"bind",
		"bind-ro",
		"bind-user",
		"bind-user-group",
		"bind-user-shell",
		"capability",
		"chdir",
		"console",
		"cpu-affinity",
		"directory",
		"drop-capability",
		"hostname",
		"image",
		"image-policy",
		"inaccessible",
		"kill-signal",
		"link-journal",
		"load-credential",
		"machine",
		"network-bridge",
		"network-interface",
		"network-ipvlan",
		"network-macvlan",
		"network-namespace-path",
		"network-veth-extra",
		"network-zone",
		"notify-ready",
		"oci-bundle",
		"oom-score-adjust",
		"overlay",
		"overlay-ro",
		"personality",
		"pivot-root",
		"port",
		"private-users-ownership",
		"property",
		"register",
		"resolv-conf",
		"restrict-address-families",
		"rlimit",
		"root-hash",
		"root-hash-sig",
		"selinux-apifs-context",
		"selinux-context",
		"set-credential",
		"setenv",
		"settings",
		"slice",
		"suppress-sync",
		"system-call-filter",
		"template",
		"timezone",
		"tmpfs",
		"user",
		"uuid",
		"verity-data",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(name, str_of(names[i])))
			return true;
	}
	return false;
}

struct nspawn_options {
	struct str machine;
	struct str directory;
	struct str image;
	bool ephemeral;
};

static void see_nspawn_option(struct nspawn_options *o, struct str name, struct str value)
{
	if (str_eq(name, STR_LITERAL("machine")) || str_eq(name, STR_LITERAL("M")))
		o->machine = value;
	else if (str_eq(name, STR_LITERAL("directory")) || str_eq(name, STR_LITERAL("D")))
		o->directory = value;
	else if (str_eq(name, STR_LITERAL("image")) || str_eq(name, STR_LITERAL("i")))
		o->image = value;
	else if (str_eq(name, STR_LITERAL("ephemeral")) || str_eq(name, STR_LITERAL("x")))
		o->ephemeral = true;
}

/* "--name", "--name=value", "--name" "value". */
static void see_long(struct nspawn_options *o, struct str arg, struct str *rest)
{
	struct str name = str_from(arg.p + 2, arg.len - 2), value = str_from(arg.p, 0);
	const char *equals = memchr(name.p, '=', name.len);

	if (equals) {
		value = str_from(equals + 1, (size_t)(name.p + name.len - equals - 1));
		name.len = (size_t)(equals - name.p);
	} else if (nspawn_takes_value(name)) {
		hostproc_next_arg(rest, &value);
	}
	see_nspawn_option(o, name, value);
}

/* "-bD/dir", "-bD" "/dir". */
static void see_short(struct nspawn_options *o, struct str arg, struct str *rest)
{
	static const char with_value[] = "DELMSZipu";

	for (size_t i = 1; i < arg.len; i++) {
		struct str value = str_from(arg.p + i + 1, arg.len - i - 1);

		if (!strchr(with_value, arg.p[i])) {
			see_nspawn_option(o, str_from(arg.p + i, 1), str_from(arg.p, 0));
			continue;
		}
		if (value.len == 0)
			hostproc_next_arg(rest, &value);
		see_nspawn_option(o, str_from(arg.p + i, 1), value);
		return;
	}
}

static struct str without_slash(struct str path)
{
	while (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	return path;
}

bool watcher_nspawn_name(struct str args, struct str *ret_name)
{
	struct nspawn_options o = { 0 };
	struct str arg, name;

	if (!hostproc_next_arg(&args, &arg) ||
	    !str_eq(str_basename(arg), STR_LITERAL("systemd-nspawn")))
		return false;
	/* What follows the first that is no option is the container's. */
	while (hostproc_next_arg(&args, &arg) && arg.len > 1 && arg.p[0] == '-' &&
	       !str_eq(arg, STR_LITERAL("--"))) {
		if (arg.p[1] == '-')
			see_long(&o, arg, &args);
		else
			see_short(&o, arg, &args);
	}
	name = o.machine;
	if (!name.len) {
		/* The name of a copy that is thrown away is made up by nspawn. */
		if (o.ephemeral)
			return false;
		name = str_basename(without_slash(o.image.len ? o.image : o.directory));
		if (o.image.len && name.len > 4 && !memcmp(name.p + name.len - 4, ".raw", 4))
			name.len -= 4;
	}
	if (!is_machine_name(name))
		return false;
	*ret_name = name;
	return true;
}

bool watcher_lxc_args(struct str args, struct str *ret_lxcpath, struct str *ret_name)
{
	static const struct str title = STR_LITERAL("[lxc monitor] ");
	struct str arg, value, lxcpath = { 0 }, name = { 0 };

	if (!hostproc_next_arg(&args, &arg))
		return false;
	if (str_has_prefix(arg, title)) {
		/* A path may hold spaces. */
		const char *space = memrchr(arg.p, ' ', arg.len);

		lxcpath = str_from(arg.p + title.len, 0);
		name = str_from(space + 1, (size_t)(arg.p + arg.len - space - 1));
		if (space > lxcpath.p)
			lxcpath.len = (size_t)(space - lxcpath.p);
	} else if (str_eq(str_basename(arg), STR_LITERAL("lxc-start")) ||
		   str_eq(str_basename(arg), STR_LITERAL("lxc-execute"))) {
		while (hostproc_next_arg(&args, &arg) && !str_eq(arg, STR_LITERAL("--"))) {
			if (hostproc_option(arg, "lxcpath", &args, &value) ||
			    hostproc_option(arg, "P", &args, &value))
				lxcpath = value;
			else if (hostproc_option(arg, "name", &args, &value) ||
				 hostproc_option(arg, "n", &args, &value))
				name = value;
		}
	} else {
		return false;
	}
	*ret_lxcpath = lxcpath;
	*ret_name = name;
	return true;
}

/* ---- the processes of a cgroup */

/* Calls back for those that are root's own. */
static void each_in(const struct watcher *w, struct str path,
		    void (*each)(const struct hostproc *p, void *arg), void *arg)
{
	uint32_t pids[WATCHERS_MAX];

	for (int i = 0; w->cgroups && i < CGROUPS_HIERARCHIES; i++) {
		size_t n = cgmount_read_procs(&w->cgroups->mount[i], path, pids, WATCHERS_MAX);

		for (size_t k = 0; k < n; k++)
			hostproc_one(w->proc_root, pids[k], each, arg);
		if (n)
			return; /* the same ones are in the other hierarchy's */
	}
}

static bool is_believed(const struct watcher *w, const struct hostproc *p)
{
	return hostproc_uid(p) == 0 && hostproc_has_root(p, w->fs->root_dev, w->fs->root_ino);
}

static bool copy_name(struct str name, char *out)
{
	if (name.len > CGID_MAX)
		return false;
	memcpy(out, name.p, name.len);
	out[name.len] = '\0';
	return true;
}

struct nspawn_search {
	const struct watcher *w;
	char *name;
	int err;
};

static void see_supervisor(const struct hostproc *p, void *arg)
{
	struct nspawn_search *s = arg;
	struct str name;

	if (s->err == -ENOTUNIQ || !is_believed(s->w, p) || !watcher_nspawn_name(p->args, &name))
		return;
	if (s->err == 0)
		s->err = str_eq(name, str_of(s->name)) ? 0 : -ENOTUNIQ;
	else if (copy_name(name, s->name))
		s->err = 0;
}

int watcher_nspawn(const struct watcher *w, struct str unit, char ret_name[CGID_MAX + 1])
{
	struct nspawn_search s = { .w = w, .name = ret_name, .err = -ENOENT };
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%.*s/supervisor", (int)unit.len, unit.p);

	if (n > 0 && n < (int)sizeof(path))
		each_in(w, str_of(path), see_supervisor, &s);
	return s.err;
}

struct lxc_search {
	const struct watcher *w;
	struct str id;
	char *name, *lxcpath;
	size_t size;
	int err;
};

/* "web" is "web", and "web-1" where a cgroup of that name was left. */
static bool may_be_called(struct str id, struct str name)
{
	if (!name.len || !str_has_prefix(id, name))
		return false;
	if (id.len == name.len)
		return true;
	for (size_t i = name.len + 1; i < id.len; i++) {
		if (id.p[i] < '0' || id.p[i] > '9')
			return false;
	}
	return id.p[name.len] == '-' && id.len > name.len + 1;
}

static void see_monitor(const struct hostproc *p, void *arg)
{
	struct lxc_search *s = arg;
	struct str lxcpath, name;

	if (s->err == 0 || !is_believed(s->w, p) || !watcher_lxc_args(p->args, &lxcpath, &name) ||
	    !lxcpath.len || lxcpath.len >= s->size || !may_be_called(s->id, name) ||
	    !copy_name(name, s->name))
		return;
	memcpy(s->lxcpath, lxcpath.p, lxcpath.len);
	s->lxcpath[lxcpath.len] = '\0';
	s->err = 0;
}

int watcher_lxc(const struct watcher *w, struct str payload, char ret_name[CGID_MAX + 1],
		char *ret_lxcpath, size_t size)
{
	static const struct str prefix = STR_LITERAL("lxc.payload.");
	struct str id = str_basename(payload), above = str_from(payload.p, payload.len - id.len);
	struct lxc_search s = { .w = w,
				.name = ret_name,
				.lxcpath = ret_lxcpath,
				.size = size,
				.err = -ENOENT };
	char path[PATH_MAX];
	int n;

	if (!str_has_prefix(id, prefix))
		return -ENOENT;
	s.id = str_from(id.p + prefix.len, id.len - prefix.len);
	n = snprintf(path, sizeof(path), "%.*slxc.monitor.%.*s", (int)above.len, above.p,
		     (int)s.id.len, s.id.p);
	if (n > 0 && n < (int)sizeof(path))
		each_in(w, str_of(path), see_monitor, &s);
	return s.err;
}
