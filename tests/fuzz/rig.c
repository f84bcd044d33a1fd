// SPDX-License-Identifier: Apache-2.0
/*
 * rig.c - what the fuzz targets share: what must hold of any output, and a tree of files
 */
#include "rig.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/escape.h"
#include "log/reader.h"
#include "sink/journal_fields.h"
#include "sink/json.h"
#include "sink/text.h"

void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

unsigned int fuzz_take_choice(struct str *rest, unsigned int limit)
{
	unsigned int choice = 0;

	if (rest->len) {
		choice = (unsigned char)rest->p[0] % limit;
		*rest = str_from(rest->p + 1, rest->len - 1);
	}
	return choice;
}

struct str fuzz_take_until(struct str *rest, char end)
{
	const char *at = rest->len ? memchr(rest->p, end, rest->len) : NULL;
	size_t len = at ? (size_t)(at - rest->p) : rest->len;
	struct str taken = str_from(rest->p, len);

	*rest = at ? str_from(at + 1, rest->len - len - 1) : str_from(rest->p + len, 0);
	return taken;
}

void fuzz_check_json(struct str line)
{
	json_tokener *tokener = json_tokener_new();
	json_object *o;

	FUZZ_CHECK(tokener);
	FUZZ_CHECK(line.len && line.p[line.len - 1] == '\n');
	/* json-c would let them pass. */
	for (size_t i = 0; i < line.len - 1; i++)
		FUZZ_CHECK((unsigned char)line.p[i] >= 0x20);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tokener, line.p, (int)line.len - 1);
	FUZZ_CHECK(json_tokener_get_error(tokener) == json_tokener_success);
	FUZZ_CHECK(json_object_is_type(o, json_type_object));
	json_object_put(o);
	json_tokener_free(tokener);
}

void fuzz_check_text(struct str text)
{
	for (size_t i = 0; i < text.len;) {
		unsigned int code_point;
		size_t n = utf8_decode(text.p + i, text.len - i, &code_point);

		FUZZ_CHECK(n);
		/* Not only as escape_is_control() has it, which the writer asked as well. */
		FUZZ_CHECK(code_point == '\n' || (code_point >= 0x20 && code_point != 0x7f));
		FUZZ_CHECK(code_point < 0x80 || code_point > 0x9f);
		FUZZ_CHECK(code_point == '\n' || !escape_is_control(code_point));
		i += n;
	}
}

void fuzz_check_slice(struct str slice, struct str input)
{
	FUZZ_CHECK(!slice.len || (slice.p >= input.p && slice.len <= input.len &&
				  (size_t)(slice.p - input.p) <= input.len - slice.len));
}

static void put_text(const struct event *e, struct buf *out)
{
	static struct text_sink *sink;
	struct text_options options = { .time_form = TIME_FORM_UTC };

	if (!sink) {
		for (int i = 0; i < COLUMN_COUNT; i++)
			options.columns.list[options.columns.len++] = (uint8_t)i;
		FUZZ_CHECK(text_new(&options, &sink) == 0);
	}
	text_emit(sink, e, out);
	FUZZ_CHECK(!out->failed);
}

static void check_same(const struct buf *a, const struct buf *b)
{
	if (a->len == b->len && memcmp(a->data, b->data, a->len) == 0)
		return;
	fprintf(stderr, "%.*sbecame\n%.*s", (int)a->len, a->data, (int)b->len, b->data);
	FUZZ_CHECK(!"the same when it was read and written again");
}

/* The fields that the journal would get: "NAME=value", and as many as were put in. */
static void check_fields(const struct event *e, struct str message)
{
	struct str fields[JOURNAL_FIELDS], rest;
	struct buf out = { 0 };
	size_t len;

	journal_fields(e, message, &out);
	FUZZ_CHECK(!out.failed);
	rest = str_from(out.data, out.len);
	len = journal_fields_take(&rest, fields);
	FUZZ_CHECK(len && len <= JOURNAL_FIELDS && !rest.len);
	for (size_t i = 0; i < len; i++) {
		const char *equals = memchr(fields[i].p, '=', fields[i].len);

		FUZZ_CHECK(equals && equals > fields[i].p);
		for (const char *c = fields[i].p; c < equals; c++)
			FUZZ_CHECK((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
				   *c == '_');
	}
	buf_done(&out);
}

void fuzz_check_event(const struct event *e, struct buf *line)
{
	static struct log_reader *reader;
	struct buf json = { 0 }, text = { 0 }, json_again = { 0 }, text_again = { 0 };
	struct event again;

	if (!reader)
		FUZZ_CHECK(log_reader_new(json_emit, &reader) == 0);
	json_emit(e, &json);
	FUZZ_CHECK(!json.failed);
	put_text(e, &text);
	fuzz_check_json(str_from(json.data, json.len));
	fuzz_check_text(str_from(text.data, text.len));
	check_fields(e, str_from(text.data, text.len));
	FUZZ_CHECK(log_reader_parse(reader, str_from(json.data, json.len - 1), &again) == 1);
	json_emit(&again, &json_again);
	put_text(&again, &text_again);
	check_same(&json, &json_again);
	check_same(&text, &text_again);
	if (line)
		buf_put(line, json.data, json.len);
	buf_done(&json);
	buf_done(&text);
	buf_done(&json_again);
	buf_done(&text_again);
}

void fuzz_check_meta(const struct meta *meta, struct str id)
{
	const struct str strings[] = { meta->name,	    meta->image,	meta->image_tag,
				       meta->image_id,	    meta->pod_uid,	meta->pod_name,
				       meta->pod_namespace, meta->containerd_ns };
	struct container_info info = {
		.id = id,
		.runtime = str_of(meta->runtime),
		.name = meta->name,
		.image = meta->image,
		.image_tag = meta->image_tag,
		.image_id = meta->image_id,
		.created_ns = meta->created_ns,
		.pod_uid = meta->pod_uid,
		.pod_name = meta->pod_name,
		.pod_namespace = meta->pod_namespace,
		.labels = meta->labels,
		.labels_len = meta->labels_len,
		.missing = meta->missing,
	};
	struct event e = { .kind = EVENT_CONTAINER_START, .sequence = 1, .container = &info };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		FUZZ_CHECK(strings[i].len <= META_STR_MAX);
	FUZZ_CHECK(meta->labels_len <= META_LABELS_MAX);
	for (uint32_t i = 0; i < meta->labels_len; i++) {
		FUZZ_CHECK(utf8_is_valid(meta->labels[i].key));
		FUZZ_CHECK(utf8_is_valid(meta->labels[i].value));
		meta->labels[i].shown = true;
	}
	fuzz_check_event(&e, NULL);
}

static struct host_tree tree;

static void remove_tree(void)
{
	host_tree_done(&tree);
}

int fuzz_file(struct str text)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	FUZZ_CHECK(fd >= 0 && write(fd, text.p, text.len) == (ssize_t)text.len);
	FUZZ_CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

const struct host_tree *fuzz_tree(void)
{
	if (!tree.root[0]) {
		host_tree_init(&tree);
		atexit(remove_tree);
	}
	return &tree;
}
