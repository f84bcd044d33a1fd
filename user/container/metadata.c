// SPDX-License-Identifier: Apache-2.0
/*
 * metadata.c - which runtime knows a container, and what it says of it
 */
#include "container/metadata.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "container/docker.h"
#include "container/inside.h"
#include "container/podman.h"
#include "container/roots_args.h"
#include "container/runstate.h"
#include "container/watcher.h"

int metadata_init(struct metadata *md, const char *host_root, const char *proc_root,
		  const struct cgroups *cgroups)
{
	int err = hostfs_init(&md->fs, host_root);

	if (err)
		return err;
	md->cgroups = cgroups;
	err = roots_init(&md->roots, &md->fs, proc_root);
	if (err)
		hostfs_done(&md->fs);
	return err;
}

/* Does a file of root's, not of a user's, say of this cgroup that it is the container's? */
static bool is_roots(struct metadata *md, const struct cgpath_match *match, struct str path)
{
	struct meta meta = { 0 };
	int err;

	md->roots.users = (struct cgroups_users){ { CGROUPS_NO_UID, CGROUPS_NO_UID } };
	md->roots.users_only = false;
	err = runstate_confirm(&md->roots, match->id, path, &meta);
	meta_done(&meta);
	return err == 0;
}

struct metadata_place metadata_place(struct metadata *md, const struct cgpath_match *match,
				     struct str path, const char *outer_id)
{
	struct metadata_place place = { .path = path,
					.users = cgroups_users(md->cgroups, path),
					.outer_id = outer_id };

	/* A name that may be one is not believed in any case unless the path is confirmed. */
	if (match->verdict != CGPATH_MAYBE)
		place.doubted = (outer_id || cgroups_is_users(md->cgroups, path)) &&
				!is_roots(md, match, path);
	return place;
}

void metadata_done(struct metadata *md)
{
	roots_done(&md->roots);
	hostfs_done(&md->fs);
}

void metadata_scan(struct metadata *md, uint64_t now_ns)
{
	roots_scan(&md->roots, now_ns, str_from(NULL, 0));
	md->roots.next_scan_ns = 0; /* the first container may still ask */
}

void metadata_learn(struct metadata *md, const struct ocicmd *command, struct str id)
{
	roots_args_learn(&md->roots, command, id);
}

static bool may_be(const struct cgpath_match *m, const char *runtime)
{
	return m->runtime_guessed || strcmp(m->runtime, runtime) == 0;
}

/* What conmon was told is less than what Podman wrote, but there even if that is not. */
static void read_conmon(struct metadata *md, const char *id, struct meta *meta)
{
	if (md->roots.users_only || strcmp(md->roots.conmon_id, id) != 0)
		return;
	meta_set(&meta->name, str_of(md->roots.conmon_name));
	meta->runtime = "podman";
}

static void read_id(struct metadata *md, const struct cgpath_match *m, struct meta *meta)
{
	bool crio = may_be(m, "cri-o");

	if (may_be(m, "docker") && docker_read(&md->roots, m->id, meta) == 0)
		return;
	if ((crio || may_be(m, "podman")) && podman_read(&md->roots, m->id, crio, meta) == 0)
		return;
	if (may_be(m, "podman"))
		read_conmon(md, m->id, meta);
	if (!meta->runtime)
		runstate_read(&md->roots, m->id, meta);
}

static void read_build(struct metadata *md, const struct cgpath_match *m, struct meta *meta)
{
	char whole[CGID_MAX + sizeof("buildah-")];
	struct meta state = { 0 };

	if (strcmp(m->runtime, "buildkit") == 0) {
		if (docker_has_build(&md->roots, m->id))
			meta->runtime = "buildkit";
		return;
	}
	snprintf(whole, sizeof(whole), "buildah-%s", m->id);
	if (runstate_read(&md->roots, whole, &state) == 0)
		meta->runtime = "buildah";
	meta_done(&state);
}

static struct watcher watcher_of(const struct metadata *md)
{
	return (struct watcher){ .cgroups = md->cgroups,
				 .fs = &md->fs,
				 .proc_root = md->roots.proc_root };
}

static bool is_lxc(struct metadata *md, const char *lxcpath, const char *name, struct meta *meta)
{
	char path[PATH_MAX + CGID_MAX + 16];
	int err;

	snprintf(path, sizeof(path), "%s/%s/config", lxcpath, name);
	err = hostfs_check(&md->fs, path);
	meta_miss(meta, err);
	if (!err)
		return true;
	/* LXD and Incus keep a directory, or a link to one, and no such file. */
	snprintf(path, sizeof(path), "%s/%s/rootfs", lxcpath, name);
	return hostfs_is_dir(&md->fs, path);
}

