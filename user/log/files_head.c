// SPDX-License-Identifier: Apache-2.0
/*
 * files_head.c - what the first record of a file says of its place
 */
#include "log/files_head.h"

#include <json-c/json.h>
#include <string.h>

#include "log/fields.h"

#define LINES_MAX 16 /* damaged ones before the first record */
#define DEPTH_MAX 32 /* of objects and arrays in a line; ours have ten */

/* Returns false if the line is no record. */
static bool read_head(json_object *root, struct log_files_item *item)
{
	struct arena arena = { 0 };
	struct fields f = { .arena = &arena };
	json_object *proctrace = fields_object(&f, root, "proctrace");
	struct str host;

	if (!proctrace)
		return false;
	item->is_log = true;
	item->has_time = fields_time(&f, root, "@timestamp", &item->wall_ns);
	item->file.has_seq = fields_u64(&f, fields_object(&f, proctrace, "log"), "seq", UINT64_MAX,
					&item->file.seq);
	if (fields_word(&f, fields_object(&f, root, "host"), "hostname", &host))
		item->host = strndup(host.p, host.len);
	arena_done(&arena);
	return true;
}

static bool read_line(json_tokener *tokener, const struct log_line *line,
		      struct log_files_item *item)
{
	json_object *root;
	bool found;

	json_tokener_reset(tokener);
	root = json_tokener_parse_ex(tokener, line->text.p, (int)line->text.len);
	found = json_object_is_type(root, json_type_object) && read_head(root, item);
	json_object_put(root);
	return found;
}

void files_head(struct log_files_item *item)
{
	json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct log_line line;

	for (int i = 0; tokener && i < LINES_MAX; i++) {
		/* To find the end of such a line may take longer than all the rest. */
		if (log_source_next(item->file.source, &line) != 1 || line.too_long ||
		    read_line(tokener, &line, item))
			break;
	}
	json_tokener_free(tokener);
	log_source_rewind(item->file.source);
}
