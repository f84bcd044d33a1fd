// SPDX-License-Identifier: Apache-2.0
/*
 * runstate.c - what runc, crun and containerd's shims keep while a container runs
 */
#include "container/runstate.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>

#include "container/cgline.h"
#include "container/hostjson.h"

#define NAMESPACES_LOOKED_AT 256
#define STATE_PATH_MAX	     (PATH_MAX + 2 * 256 + 32)

/*
 * True if the text is the cgroup path below where its hierarchy is mounted: v2 (its
 * controller is "") in one of two places, v1 in a directory of its controllers' names.
 * A path that merely ends so is another cgroup.
 */
static bool is_mounted_path(struct str text, struct str path, const char *controller)
{
	static const struct str base = STR_LITERAL("/sys/fs/cgroup");
	struct str dir;

	if (path.len < 2 || text.len < base.len + path.len || !str_has_prefix(text, base) ||
	    memcmp(text.p + text.len - path.len, path.p, path.len) != 0)
		return false;
	dir = str_from(text.p + base.len, text.len - path.len - base.len);
	if (!controller[0])
		return dir.len == 0 || str_eq(dir, STR_LITERAL("/unified"));
	if (strncmp(controller, "name=", 5) == 0)
		controller += 5;
	return dir.len > 1 && dir.p[0] == '/' &&
	       cgline_has_controller(str_from(dir.p + 1, dir.len - 1), str_of(controller));
}

/* libcontainer's State (container_linux.go): {"cgroup_paths": {controller: path}}. */
static int confirm_runc(struct json_object *state, struct str path)
{
	struct json_object *paths = hostjson_object(state, "cgroup_paths");

	if (!paths)
		return -EBADMSG;
	json_object_object_foreach(paths, controller, value)
	{
		(void)value;
		if (is_mounted_path(hostjson_str(paths, controller), path, controller))
			return 0;
	}
	return -ENOENT;
}

/* libcrun_container_status_s (status.h): {"cgroup-path": "/…"}. */
static int confirm_crun(struct json_object *state, struct str path)
{
	struct str cgroup = hostjson_str(state, "cgroup-path");

	if (cgroup.len && cgroup.p[0] != '/' && path.len)
		path = str_from(path.p + 1, path.len - 1);
	return str_eq(cgroup, path) ? 0 : -ENOENT;
}

/* libcontainer keeps the bundle's annotations as "key=value", and the bundle's path so. */
static bool read_runc_labels(struct json_object *state, struct meta *meta)
{
	struct json_object *labels = hostjson_array(hostjson_object(state, "config"), "labels");
	size_t len = labels ? json_object_array_length(labels) : 0;

	for (size_t i = 0; i < len && meta->labels_len < META_LABELS_MAX; i++) {
		struct json_object *label = json_object_array_get_idx(labels, i);
		struct str text, value;
		const char *equals;

		if (!json_object_is_type(label, json_type_string))
			continue;
		text = str_from(json_object_get_string(label),
				(size_t)json_object_get_string_len(label));
		equals = text.len ? memchr(text.p, '=', text.len) : NULL;
		if (!equals || str_has_prefix(text, STR_LITERAL("bundle=")))
			continue;
		value = str_from(equals + 1, (size_t)(text.p + text.len - equals - 1));
		if (!meta_add_label(meta, str_from(text.p, (size_t)(equals - text.p)), value))
			return false;
	}
	return true;
}

/*
 * Without a path the file's being there is enough, for only root can put it there; what
 * more it says is read if it can be.
 */
static int read_state(struct roots *roots, const char *file, struct str path,
		      int (*confirm)(struct json_object *, struct str), struct meta *meta)
{
	_cleanup_json_ struct json_object *state = NULL;
	int err = hostjson_read(roots->fs, file, &state);

	if (err)
		return path.len || !hostfs_is_file(roots->fs, file) ? err : 0;
	if (path.len) {
		err = confirm(state, path);
		if (err)
			return err;
	}
	meta_set_created(meta, hostjson_str(state, "created"));
	return read_runc_labels(state, meta) ? 0 : -ENOMEM;
}

