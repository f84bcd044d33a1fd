// SPDX-License-Identifier: Apache-2.0
/*
 * report_search.c - failed execs that are only steps of a search
 */
#include "log/report_search.h"

#include <errno.h>
#include <stdlib.h>

/* Without a hole, for it is compared as a whole. */
struct key {
	uint64_t start_ns;
	uint64_t pid;
};

struct report_search {
	struct key key;
	struct str filename; /* that was tried */
	struct report_failure failure;
	uint64_t again; /* it was tried once more: PATH names a directory twice */
	int64_t again_ns;
	UT_hash_handle hh;
	char bytes[]; /* of all texts */
};

static struct key key_of(const struct event *e)
{
	return (struct key){ .start_ns = e->proc.start_ns, .pid = e->proc.pid };
}

static struct str copy_to(char **at, struct str text)
{
	struct str copy = str_from(*at, text.len);

	if (text.len)
		memcpy(*at, text.p, text.len);
	*at += text.len;
	return copy;
}

/* NULL without memory. */
static struct report_search *copy(const struct event *e, const struct report_failure *failure)
{
	size_t len = e->proc.file.filename.len;
	struct report_search *s;
	char *at;

	for (size_t i = 0; i < FAILED_TEXTS; i++)
		len += failure->texts[i].len;
	s = malloc(sizeof(*s) + len);
	if (!s)
		return NULL;
	*s = (struct report_search){ .key = key_of(e), .failure.wall_ns = failure->wall_ns };
	at = s->bytes;
	s->filename = copy_to(&at, e->proc.file.filename);
	for (size_t i = 0; i < FAILED_TEXTS; i++)
		s->failure.texts[i] = copy_to(&at, failure->texts[i]);
	return s;
}

static void drop(struct report *r, struct report_search *s)
{
	HASH_DEL(r->searches, s);
	free(s);
}

static void count(struct report *r, struct report_search *s, report_failed failed)
{
	failed(r, &s->failure);
	s->failure.wall_ns = s->again_ns;
	for (uint64_t i = 0; i < s->again; i++)
		failed(r, &s->failure);
	drop(r, s);
}

static struct report_search *find(struct report *r, const struct event *e)
{
	const struct key key = key_of(e);
	struct report_search *s;

	HASH_FIND(hh, r->searches, &key, sizeof(key), s);
	return s;
}

void report_search_hold(struct report *r, const struct event *e,
			const struct report_failure *failure, report_failed failed)
{
	struct report_search *s = find(r, e);

	if (s) { /* of the same file: report_search_see() left it */
		s->again++;
		s->again_ns = failure->wall_ns;
		return;
	}
	s = copy(e, failure);
	/* They stand in the order in which they were added. */
	if (HASH_COUNT(r->searches) >= REPORT_HELD)
		count(r, r->searches, failed);
	if (s)
		HASH_ADD(hh, r->searches, key, sizeof(s->key), s);
	if (s && hash_added(s))
		return;
	free(s);
	r->no_memory = true;
	failed(r, failure);
}

static bool is_next_step(const struct report_search *s, struct str filename)
{
	return filename.len && !str_eq(s->filename, filename) &&
	       str_eq(str_basename(s->filename), str_basename(filename));
}

static bool is_repeated(const struct report_search *s, const struct event *e)
{
	return e->error == ENOENT && s->filename.len && str_eq(s->filename, e->proc.file.filename);
}

void report_search_see(struct report *r, const struct event *e, report_failed failed)
{
	struct report_search *s;

	if (!r->searches || !e->about_process || (e->kind != EVENT_EXEC && e->kind != EVENT_EXIT))
		return;
	s = find(r, e);
	if (!s || (e->kind == EVENT_EXEC && is_repeated(s, e)))
		return;
	if (e->kind == EVENT_EXEC && is_next_step(s, e->proc.file.filename)) {
		r->searched += 1 + s->again;
		drop(r, s);
	} else {
		count(r, s, failed);
	}
}

void report_search_end(struct report *r, report_failed failed)
{
	while (r->searches)
		count(r, r->searches, failed);
}

void report_search_done(struct report *r)
{
	while (r->searches)
		drop(r, r->searches);
}
