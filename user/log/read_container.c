// SPDX-License-Identifier: Apache-2.0
/*
 * read_container.c - the containers of a parsed line
 */
#include "log/read_container.h"

#define OUTER_MAX 64 /* containers around a container that are read */

struct container_info *read_container(struct fields *f, json_object *o)
{
	struct container_info *c = o ? arena_alloc(f->arena, sizeof(*c)) : NULL;
	json_object *image = fields_object(f, o, "image");

	if (!c) {
		f->damaged |= o != NULL;
		return NULL;
	}
	fields_text(f, o, "id", "id", &c->id);
	fields_text(f, o, "runtime", "runtime", &c->runtime);
	fields_text(f, o, "name", "name", &c->name);
	fields_text(f, image, "name", "image.name", &c->image);
	fields_text_in(f, image, "tag", "image.tag[0]", &c->image_tag);
	fields_text_in(f, fields_object(f, image, "hash"), "all", "image.hash.all[0]",
		       &c->image_id);
	return c;
}

/* What is in a log was asked for when it was written. */
void read_labels(struct fields *f, json_object *o, struct container_info *c)
{
	struct container_label *labels;

	if (!o || json_object_object_length(o) == 0)
		return;
	labels = arena_alloc(f->arena, (size_t)json_object_object_length(o) * sizeof(*labels));
	if (!labels) {
		f->damaged = true;
		return;
	}
	c->labels = labels;
	json_object_object_foreach(o, key, value)
	{
		if (!json_object_is_type(value, json_type_string)) {
			f->damaged = true;
			return;
		}
		labels[c->labels_len++] = (struct container_label){
			.key = str_of(key),
			.value = str_from(json_object_get_string(value),
					  (size_t)json_object_get_string_len(value)),
			.shown = true,
		};
	}
}

/* The same, what is our own, and no container around it. */
static struct container_info *read_container_ref(struct fields *f, json_object *o)
{
	struct container_info *c = read_container(f, o);

	if (!c)
		return NULL;
	read_labels(f, fields_object(f, o, "labels"), c);
	fields_text(f, o, "pod_uid", "pod_uid", &c->pod_uid);
	fields_text(f, o, "pod_name", "pod_name", &c->pod_name);
	fields_text(f, o, "pod_namespace", "pod_namespace", &c->pod_namespace);
	c->unconfirmed = fields_flag(f, o, "unconfirmed");
	c->build = fields_flag(f, o, "build");
	return c;
}

void read_outer(struct fields *f, json_object *list, struct container_info *c)
{
	size_t len = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < len && i < OUTER_MAX; i++) {
		json_object *entry = json_object_array_get_idx(list, i);
		struct container_info *next = NULL;

		fields_place_outer(f, (int)i);
		if (json_object_is_type(entry, json_type_object))
			next = read_container_ref(f, entry);
		if (!next) {
			f->damaged = true;
			return;
		}
		c->outer = next;
		c = next;
	}
}

struct container_info *read_other_container(struct fields *f, json_object *o)
{
	struct container_info *c = read_container_ref(f, o);

	if (c)
		read_outer(f, fields_array(f, o, "outer"), c);
	fields_place_outer(f, -1);
	return c;
}
