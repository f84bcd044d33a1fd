/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta.h - what a runtime's files say about one container
 *
 * Strings are owned, may hold any byte, and are cut at META_STR_MAX.
 */
#ifndef CONTAINER_META_H
#define CONTAINER_META_H

#include <stdbool.h>

#include "base/str.h"

#define META_STR_MAX 4096

struct meta {
	const char *runtime; /* a literal: whose files they were; NULL: nobody's */
	struct str name;
	struct str image;
	struct str image_tag;
	struct str image_id;
};

void meta_done(struct meta *meta);

/* Copies value into *field if that is empty. Returns false if out of memory. */
bool meta_set(struct str *field, struct str value);

/*
 * Takes an image reference apart: "host:5000/team/app:1.2@sha256:…" is image
 * "host:5000/team/app", tag "1.2". A digest is no tag; a bare id stays whole.
 */
void meta_split_image(struct str reference, struct str *ret_image, struct str *ret_tag);

/* meta_split_image() into the fields that are empty. */
bool meta_set_image(struct meta *meta, struct str reference);

/* As "sha256:<64>", whether it is given so or as digits alone; else it is left out. */
bool meta_set_image_id(struct meta *meta, struct str id);

#endif /* CONTAINER_META_H */
