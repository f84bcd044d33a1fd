// SPDX-License-Identifier: Apache-2.0
/*
 * image.c - the program a process runs: what an exec said, shared by its children
 */
#include "cache/image.h"

#include <stdlib.h>

#define IMAGE_FACTS (1u << FACT_NAME | 1u << FACT_EXE | 1u << FACT_ARGS | 1u << FACT_FILE)

size_t image_size(const struct event_process *p, bool with_args)
{
	return sizeof(struct image) + p->name.len + p->executable.len + p->file.interpreter.len +
	       p->file.filename.len + (with_args ? p->args.len : 0);
}

static struct str copy(char **at, struct str s)
{
	struct str copied = str_from(*at, s.len);

	if (s.len)
		memcpy(*at, s.p, s.len);
	*at += s.len;
	return copied;
}

struct image *image_new(const struct event_process *p, bool with_args)
{
	struct image *image = malloc(image_size(p, with_args));
	char *at;

	if (!image)
		return NULL;
	at = (char *)(image + 1);
	*image = (struct image){
		.refs = 1,
		.facts = p->has & IMAGE_FACTS,
		.truncated = p->truncated & IMAGE_FACTS,
		.args_count = p->args_count,
		.file = p->file,
		.bytes = image_size(p, with_args),
	};
	for (int fact = 0; fact < FACT_COUNT; fact++)
		image->source[fact] = p->source[fact];
	image->name = copy(&at, p->name);
	image->executable = copy(&at, p->executable);
	image->file.interpreter = copy(&at, p->file.interpreter);
	image->file.filename = copy(&at, p->file.filename);
	if (with_args)
		image->args = copy(&at, p->args);
	else
		image->facts &= ~(1u << FACT_ARGS);
	return image;
}

size_t image_unref(struct image *image)
{
	size_t bytes;

	if (!image || --image->refs > 0)
		return 0;
	bytes = image->bytes;
	free(image);
	return bytes;
}

static void fill_fact(const struct image *image, struct event_process *p, enum fact fact,
		      bool inherited)
{
	event_set(p, fact, inherited ? SOURCE_INHERITED : (enum source)image->source[fact]);
	if (image->truncated & (1u << fact))
		event_cut(p, fact);
}

void image_fill(const struct image *image, struct event_process *p, bool inherited)
{
	uint32_t wanted;

	if (!image)
		return;
	wanted = image->facts & ~p->has;
	if (wanted & (1u << FACT_EXE)) {
		p->executable = image->executable;
		fill_fact(image, p, FACT_EXE, inherited);
	}
	if (wanted & (1u << FACT_ARGS)) {
		p->args = image->args;
		p->args_count = image->args_count;
		fill_fact(image, p, FACT_ARGS, inherited);
	}
	if (wanted & (1u << FACT_FILE)) {
		p->file = image->file;
		fill_fact(image, p, FACT_FILE, inherited);
	}
	/* comm is in every record; the image has the whole of a name that comm cuts. */
	if ((image->facts & (1u << FACT_NAME)) && p->name.len == PTC_COMM_LEN - 1 &&
	    str_has_prefix(image->name, p->name))
		p->name = image->name;
}
