// SPDX-License-Identifier: Apache-2.0
/*
 * inspected.c - what proctrace inspect says of a process
 */
#include "inspected.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define MORE_MAX   8
#define RECORD_MAX ((size_t)128 << 10)

static struct command *inspect(pid_t pid, const char *format, const char *section,
			       const char *const more[])
{
	const char *argv[8 + MORE_MAX + 1] = { proctrace(), "inspect",	 "-f",
					       format,	    "--section", section };
	char number[16];
	size_t n = 6;

	for (size_t i = 0; more && more[i] && i < MORE_MAX; i++)
		argv[n++] = more[i];
	snprintf(number, sizeof(number), "%d", pid);
	argv[n++] = number;
	argv[n] = NULL;
	return command_run(NULL, argv);
}

/* For the schema, which takes long for what lists ten thousand of something. */
static void record(const struct command *c)
{
	if (c->out.len <= RECORD_MAX)
		harness_record(c->out.data, c->out.len);
}

struct json_object *inspected(pid_t pid, const char *section, const char *const more[])
{
	struct command *c = inspect(pid, "json", section, more);
	struct json_object *whole = command_facts(c), *part = NULL;

	record(c);
	if (!json_object_object_get_ex(whole, section, &part))
		harness_fail("no section %s in: %s", section, json_object_to_json_string(whole));
	json_object_get(part);
	json_object_put(whole);
	command_free(c);
	return part;
}

char *inspected_text(pid_t pid, const char *section, const char *const more[])
{
	struct command *c = inspect(pid, "text", section, more);
	char *text = strndup(c->out.data, c->out.len);

	command_free(c);
	return text;
}

static bool has_text(const struct stream *s, const char *text)
{
	return s->len && memmem(s->data, s->len, text, strlen(text));
}

bool output_holds(const struct command *c, const char *text)
{
	return has_text(&c->out, text) || has_text(&c->err, text);
}

void check_output(const struct command *c, const char *text)
{
	if (!output_holds(c, text))
		harness_fail("'%s' is not in:\n%s%s", text, c->out.data, c->err.data);
}

const char *pid_text(pid_t pid)
{
	static char text[4][16];
	static unsigned int next;
	char *mine = text[next++ % 4];

	snprintf(mine, sizeof(text[0]), "%d", pid);
	return mine;
}

size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

struct json_object *row_with(struct json_object *list, const char *key, const char *value)
{
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i), *found;

		if (json_object_object_get_ex(row, key, &found) &&
		    strcmp(json_object_get_string(found), value) == 0)
			return row;
	}
	return NULL;
}

struct json_object *row_of(struct json_object *object, const char *list, const char *key,
			   const char *value)
{
	return row_with(field_find(object, list), key, value);
}

struct json_object *row_of_number(struct json_object *object, const char *list, const char *key,
				  long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", number);
	return row_of(object, list, key, text);
}

size_t rows_of(struct json_object *object, const char *list)
{
	struct json_object *found = field_find(object, list);

	return found ? json_object_array_length(found) : 0;
}

bool has_process(struct json_object *row, const char *list, pid_t pid)
{
	return row && row_of_number(row, list, "pid", pid);
}
