// SPDX-License-Identifier: Apache-2.0
/*
 * files_order.c - which files are of one log, and which comes first
 */
#include "log/files_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes "SEPARATOR digits" off the end. logrotate's dates have several such parts. */
static bool take_number(struct str *s, uint64_t *ret_number)
{
	size_t begin = s->len;
	uint64_t number = 0;

	while (begin > 0 && is_digit(s->p[begin - 1]))
		begin--;
	/* Nothing would be left of a name that is nothing but a number. */
	if (begin == s->len || begin < 2 || (s->p[begin - 1] != '.' && s->p[begin - 1] != '-'))
		return false;
	for (size_t i = begin; i < s->len; i++) {
		if (__builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(s->p[i] - '0'), &number))
			return false;
	}
	s->len = begin - 1;
	*ret_number = number;
	return true;
}

void files_name(struct log_files_item *item)
{
	struct str path = str_of(item->file.path);
	struct str name = str_basename(path);

	item->directory = str_from(path.p, path.len - name.len);
	item->compressed = name.len > 3 && !memcmp(name.p + name.len - 3, ".gz", 3);
	if (item->compressed)
		name.len -= 3;
	item->number = NUMBER_CURRENT;
	take_number(&name, &item->number);
	item->stem = name;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_str(struct str a, struct str b)
{
	int r = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

	return r ? r : compare_u64(a.len, b.len);
}

/* Same names next to each other, in each directory. Standard input is no log of a name. */
static int compare_names(const void *p, const void *q)
{
	const struct log_files_item *a = p, *b = q;
	int r = compare_u64(a->inode == 0, b->inode == 0);

	r = r ? r : compare_str(a->stem, b->stem);
	r = r ? r : compare_str(a->directory, b->directory);
	r = r ? r : compare_u64(a->number, b->number);
	r = r ? r : compare_u64(a->compressed, b->compressed);
	return r ? r : compare_u64(a->given, b->given);
}

static int compare_inodes(const void *p, const void *q)
{
	const struct log_files_item *a = p, *b = q;
	int r = compare_u64(a->dev, b->dev);

	r = r ? r : compare_u64(a->inode, b->inode);
	return r ? r : compare_u64(a->given, b->given);
}

static int compare_groups(const void *p, const void *q)
{
	const struct log_files_item *a = p, *b = q;
	int r = compare_u64(a->group, b->group);

	return r ? r : compare_names(a, b);
}

/* Those with a number by it, then those with a time alone: an older log comes first. */
static int compare_records(const void *p, const void *q)
{
	const struct log_files_item *a = p, *b = q;
	int r = compare_u64(a->file.has_seq, b->file.has_seq);

	r = r ? r : compare_u64(a->file.seq, b->file.seq);
	if (r == 0 && a->wall_ns != b->wall_ns)
		r = a->wall_ns < b->wall_ns ? -1 : 1;
	return r ? r : compare_names(a, b);
}

static void swap(struct log_files_item *a, struct log_files_item *b)
{
	struct log_files_item item = *a;

	*a = *b;
	*b = item;
}

/* Moves those that are the same as the one before to the end. Returns how many are left. */
static size_t drop(struct log_files_item *items, size_t len,
		   bool (*is_same)(const struct log_files_item *, const struct log_files_item *))
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++) {
		if (kept && is_same(&items[kept - 1], &items[i]))
			continue;
		swap(&items[kept++], &items[i]);
	}
	return kept;
}

static bool is_same_file(const struct log_files_item *a, const struct log_files_item *b)
{
	return a->inode && a->dev == b->dev && a->inode == b->inode;
}

/* Whoever compresses a file leaves both there for a moment, or if he is killed then. */
static bool is_copy(const struct log_files_item *a, const struct log_files_item *b)
{
	return a->inode && b->inode && str_eq(a->stem, b->stem) &&
	       str_eq(a->directory, b->directory) && a->number != NUMBER_CURRENT &&
	       a->number == b->number && !a->compressed && b->compressed &&
	       (!b->is_log || (a->file.has_seq == b->file.has_seq && a->file.seq == b->file.seq &&
			       a->wall_ns == b->wall_ns));
}

