// SPDX-License-Identifier: Apache-2.0
/*
 * read_container.c - the containers of a parsed line
 */
#include "log/read_container.h"

#define OUTER_MAX 64 /* containers around a container that are read */

struct container_info *read_container(struct fields *f, const struct node *o)
{
	struct container_info *c = o ? arena_alloc(f->arena, sizeof(*c)) : NULL;
	const struct node *image = fields_object(f, o, "image");

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
void read_labels(struct fields *f, const struct node *o, struct container_info *c)
{
	struct container_label *labels;

	if (!o || o->len == 0)
		return;
	labels = arena_alloc(f->arena, o->len * sizeof(*labels));
	if (!labels) {
		f->damaged = true;
		return;
	}
	c->labels = labels;
	node_foreach_member(key, o)
	{
		const struct node *value = node_next(key);

		if (value->type != NODE_STRING) {
			f->damaged = true;
			return;
		}
		labels[c->labels_len++] = (struct container_label){
			.key = key->text,
			.value = value->text,
			.shown = true,
		};
	}
}

/* The same, what is our own, and no container around it. */
static struct container_info *read_container_ref(struct fields *f, const struct node *o)
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

void read_outer(struct fields *f, const struct node *list, struct container_info *c)
{
	int i = 0;

	node_foreach(entry, list)
	{
		struct container_info *next = NULL;

		if (i == OUTER_MAX)
			return;
		fields_place_outer(f, i++);
		if (entry->type == NODE_OBJECT)
			next = read_container_ref(f, entry);
		if (!next) {
			f->damaged = true;
			return;
		}
		c->outer = next;
		c = next;
	}
}

struct container_info *read_other_container(struct fields *f, const struct node *o)
{
	struct container_info *c = read_container_ref(f, o);

	if (c)
		read_outer(f, fields_array(f, o, "outer"), c);
	fields_place_outer(f, -1);
	return c;
}