static void read_lxc(struct metadata *md, const char *id, struct str own_path, struct meta *meta)
{
	const struct watcher w = watcher_of(md);
	char lxcpath[PATH_MAX], name[CGID_MAX + 1];

	if (watcher_lxc(&w, own_path, name, lxcpath, sizeof(lxcpath)) == 0) {
		roots_add(&md->roots.lxc, str_of(lxcpath), 0);
		if (is_lxc(md, lxcpath, name, meta)) {
			meta_set(&meta->name, str_of(name));
			meta->runtime = "lxc";
			return;
		}
	}
	for (unsigned int i = 0; i < md->roots.lxc.len && !meta->runtime; i++)
		if (roots_may_tell(&md->roots, &md->roots.lxc, i) &&
		    is_lxc(md, md->roots.lxc.path[i], id, meta))
			meta->runtime = "lxc";
}

static void read_nspawn(struct metadata *md, const char *id, struct str own_path, struct meta *meta)
{
	const struct watcher w = watcher_of(md);
	char path[CGID_MAX + 32], name[CGID_MAX + 1];
	int err;

	snprintf(path, sizeof(path), "/run/systemd/machines/%s", id);
	err = md->roots.users_only ? -ENOENT : hostfs_check(&md->fs, path);
	meta_miss(meta, err);
	if (!err || (watcher_nspawn(&w, own_path, name) == 0 && strcmp(name, id) == 0))
		meta->runtime = "systemd-nspawn";
}

static void read_name(struct metadata *md, const struct cgpath_match *m, struct str own_path,
		      struct meta *meta)
{
	if (strcmp(m->runtime, "lxc") == 0)
		read_lxc(md, m->id, own_path, meta);
	else if (strcmp(m->runtime, "systemd-nspawn") == 0)
		read_nspawn(md, m->id, own_path, meta);
}

/* What nspawn without systemd runs is in a cgroup beside its own, which has no name to tell. */
static bool read_payload(struct metadata *md, struct str own_path, struct meta *meta)
{
	const struct watcher w = watcher_of(md);
	struct str leaf = str_basename(own_path);
	char name[CGID_MAX + 1];

	if (!str_eq(leaf, STR_LITERAL("payload")) ||
	    watcher_nspawn(&w, str_from(own_path.p, own_path.len - leaf.len - 1), name))
		return false;
	meta_set(&meta->name, str_of(name));
	meta->runtime = "systemd-nspawn";
	return true;
}

static void read_maybe(struct metadata *md, const struct cgpath_match *m, struct str own_path,
		       struct meta *meta)
{
	if (!read_payload(md, own_path, meta))
		runstate_confirm(&md->roots, m->id, own_path, meta);
}

void metadata_read_known(struct metadata *md, const struct cgpath_match *m, struct str own_path,
			 struct meta *meta)
{
	/* In a path below a state directory these would mean another file. */
	if (strcmp(m->id, ".") == 0 || strcmp(m->id, "..") == 0)
		return;
	/* Each look has its own reason, unless an earlier one found what is not read again. */
	if (!meta->runtime)
		meta->missing = MISSING_NONE;
	switch (m->verdict) {
	case CGPATH_CONTAINER:
		read_id(md, m, meta);
		break;
	case CGPATH_NAME:
		read_name(md, m, own_path, meta);
		break;
	case CGPATH_BUILD:
		read_build(md, m, meta);
		break;
	case CGPATH_MAYBE:
		read_maybe(md, m, own_path, meta);
		break;
	case CGPATH_HOST:
	case CGPATH_POD:
		break;
	}
	/* One file that could not be used matters only if no other said it all. */
	if (meta->runtime && meta->name.len && (meta->image.len || meta->image_id.len))
		meta->missing = MISSING_NONE;
}

/* Docker and Podman write all of it before the container starts; others need not. */
static bool is_complete(const struct cgpath_match *m, const struct meta *meta)
{
	if (!meta->runtime)
		return false;
	if (m->verdict != CGPATH_CONTAINER || strcmp(meta->runtime, "containerd") == 0)
		return true;
	return meta->name.len && (meta->image.len || meta->image_id.len);
}

/* The host's word counts before the word of a container about what is in it. */
static bool read_all(struct metadata *md, const struct cgpath_match *match,
		     const struct metadata_place *place, struct meta *meta)
{
	metadata_read_known(md, match, place->path, meta);
	if (!meta->runtime && place->outer_id)
		inside_read(md, place->outer_id, match, place->path, meta);
	return is_complete(match, meta);
}

int metadata_read(struct metadata *md, const struct cgpath_match *match,
		  struct metadata_place place, uint64_t now_ns, struct meta *meta)
{
	md->roots.users = place.users;
	md->roots.users_only = place.doubted;
	if (read_all(md, match, &place, meta))
		return 0;
	/* Perhaps a daemon that nobody has asked yet; but not for every cgroup's name. */
	if (match->verdict == CGPATH_MAYBE)
		return -EAGAIN;
	if (roots_scan(&md->roots, now_ns, str_of(match->id)) && read_all(md, match, &place, meta))
		return 0;
	return -EAGAIN;
}
