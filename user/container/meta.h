/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta.h - what a runtime's files say about one container
 *
 * Strings are owned, may hold any byte, and are cut at META_STR_MAX.
 */
#ifndef CONTAINER_META_H
#define CONTAINER_META_H

#include <stdbool.h>
#include <stdint.h>

#include "base/glob.h"
#include "base/str.h"
#include "event/container_info.h"
#include "event/event.h"

#define META_STR_MAX	     4096
#define META_LABELS_MAX	     64		  /* of one container; the first ones are kept */
#define META_LABEL_BYTES_MAX (64u * 1024) /* of all of them; one that does not fit is left out */

struct meta {
	const char *runtime; /* a literal: whose files they were; NULL: nobody's */
	struct str name;
	struct str image;
	struct str image_tag;
	struct str image_id;
	int64_t created_ns; /* wall clock, since the epoch; 0: not known */
	struct str pod_uid;
	struct str pod_name;
	struct str pod_namespace;
	struct str containerd_ns;	/* the namespace of containerd's that knows it */
	struct container_label *labels; /* NULL: none */
	uint32_t labels_len;
	uint32_t label_bytes;
	enum missing missing; /* why a file that was there could not be used */
};

void meta_done(struct meta *meta);

/*
 * Notes the error of a reader. The first one stays, for root's files are read first; that
 * there is no file (-ENOENT, 0) is none.
 */
void meta_miss(struct meta *meta, int err);

/*
 * Moves what `into` lacks out of another source's word. One that only runc's or crun's
 * state confirmed belongs to who made it, who also knows better when that was.
 */
void meta_merge(struct meta *into, struct meta *from);

/*
 * How many facts there are: more than before means that something became known that is
 * worth telling. When it was made is not.
 */
unsigned int meta_count(const struct meta *meta);

/* Only that it runs is known, not for whom: runc's or crun's own state said so. */
bool meta_only_runs(const struct meta *meta);

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

/*
 * RFC 3339 as runtimes write it, in UTC or with an offset; else it is left out, and so is
 * what is before 1970 ("0001-01-01T00:00:00Z": never).
 */
void meta_set_created(struct meta *meta, struct str text);

/*
 * Copies one label. A key that is there already stays as it is; what is beyond the limits,
 * or no UTF-8 as JSON must be (RFC 8259), is left out. Returns false if out of memory.
 */
bool meta_add_label(struct meta *meta, struct str key, struct str value);

/* Marks those whose keys were asked for; NULL: none were. */
void meta_show_labels(struct meta *meta, const struct globs *keys);

#endif /* CONTAINER_META_H */
