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

struct search {
	struct roots *roots;
	const char *id;
	struct str path; /* len 0: need not be confirmed */
	struct meta *meta;
	const char *bundles;
	bool trusted; /* the directory is root's */
	int err;
};

/*
 * Any cgroup may have the name that is to be confirmed: a file of a user's must not
 * make it look like one that nobody can tell of.
 */
static void miss(const struct search *s, int err)
{
	if (s->trusted || !s->path.len)
		meta_miss(s->meta, err);
}

/* What root's files do not say is not for a user's to say. */
static bool is_over(const struct search *s)
{
	return !s->err || (!s->trusted && s->err != -ENOENT);
}

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
 * Without a path a file of root's is proof by its being there, for only root can put it
 * there; what more it says is read if it can be.
 */
static bool is_proof(const struct search *s, const char *file, int err)
{
	return !s->path.len && s->trusted && err != -EUCLEAN && hostfs_is_file(s->roots->fs, file);
}

static int read_state(struct search *s, const char *file,
		      int (*confirm)(struct json_object *, struct str))
{
	_cleanup_json_ struct json_object *state = NULL;
	struct meta *meta = s->meta;
	int err = hostjson_read(s->roots->fs, file, s->trusted, &state);

	if (!err && s->path.len)
		err = confirm(state, s->path);
	miss(s, err);
	if (err)
		return is_proof(s, file, err) ? 0 : err;
	meta_set_created(meta, hostjson_str(state, "created"));
	return read_runc_labels(state, meta) ? 0 : -ENOMEM;
}

static int read_bundle(struct search *s, const char *file, const char *ns)
{
	_cleanup_json_ struct json_object *config = NULL;
	struct meta *meta = s->meta;
	struct json_object *notes;
	struct str cgroup;
	int err = hostjson_read(s->roots->fs, file, s->trusted, &config);

	miss(s, err);
	if (err)
		return err;
	if (s->path.len) {
		cgroup = hostjson_str(hostjson_object(config, "linux"), "cgroupsPath");
		if (!str_eq(cgroup, s->path))
			return -ENOENT;
	}
	notes = hostjson_object(config, "annotations");
	if (!meta_set(&meta->name, hostjson_str(notes, "io.kubernetes.cri.container-name")) ||
	    !meta_set(&meta->name, hostjson_str(notes, "nerdctl/name")) ||
	    !meta_set(&meta->name, hostjson_str(notes, "io.kubernetes.cri.sandbox-name")) ||
	    !meta_set_image(meta, hostjson_str(notes, "io.kubernetes.cri.image-name")) ||
	    !meta_set_image(meta, hostjson_str(notes, "io.kubernetes.cri.podsandbox.image-name")) ||
	    !meta_set(&meta->pod_name, hostjson_str(notes, "io.kubernetes.cri.sandbox-name")) ||
	    !meta_set(&meta->pod_namespace,
		      hostjson_str(notes, "io.kubernetes.cri.sandbox-namespace")) ||
	    !meta_set(&meta->pod_uid, hostjson_str(notes, "io.kubernetes.cri.sandbox-uid")) ||
	    !hostjson_labels(notes, meta))
		return -ENOMEM;
	meta->runtime = strcmp(ns, "moby") == 0 ? "docker" : "containerd";
	return meta_set(&meta->containerd_ns, str_of(ns)) ? 0 : -ENOMEM;
}

/* ---- one name in all directories */

static bool see_namespace(const char *ns, void *arg)
{
	struct search *s = arg;
	char file[STATE_PATH_MAX];
	int err;

	snprintf(file, sizeof(file), "%s/%s/%s/config.json", s->bundles, ns, s->id);
	err = read_bundle(s, file, ns);
	if (err == -ENOENT)
		return false;
	s->err = err;
	return err == 0;
}

static void search_bundles(struct search *s)
{
	const struct root_list *list = &s->roots->bundles;

	for (unsigned int i = 0; i < list->len; i++) {
		s->trusted = i < list->trusted_len;
		if (is_over(s))
			break;
		if (!roots_may_tell(s->roots, list, i))
			continue;
		s->bundles = list->path[i];
		hostfs_each_dir(s->roots->fs, s->bundles, NAMESPACES_LOOKED_AT, see_namespace, s);
	}
}

static void search_states(struct search *s, const struct root_list *list, const char *name,
			  int (*confirm)(struct json_object *, struct str), const char *runtime)
{
	for (unsigned int i = 0; i < list->len; i++) {
		char file[STATE_PATH_MAX];
		int err;

		s->trusted = i < list->trusted_len;
		if (is_over(s))
			break;
		if (!roots_may_tell(s->roots, list, i))
			continue;
		snprintf(file, sizeof(file), "%s/%s/%s", list->path[i], s->id, name);
		err = read_state(s, file, confirm);
		if (err != -ENOENT)
			s->err = err;
		if (err)
			continue;
		/* Docker's are in a directory of containerd's namespace for it. */
		if (str_eq(str_basename(str_of(list->path[i])), STR_LITERAL("moby"))) {
			s->meta->runtime = "docker";
		} else if (memmem(list->path[i], strlen(list->path[i]), "containerd", 10)) {
			s->meta->runtime = "containerd";
			/* Out of memory: the namespaces in use are tried. */
			meta_set(&s->meta->containerd_ns, str_basename(str_of(list->path[i])));
		} else {
			s->meta->runtime = runtime;
		}
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
