// SPDX-License-Identifier: Apache-2.0
/*
 * memory_map.c - its mappings: by file, what is writable and executable, what was deleted
 */
#include "inspect/section.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Running out of memory costs a file its place in the table. */
#define HASH_NONFATAL_OOM	 1
#define uthash_nonfatal_oom(elt) ((elt)->lost = true)
#include <uthash.h>

#include "base/arena.h"
#include "base/buf.h"
#include "inspect/common.h"
#include "procfs/lines.h"
#include "procfs/link.h"
#include "procfs/maps.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"

#define FILES_MAX \
	65536 /* different ones that are told apart; by default no process can have more */
#define NUMBER_SIZE 32
#define PERMS	    16 /* combinations of PROC_MAP_… */

/* All mappings of one file, or of one name of the kernel's. */
struct mapped {
	UT_hash_handle hh;
	struct str name;
	bool deleted, is_memfd;
	bool lost;	     /* no memory for its place */
	uint32_t perms_seen; /* bit per combination of PROC_MAP_… */
	uint64_t mappings, bytes;
	char key[]; /* see find_or_add() */
};

struct totals {
	uint64_t mappings, bytes;
	uint64_t file_bytes, anon_bytes, shared_bytes;
	uint64_t writable_bytes, executable_bytes, both_bytes;
	uint64_t beyond;    /* mappings of files that were not told apart any more */
	uint64_t malformed; /* lines */
};

struct map_scan {
	struct doc *doc;
	struct arena arena;
	struct mapped *files;
	struct buf key; /* of the file that is looked for */
	struct totals total;
	uint32_t memfd_major, memfd_minor;
	bool memfd_known;
};

/* Device, inode and name: a file has one name for each of its links. NULL: no memory, or too many. */
static struct mapped *find_or_add(struct map_scan *s, const struct proc_map *m)
{
	struct mapped *file;

	buf_reset(&s->key);
	buf_put(&s->key, &m->inode, sizeof(m->inode));
	buf_put(&s->key, &m->dev_major, sizeof(m->dev_major));
	buf_put(&s->key, &m->dev_minor, sizeof(m->dev_minor));
	buf_str(&s->key, m->name);
	if (s->key.failed)
		return NULL;
	HASH_FIND(hh, s->files, s->key.data, s->key.len, file);
	if (file || HASH_COUNT(s->files) >= FILES_MAX)
		return file;
	file = arena_alloc(&s->arena, sizeof(*file) + s->key.len);
	if (!file)
		return NULL;
	memcpy(file->key, s->key.data, s->key.len);
	file->name = str_from(file->key + s->key.len - m->name.len, m->name.len);
	file->deleted = m->deleted;
	file->is_memfd = m->inode && s->memfd_known && m->dev_major == s->memfd_major &&
			 m->dev_minor == s->memfd_minor &&
			 str_has_prefix(m->name, STR_LITERAL("/memfd:"));
	HASH_ADD_KEYPTR(hh, s->files, file->key, s->key.len, file);
	return file->lost ? NULL : file;
}

static void add_totals(struct totals *t, const struct proc_map *m)
{
	uint64_t bytes = m->end - m->start;
	bool is_writable = m->perms & PROC_MAP_WRITE, is_executable = m->perms & PROC_MAP_EXEC;

	t->mappings++;
	t->bytes += bytes;
	*(m->inode ? &t->file_bytes : &t->anon_bytes) += bytes;
	t->shared_bytes += m->perms & PROC_MAP_SHARED ? bytes : 0;
	t->writable_bytes += is_writable ? bytes : 0;
	t->executable_bytes += is_executable ? bytes : 0;
	t->both_bytes += is_writable && is_executable ? bytes : 0;
}

static void fmt_perms(char out[5], uint32_t perms)
{
	out[0] = perms & PROC_MAP_READ ? 'r' : '-';
	out[1] = perms & PROC_MAP_WRITE ? 'w' : '-';
	out[2] = perms & PROC_MAP_EXEC ? 'x' : '-';
	out[3] = perms & PROC_MAP_SHARED ? 's' : 'p';
	out[4] = '\0';
}

static void put_name(struct str name, struct doc *d)
{
	if (name.len)
		doc_str(d, "name", NULL, name);
	else
		doc_text(d, "name", NULL, "[anonymous]");
}

/* What can be written and then run, while the lines go by. */
static void put_writable_executable(const struct proc_map *m, struct doc *d)
{
	char perms[5];

	if (!(m->perms & PROC_MAP_WRITE) || !(m->perms & PROC_MAP_EXEC) || !doc_item(d))
		return;
	fmt_perms(perms, m->perms);
	doc_text(d, "addresses", NULL, "%" PRIx64 "-%" PRIx64, m->start, m->end);
	doc_passing(d);
	doc_bytes(d, "bytes", "size", m->end - m->start);
	doc_text(d, "permissions", NULL, "%s", perms);
	put_name(m->name, d);
	doc_end(d);
}

