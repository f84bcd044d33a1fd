// SPDX-License-Identifier: Apache-2.0
/*
 * cgfacts.c - facts from the files of a cgroup and of those above it
 */
#include "inspect/cgfacts.h"

#include <errno.h>
#include <inttypes.h>

#include "procfs/scan.h"

#define NSEC_PER_USEC 1000

static const char *name_in(const struct hierarchy *h, const struct cgfact *f)
{
	return h->is_v2 ? f->v2 : f->v1;
}

static void put_value(const struct hierarchy *h, const struct cgfact *f, uint64_t value,
		      struct doc *d)
{
	bool is_nsec = f->unit == CGUNIT_NSEC_V1 && !h->is_v2;

	if (value == CGCHAIN_UNLIMITED)
		doc_none(d, f->key, f->title);
	else if (f->unit == CGUNIT_BYTES)
		doc_bytes(d, f->key, f->title, value);
	else if (f->unit == CGUNIT_COUNT)
		doc_u64(d, f->key, f->title, value);
	else if (is_nsec)
		doc_ns(d, f->key, f->title, value);
	else if (value <= UINT64_MAX / NSEC_PER_USEC)
		doc_ns(d, f->key, f->title, value * NSEC_PER_USEC);
	else
		doc_missing(d, f->key, f->title, -EBADMSG);
	if (f->passing)
		doc_passing(d);
}

void cgfacts_put(const struct hierarchy *h, const struct cgfact *files, size_t len, struct doc *d)
{
	for (size_t i = 0; i < len; i++) {
		const struct cgfact *f = &files[i];
		const char *name = name_in(h, f);
		const char *field = !h->is_v2 && f->v1_field ? f->v1_field : f->field;
		const struct cglevel *level = name ? cgchain_with(&h->chain, name) : NULL;
		uint64_t value;
		int r;

		if (!level)
			continue;
		r = field ? cgfile_field(level, name, field, &value) :
			    cgfile_u64(level, name, &value);
		if (r == 0)
			put_value(h, f, value, d);
		else if (r != -ENOENT)
			doc_missing(d, f->key, f->title, r);
	}
}

void cgfacts_put_limit(const struct hierarchy *h, const struct cgfact *f,
		       const struct cgfact *usage, struct doc *d)
{
	const char *name = name_in(h, f), *usage_name = usage ? name_in(h, usage) : NULL;
	struct cglimit limit;
	uint64_t used;
	int r;

	if (!name)
		return;
	r = cgchain_tightest(&h->chain, name, &limit);
	if (r < 0 && r != -ENOENT) {
		doc_missing(d, f->key, f->title, r);
		return;
	}
	/* The root has no such file. */
	if (r == -ENOENT || !limit.level) {
		doc_none(d, f->key, f->title);
		return;
	}
	doc_line(d, f->key, f->title);
	put_value(h,
		  &(struct cgfact){ .key = f->unit == CGUNIT_BYTES ? "bytes" : "number",
				    .unit = f->unit },
		  limit.value, d);
	doc_str(d, "cgroup", "set by", limit.level->path);
	if (usage_name && cgfile_u64(limit.level, usage_name, &used) == 0)
		put_value(h, usage, used, d);
	else
		used = 0;
	doc_end(d);
	if (used && limit.value)
		doc_note(d, "%" PRIu64 "%% used",
			 (uint64_t)((unsigned __int128)used * 100 / limit.value));
}

static void put_pressure_line(struct str text, const char *kind, const char *key, struct doc *d)
{
	struct pressure p;

	if (parse_pressure(text, str_of(kind), &p))
		return;
	doc_text(d, key, NULL, "%u.%02u%% %u.%02u%% %u.%02u%%", p.avg10 / 100, p.avg10 % 100,
		 p.avg60 / 100, p.avg60 % 100, p.avg300 / 100, p.avg300 % 100);
	doc_passing(d);
	doc_note(d, "of the last 10 s, 60 s, 300 s");
}

/* -EOPNOTSUPP where the kernel was booted without. */
void cgfacts_put_pressure(const struct hierarchy *h, const char *name, struct doc *d)
{
	const struct cglevel *level = h->is_v2 ? cgchain_with(&h->chain, name) : NULL;
	char buf[CGCHAIN_FILE_SIZE];
	struct str text;

	if (!level || cgfile_read(level, name, buf, &text) < 0)
		return;
	doc_group(d, "pressure", "time in which it waited");
	put_pressure_line(text, "some", "some", d);
	put_pressure_line(text, "full", "full", d);
	doc_end(d);
}

void cgfacts_put_text(const struct hierarchy *h, const char *key, const char *title, const char *v2,
		      const char *v1, struct doc *d)
{
	const char *name = h->is_v2 ? v2 : v1;
	const struct cglevel *level = cgchain_with(&h->chain, name);
	char buf[CGCHAIN_FILE_SIZE];
	struct str text;
	int r = level ? cgfile_read(level, name, buf, &text) : -ENOENT;

	if (r == 0 && !scan_trim(text).len)
		doc_none(d, key, title);
	else if (r == 0)
		doc_str(d, key, title, scan_trim(text));
	else if (r != -ENOENT)
		doc_missing(d, key, title, r);
}
