/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - the program a process runs: what an exec said, shared by its children
 *
 * A fork copies nothing: parent and child hold one image until one of them execs.
 * Never changed after image_new().
 */
#ifndef CACHE_IMAGE_H
#define CACHE_IMAGE_H

#include "event/event.h"

struct image {
	uint32_t refs;
	uint32_t facts;	    /* which of NAME EXE ARGS FILE are known */
	uint32_t truncated; /* of these */
	uint8_t source[FACT_COUNT];
	uint32_t args_count;
	struct str name, executable, args; /* into the memory behind this struct */
	struct event_file file;
	size_t bytes; /* of memory, all in all */
};

/* Copies what p has of it. NULL without memory. with_args false leaves them out. */
struct image *image_new(const struct event_process *p, bool with_args);

static inline struct image *image_ref(struct image *image)
{
	if (image)
		image->refs++;
	return image;
}

/* Returns the bytes that were freed, 0 if somebody else still holds it; NULL is fine. */
size_t image_unref(struct image *image);

/* Bytes that image_new() would take. */
size_t image_size(const struct event_process *p, bool with_args);

/*
 * Sets the facts that p has not got. A process that never exec'd since its fork has
 * them from its parent: inherited says so. Borrowed: valid while the image is held.
 */
void image_fill(const struct image *image, struct event_process *p, bool inherited);

#endif /* CACHE_IMAGE_H */