static int scan_maps(struct proc_lines *lines, struct map_scan *s)
{
	struct mapped *file;
	struct proc_map m;
	struct str line;
	int ret;

	while ((ret = proc_lines_next(lines, &line)) == 1) {
		if (parse_map(line, &m)) {
			s->total.malformed++;
			continue;
		}
		add_totals(&s->total, &m);
		put_writable_executable(&m, s->doc);
		file = find_or_add(s, &m);
		if (!file) {
			s->total.beyond++;
			continue;
		}
		file->mappings++;
		file->bytes += m.end - m.start;
		file->perms_seen |= 1u << m.perms;
	}
	s->total.malformed += lines->skipped;
	return ret;
}

/* Largest first; then by name, so that it is always the same. */
static int compare_files(struct mapped *a, struct mapped *b)
{
	size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	order = len ? memcmp(a->name.p, b->name.p, len) : 0;
	return order ? order : a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

static void put_perms(const struct mapped *file, struct doc *d)
{
	char perms[5];

	doc_list(d, "permissions", NULL);
	for (uint32_t i = 0; i < PERMS; i++) {
		if (!(file->perms_seen >> i & 1))
			continue;
		fmt_perms(perms, i);
		doc_text(d, NULL, NULL, "%s", perms);
	}
	doc_end(d);
}

static void put_file(const struct mapped *file, struct doc *d)
{
	if (!doc_item(d))
		return;
	put_name(file->name, d);
	doc_bytes(d, "bytes", "size", file->bytes);
	doc_passing(d);
	doc_u64(d, "mappings", NULL, file->mappings);
	doc_passing(d);
	put_perms(file, d);
	if (file->deleted)
		doc_bool(d, file->is_memfd ? "memfd" : "deleted", NULL, true);
	doc_end(d);
}

static void put_files(const struct map_scan *s)
{
	const struct mapped *file;

	doc_list(s->doc, "files", "by file");
	for (file = s->files; file; file = file->hh.next)
		put_file(file, s->doc);
	doc_end(s->doc);
	if (s->total.beyond)
		doc_u64(s->doc, "mappings_of_others", "mappings of other files", s->total.beyond);
}

/* A memfd has no name that could have been removed. */
static void put_deleted(const struct map_scan *s)
{
	const struct mapped *file;

	doc_list(s->doc, "deleted", "deleted, and still mapped");
	for (file = s->files; file; file = file->hh.next) {
		if (file->deleted && !file->is_memfd)
			doc_str(s->doc, NULL, NULL, file->name);
	}
	doc_end(s->doc);
}

/* sysctl vm.max_map_count, of the host */
static int read_limit(const struct subject *s, uint64_t *ret_limit)
{
	char buf[NUMBER_SIZE];
	size_t len;
	int err = procfs_read(s->world->proc_fd, "sys/vm/max_map_count", buf, sizeof(buf), &len,
			      NULL);

	if (err)
		return err;
	return scan_u64(scan_trim(str_from(buf, len)), ret_limit) ? 0 : -EBADMSG;
}

static void put_totals(const struct subject *s, const struct map_scan *scan)
{
	const struct {
		const char *key, *title;
		uint64_t bytes;
	} rows[] = {
		{ "bytes", "size", scan->total.bytes },
		{ "file_bytes", "files", scan->total.file_bytes },
		{ "anonymous_bytes", "anonymous", scan->total.anon_bytes },
		{ "shared_bytes", "shared", scan->total.shared_bytes },
		{ "writable_bytes", "writable", scan->total.writable_bytes },
		{ "executable_bytes", "executable", scan->total.executable_bytes },
		{ "both_bytes", "writable and executable", scan->total.both_bytes },
	};
	struct doc *d = scan->doc;
	uint64_t limit;

	doc_u64(d, "mappings", NULL, scan->total.mappings);
	doc_passing(d);
	if (read_limit(s, &limit) == 0)
		doc_u64(d, "mappings_max", "at most", limit);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		doc_bytes(d, rows[i].key, rows[i].title, rows[i].bytes);
		doc_passing(d);
	}
	if (scan->total.malformed)
		doc_u64(d, "malformed", "lines that could not be read", scan->total.malformed);
}

void inspect_memory_map(struct subject *s, struct doc *d)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct map_scan scan = { .doc = d };
	int err = proc_lines_open(&lines, s->live_fd, "maps");

	if (err || common_has_no_program(s)) {
		if (common_has_no_program(s))
			common_no_program(s, "mappings", NULL, d);
		else
			doc_missing(d, "mappings", NULL, err);
		return;
	}
	scan.memfd_known = probe_memfd_device(&scan.memfd_major, &scan.memfd_minor) == 0;
	doc_list(d, "writable_executable", "writable and executable");
	err = scan_maps(&lines, &scan);
	doc_end(d);
	put_totals(s, &scan);
	if (err)
		doc_missing(d, "rest", "the rest", err);
	HASH_SORT(scan.files, compare_files);
	put_deleted(&scan);
	put_files(&scan);
	HASH_CLEAR(hh, scan.files);
	arena_done(&scan.arena);
	buf_done(&scan.key);
}