static int read_bundle(struct roots *roots, const char *file, const char *ns, struct str path,
		       struct meta *meta)
{
	_cleanup_json_ struct json_object *config = NULL;
	struct json_object *notes;
	struct str cgroup;
	int err = hostjson_read(roots->fs, file, &config);

	if (err)
		return err;
	if (path.len) {
		cgroup = hostjson_str(hostjson_object(config, "linux"), "cgroupsPath");
		if (!str_eq(cgroup, path))
			return -ENOENT;
	}
	notes = hostjson_object(config, "annotations");
	if (!meta_set(&meta->name, hostjson_str(notes, "io.kubernetes.cri.container-name")) ||
	    !meta_set(&meta->name, hostjson_str(notes, "nerdctl/name")) ||
	    !meta_set(&meta->name, hostjson_str(notes, "io.kubernetes.cri.sandbox-name")) ||
	    !meta_set_image(meta, hostjson_str(notes, "io.kubernetes.cri.image-name")) ||
	    !meta_set(&meta->pod_name, hostjson_str(notes, "io.kubernetes.cri.sandbox-name")) ||
	    !meta_set(&meta->pod_namespace,
		      hostjson_str(notes, "io.kubernetes.cri.sandbox-namespace")) ||
	    !meta_set(&meta->pod_uid, hostjson_str(notes, "io.kubernetes.cri.sandbox-uid")) ||
	    !hostjson_labels(notes, meta))
		return -ENOMEM;
	meta->runtime = strcmp(ns, "moby") == 0 ? "docker" : "containerd";
	return 0;
}

/* ---- one name in all directories */

struct search {
	struct roots *roots;
	const char *id;
	struct str path; /* len 0: need not be confirmed */
	struct meta *meta;
	const char *bundles;
	int err;
};

static bool see_namespace(const char *ns, void *arg)
{
	struct search *s = arg;
	char file[STATE_PATH_MAX];
	int err;

	snprintf(file, sizeof(file), "%s/%s/%s/config.json", s->bundles, ns, s->id);
	err = read_bundle(s->roots, file, ns, s->path, s->meta);
	if (err == -ENOENT)
		return false;
	s->err = err;
	return err == 0;
}

static void search_bundles(struct search *s)
{
	const struct root_list *list = &s->roots->bundles;

	for (unsigned int i = 0; i < list->len && s->err; i++) {
		s->bundles = list->path[i];
		hostfs_each_dir(s->roots->fs, s->bundles, NAMESPACES_LOOKED_AT, see_namespace, s);
	}
}

static void search_states(struct search *s, const struct root_list *list, const char *name,
			  int (*confirm)(struct json_object *, struct str), const char *runtime)
{
	for (unsigned int i = 0; i < list->len && s->err; i++) {
		char file[STATE_PATH_MAX];
		int err;

		snprintf(file, sizeof(file), "%s/%s/%s", list->path[i], s->id, name);
		err = read_state(s->roots, file, s->path, confirm, s->meta);
		if (err != -ENOENT)
			s->err = err;
		if (err)
			continue;
		/* Docker's are in a directory of containerd's namespace for it. */
		if (str_eq(str_basename(str_of(list->path[i])), STR_LITERAL("moby")))
			s->meta->runtime = "docker";
		else if (memmem(list->path[i], strlen(list->path[i]), "containerd", 10))
			s->meta->runtime = "containerd";
		else
			s->meta->runtime = runtime;
	}
}

static int search_all(struct search *s)
{
	s->err = -ENOENT;
	search_bundles(s);
	if (s->err)
		search_states(s, &s->roots->runc, "state.json", confirm_runc, "runc");
	if (s->err)
		search_states(s, &s->roots->crun, "status", confirm_crun, "crun");
	return s->err;
}

int runstate_read(struct roots *roots, const char *id, struct meta *meta)
{
	struct search s = { .roots = roots, .id = id, .meta = meta };

	return search_all(&s);
}

int runstate_confirm(struct roots *roots, const char *name, struct str path, struct meta *meta)
{
	struct search s = { .roots = roots, .id = name, .path = path, .meta = meta };

	return path.len ? search_all(&s) : -ENOENT;
}
