// SPDX-License-Identifier: Apache-2.0
/*
 * podman.c - what containers/storage keeps about a container of Podman or CRI-O
 */
#include "container/podman.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>

#include "container/hostjson.h"

static struct str first_name(struct json_object *entry)
{
	struct json_object *names = hostjson_array(entry, "names"), *name;

	if (!names || json_object_array_length(names) == 0)
		return str_from(NULL, 0);
	name = json_object_array_get_idx(names, 0);
	if (!json_object_is_type(name, json_type_string))
		return str_from(NULL, 0);
	return str_from(json_object_get_string(name), (size_t)json_object_get_string_len(name));
}

static int read_entry(struct roots *roots, struct json_object *entry, struct meta *meta)
{
	_cleanup_json_ struct json_object *inner = NULL;
	struct str text = hostjson_str(entry, "metadata");
	int err = 0;

	/* Without the inner one, the outer still has the name and the image's id. */
	if (text.len)
		err = hostjson_parse(roots->fs, text, &inner);
	if (err == -ENOMEM)
		return err;
	meta_miss(meta, err);
	if (!meta_set(&meta->name, hostjson_str(inner, "name")) ||
	    !meta_set(&meta->name, first_name(entry)) ||
	    !meta_set_image(meta, hostjson_str(inner, "image-name")) ||
	    !meta_set_image_id(meta, hostjson_str(inner, "image-id")) ||
	    !meta_set_image_id(meta, hostjson_str(entry, "image")))
		return -ENOMEM;
	meta_set_created(meta, hostjson_str(entry, "created"));
	meta->runtime = "podman";
	return 0;
}

static int read_list(struct roots *roots, const char *path, bool trusted, const char *id,
		     struct meta *meta)
{
	_cleanup_json_ struct json_object *list = NULL;
	int err = hostjson_read(roots->fs, path, trusted, &list);

	if (err)
		return err;
	if (!json_object_is_type(list, json_type_array)) {
		roots->fs->errors++;
		return -EBADMSG;
	}
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (str_eq(hostjson_str(entry, "id"), str_of(id)))
			return read_entry(roots, entry, meta);
	}
	return -ENOENT;
}

/* CRI-O's own names; of a Podman container the annotations say that it is one. */
static int read_annotations(struct roots *roots, const char *dir, bool trusted, const char *id,
			    struct meta *meta)
{
	_cleanup_json_ struct json_object *config = NULL, *labels = NULL;
	struct json_object *notes;
	struct str text;
	char path[PATH_MAX + 128];
	int err;

	snprintf(path, sizeof(path), "%s/%s/userdata/config.json", dir, id);
	err = hostjson_read(roots->fs, path, trusted, &config);
	if (err)
		return err;
	notes = hostjson_object(config, "annotations");
	if (!hostjson_str(notes, "io.kubernetes.cri-o.ContainerID").len)
		return -ENOENT;
	/* JSON within JSON. */
	text = hostjson_str(notes, "io.kubernetes.cri-o.Labels");
	if (text.len)
		err = hostjson_parse(roots->fs, text, &labels);
	if (err == -ENOMEM)
		return err;
	meta_miss(meta, err);
	if (!meta_set(&meta->name, hostjson_str(notes, "io.kubernetes.container.name")) ||
	    !meta_set_image(meta, hostjson_str(notes, "io.kubernetes.cri-o.ImageName")) ||
	    !meta_set(&meta->pod_name, hostjson_str(notes, "io.kubernetes.pod.name")) ||
	    !meta_set(&meta->pod_namespace, hostjson_str(notes, "io.kubernetes.pod.namespace")) ||
	    !meta_set(&meta->pod_uid, hostjson_str(notes, "io.kubernetes.pod.uid")) ||
	    !hostjson_labels(labels, meta))
		return -ENOMEM;
	meta_set_created(meta, hostjson_str(notes, "io.kubernetes.cri-o.Created"));
	meta->runtime = "cri-o";
	return 0;
}

static int read_dir(struct roots *roots, const char *dir, bool trusted, const char *id, bool crio,
		    struct meta *meta)
{
	static const char *const lists[] = { "containers.json", "volatile-containers.json" };
	char path[PATH_MAX + 128];
	int err = -ENOENT, last = -ENOENT;

	/* The lists may be long; the directory's being there is asked first. */
	snprintf(path, sizeof(path), "%s/%s", dir, id);
	if (!hostfs_is_dir(roots->fs, path))
		return -ENOENT;
	if (crio) {
		err = read_annotations(roots, dir, trusted, id, meta);
		meta_miss(meta, err);
		/* The lists have CRI-O's and Podman's alike: whose it is, they do not say. */
		if (err && err != -ENOENT)
			return err;
		err = -ENOENT;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && err; i++) {
		const char *crio_runtime = meta->runtime;

		snprintf(path, sizeof(path), "%s/%s", dir, lists[i]);
		err = read_list(roots, path, trusted, id, meta);
		meta_miss(meta, err);
		if (crio_runtime)
			meta->runtime = crio_runtime;
		if (err && err != -ENOENT)
			last = err;
	}
	if (meta->runtime)
		return 0;
	return err ? last : 0;
}

int podman_read(struct roots *roots, const char *id, bool crio, struct meta *meta)
{
	int result = -ENOENT;

	for (unsigned int i = 0; i < roots->podman.len; i++) {
		int err;

		if (!roots_may_tell(roots, &roots->podman, i))
			continue;
		err = read_dir(roots, roots->podman.path[i], i < roots->podman.trusted_len, id,
			       crio, meta);
		if (err != -ENOENT)
			result = err;
		/* What root's files do not say is not for a user's to say. */
		if (!err || err == -ENOMEM ||
		    (result != -ENOENT && i + 1 >= roots->podman.trusted_len))
			break;
	}
	return result;
}