static bool is_same_host(const struct log_files_item *a, const struct log_files_item *b)
{
	return a->host && b->host && !strcmp(a->host, b->host);
}

/* The sequence numbers at which the files of a directory begin. */
struct range {
	uint64_t min, max;
	bool is_known; /* of all of them */
};

static struct range range_of(const struct log_files_item *items, size_t len)
{
	struct range range = { .min = UINT64_MAX, .is_known = true };

	for (size_t i = 0; i < len; i++) {
		const struct log_file *file = &items[i].file;

		range.is_known &= file->has_seq;
		range.min = file->seq < range.min ? file->seq : range.min;
		range.max = file->seq > range.max ? file->seq : range.max;
	}
	return range;
}

/* Does b go on where a ends, or the other way round? Another log would begin where it does. */
static bool follow_each_other(struct range a, struct range b)
{
	return a.is_known && b.is_known && (a.max < b.min || b.max < a.min);
}

static size_t first_given(const struct log_files_item *items, size_t len)
{
	size_t given = SIZE_MAX;

	for (size_t i = 0; i < len; i++)
		given = items[i].given < given ? items[i].given : given;
	return given;
}

static bool is_one_log(const struct log_files_item *a, const struct log_files_item *b)
{
	return a->inode && b->inode && str_eq(a->stem, b->stem) &&
	       str_eq(a->directory, b->directory);
}

static void set_group(struct log_files_item *items, size_t len)
{
	size_t group = first_given(items, len);

	for (size_t i = 0; i < len; i++)
		items[i].group = group;
}

/* items are ordered by name. A group is the files of one log. */
static void make_groups(struct log_files_item *items, size_t len)
{
	size_t begin = 0, end, log = 0; /* the log's files begin at log */

	for (; begin < len; begin = end) {
		for (end = begin + 1; end < len && is_one_log(&items[begin], &items[end]); end++)
			;
		if (begin == 0 || !items[begin].inode ||
		    !str_eq(items[log].stem, items[begin].stem) ||
		    !is_same_host(&items[log], &items[begin]) ||
		    !follow_each_other(range_of(items + log, begin - log),
				       range_of(items + begin, end - begin)))
			log = begin;
		set_group(items + log, end - log);
	}
}

/*
 * items are one log, ordered by the numbers of their names. A file whose beginning says
 * nothing keeps its place, the others share the rest.
 */
static void order_log(struct log_files_item *items, size_t len, struct log_files_item *spare)
{
	size_t known = 0, next = 0;

	for (size_t i = 0; i < len; i++) {
		if (items[i].file.has_seq || items[i].has_time)
			spare[known++] = items[i];
	}
	qsort(spare, known, sizeof(*spare), compare_records);
	for (size_t i = 0; i < len; i++) {
		if (items[i].file.has_seq || items[i].has_time)
			items[i] = spare[next++];
	}
}

int files_order(struct log_files_item *items, size_t len, size_t *ret_len)
{
	struct log_files_item *spare;

	*ret_len = 0;
	if (len == 0)
		return 0; /* no list at all is no address, which qsort(3) wants */
	spare = calloc(len + 1, sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	qsort(items, len, sizeof(*items), compare_inodes);
	len = drop(items, len, is_same_file);
	qsort(items, len, sizeof(*items), compare_names);
	len = drop(items, len, is_copy);
	make_groups(items, len);
	qsort(items, len, sizeof(*items), compare_groups);
	for (size_t begin = 0, end; begin < len; begin = end) {
		for (end = begin + 1; end < len && items[begin].group == items[end].group; end++)
			;
		order_log(items + begin, end - begin, spare);
	}
	free(spare);
	*ret_len = len;
	return 0;
}
