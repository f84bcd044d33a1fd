// SPDX-License-Identifier: Apache-2.0
/*
 * docker_api.c - what Docker's and Podman's daemons answer about a container
 */
#include "container/docker_api.h"

#include <errno.h>
#include <json-c/json.h>

#include "container/hostjson.h"

/* Parses the answer if it is about this container. */
static int parse(struct hostfs *fs, struct str answer, const char *id,
		 struct json_object **ret_object)
{
	int err = hostjson_parse(fs, answer, ret_object);

	if (err)
		return err;
	return str_eq(hostjson_str(*ret_object, "Id"), str_of(id)) ? 0 : -EBADMSG;
}

int docker_api_read(struct hostfs *fs, struct str answer, const char *id, bool by_podman,
		    struct meta *meta)
{
	_cleanup_json_ struct json_object *container = NULL;
	int err = parse(fs, answer, id, &container);
	struct json_object *config = hostjson_object(container, "Config");
	struct str name = hostjson_str(container, "Name");

	if (err)
		return err;
	/* A path once, when containers had links. */
	if (name.len && name.p[0] == '/')
		name = str_from(name.p + 1, name.len - 1);
	if (!meta_set(&meta->name, name) ||
	    !meta_set_image_id(meta, hostjson_str(container, "Image")) ||
	    !meta_set_image(meta, hostjson_str(config, "Image")) ||
	    !hostjson_labels(hostjson_object(config, "Labels"), meta))
		return -ENOMEM;
	meta_set_created(meta, hostjson_str(container, "Created"));
	meta->runtime = by_podman ? "podman" : "docker";
	return 0;
}

int docker_api_read_libpod(struct hostfs *fs, struct str answer, const char *id, struct meta *meta)
{
	_cleanup_json_ struct json_object *container = NULL;
	int err = parse(fs, answer, id, &container);
	struct json_object *config = hostjson_object(container, "Config");

	if (err)
		return err;
	if (!meta_set(&meta->name, hostjson_str(container, "Name")) ||
	    !meta_set_image(meta, hostjson_str(container, "ImageName")) ||
	    !meta_set_image_id(meta, hostjson_str(container, "Image")) ||
	    !hostjson_labels(hostjson_object(config, "Labels"), meta))
		return -ENOMEM;
	meta_set_created(meta, hostjson_str(container, "Created"));
	meta->runtime = "podman";
	return 0;
}
