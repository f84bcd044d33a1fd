// SPDX-License-Identifier: Apache-2.0
/*
 * docker.c - what a Docker daemon keeps on disk about a container
 */
#include "container/docker.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>

#include "container/hostjson.h"

static int read_config(struct json_object *config, const char *id, struct meta *meta)
{
	struct str name = hostjson_str(config, "Name");
	struct json_object *client = hostjson_object(config, "Config");

	if (!str_eq(hostjson_str(config, "ID"), str_of(id)))
		return -EBADMSG;
	/* A path once, when containers had links. */
	if (name.len && name.p[0] == '/')
		name = str_from(name.p + 1, name.len - 1);
	if (!meta_set(&meta->name, name) ||
	    !meta_set_image_id(meta, hostjson_str(config, "Image")) ||
	    !meta_set_image(meta, hostjson_str(client, "Image")) ||
	    !hostjson_labels(hostjson_object(client, "Labels"), meta))
		return -ENOMEM;
	meta_set_created(meta, hostjson_str(config, "Created"));
	meta->runtime = "docker";
	return 0;
}

int docker_read(struct roots *roots, const char *id, struct meta *meta)
{
	int result = -ENOENT;

	for (unsigned int i = 0; i < roots->docker.len; i++) {
		_cleanup_json_ struct json_object *config = NULL;
		char path[PATH_MAX + 128];
		int err;

		if (!roots_may_tell(roots, &roots->docker, i))
			continue;
		snprintf(path, sizeof(path), "%s/containers/%s/config.v2.json",
			 roots->docker.path[i], id);
		err = hostjson_read(roots->fs, path, i < roots->docker.trusted_len, &config);
		if (!err) {
			err = read_config(config, id, meta);
			if (err == -EBADMSG)
				roots->fs->errors++;
		}
		meta_miss(meta, err);
		if (err != -ENOENT)
			result = err;
		/* What root's file does not say is not for a user's to say. */
		if (!err || err == -ENOMEM ||
		    (result != -ENOENT && i + 1 >= roots->docker.trusted_len))
			break;
	}
	return result;
}

bool docker_has_build(struct roots *roots, const char *id)
{
	char path[PATH_MAX + 128];

	for (unsigned int i = 0; i < roots->docker.len; i++) {
		if (!roots_may_tell(roots, &roots->docker, i))
			continue;
		snprintf(path, sizeof(path), "%s/buildkit/executor/%s/config.json",
			 roots->docker.path[i], id);
		if (hostfs_is_file(roots->fs, path))
			return true;
	}
	if (roots->users_only)
		return false;
	snprintf(path, sizeof(path), "/var/lib/buildkit/runc-overlayfs/executor/%s/config.json",
		 id);
	return hostfs_is_file(roots->fs, path);
}
