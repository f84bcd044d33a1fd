// SPDX-License-Identifier: Apache-2.0
/*
 * files_head.c - what the first record of a file says of its place
 */
#include "log/files_head.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "log/fields.h"

#define LINES_MAX 16 /* damaged ones before the first record */

/* Returns false if the line is no record. */
static bool read_head(const struct node *root, struct log_files_item *item)
{
	struct fields f = { .arena = NULL }; /* for text, which is not read */
	const struct node *proctrace = root ? fields_object(&f, root, "proctrace") : NULL;
	struct str host;

	if (!proctrace)
		return false;
	item->is_log = true;
	item->has_time = fields_time(&f, root, "@timestamp", &item->wall_ns);
	item->file.has_seq = fields_u64(&f, fields_object(&f, proctrace, "log"), "seq", UINT64_MAX,
					&item->file.seq);
	if (fields_word(&f, fields_object(&f, root, "host"), "hostname", &host))
		item->host = str_dup(host);
	return true;
}

int files_head(struct log_files_item *item)
{
	struct node_reader *nodes;
	struct log_line line;
	int r = node_reader_new(&nodes);

	if (r < 0)
		return r;
	r = 1;
	for (int i = 0; i < LINES_MAX && r == 1; i++) {
		r = log_source_next(item->file.source, &line);
		/* To find the end of a line that is too long may take longer than all the rest. */
		if (r != 1 || line.too_long || read_head(node_parse(nodes, line.text), item))
			break;
		if (node_no_memory(nodes))
			r = -ENOMEM;
	}
	node_reader_free(nodes);
	log_source_rewind(item->file.source);
	/* What is damaged in it is told when it is read. */
	return r < 0 && !log_source_is_damaged(r) ? r : 0;
}
