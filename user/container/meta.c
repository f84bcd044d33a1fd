// SPDX-License-Identifier: Apache-2.0
/*
 * meta.c - what a runtime's files say about one container
 */
#include "container/meta.h"

#include <stdlib.h>

#include "container/cgid.h"

void meta_done(struct meta *meta)
{
	free((char *)meta->name.p);
	free((char *)meta->image.p);
	free((char *)meta->image_tag.p);
	free((char *)meta->image_id.p);
	*meta = (struct meta){ 0 };
}

bool meta_set(struct str *field, struct str value)
{
	char *copy;

	if (field->len || value.len == 0)
		return true;
	if (value.len > META_STR_MAX)
		value.len = META_STR_MAX;
	copy = malloc(value.len);
	if (!copy)
		return false;
	memcpy(copy, value.p, value.len);
	*field = str_from(copy, value.len);
	return true;
}

void meta_split_image(struct str reference, struct str *ret_image, struct str *ret_tag)
{
	struct str image = reference, tag = { 0 }, last;
	const char *at, *colon;

	if (str_has_prefix(reference, STR_LITERAL("sha256:"))) {
		*ret_image = reference;
		*ret_tag = tag;
		return;
	}
	at = image.len ? memchr(image.p, '@', image.len) : NULL;
	if (at)
		image.len = (size_t)(at - image.p);
	/* A colon before the last slash belongs to the registry's port. */
	last = str_basename(image);
	colon = last.len ? memchr(last.p, ':', last.len) : NULL;
	if (colon) {
		tag = str_from(colon + 1, (size_t)(last.p + last.len - colon - 1));
		image.len = (size_t)(colon - image.p);
	}
	*ret_image = image;
	*ret_tag = tag;
}

bool meta_set_image(struct meta *meta, struct str reference)
{
	struct str image, tag;

	if (meta->image.len)
		return true;
	meta_split_image(reference, &image, &tag);
	return meta_set(&meta->image, image) && meta_set(&meta->image_tag, tag);
}

bool meta_set_image_id(struct meta *meta, struct str id)
{
	static const struct str algorithm = STR_LITERAL("sha256:");
	char whole[sizeof("sha256:") - 1 + 64];

	if (str_has_prefix(id, algorithm))
		id = str_from(id.p + algorithm.len, id.len - algorithm.len);
	if (!cgid_is_hex64(id))
		return true;
	memcpy(whole, algorithm.p, algorithm.len);
	memcpy(whole + algorithm.len, id.p, id.len);
	return meta_set(&meta->image_id, str_from(whole, sizeof(whole)));
}
