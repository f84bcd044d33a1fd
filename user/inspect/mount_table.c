// SPDX-License-Identifier: Apache-2.0
/*
 * mount_table.c - the mounts that a process sees, as a tree
 */
#include "inspect/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "procfs/lines.h"
#include "procfs/ns.h"

static int add(struct mount_table *t, size_t *cap, const struct proc_mount *m)
{
	struct mount_node node = { .mount = *m, .parent = MOUNT_NONE };

	if (t->len == MOUNT_TABLE_MAX) {
		t->malformed++;
		return 0;
	}
	if (t->len == *cap) {
		size_t wanted = *cap ? 2 * *cap : 64;
		struct mount_node *list = reallocarray(t->list, wanted, sizeof(*list));

		if (!list)
			return -ENOMEM;
		t->list = list;
		*cap = wanted;
	}
	if (!arena_str(&t->arena, &node.mount.root) || !arena_str(&t->arena, &node.mount.point) ||
	    !arena_str(&t->arena, &node.mount.options) || !arena_str(&t->arena, &node.mount.type) ||
	    !arena_str(&t->arena, &node.mount.source) ||
	    !arena_str(&t->arena, &node.mount.super_options))
		return -ENOMEM;
	t->list[t->len++] = node;
	return 0;
}

static int read_all(int pid_fd, struct mount_table *t)
{
	_cleanup_lines_ struct proc_lines lines = { 0 };
	struct buf text = { 0 };
	struct proc_mount m;
	struct str line;
	size_t cap = 0;
	int err = proc_lines_open(&lines, pid_fd, "mountinfo");

	while (!err && (err = proc_lines_next(&lines, &line)) == 1) {
		err = parse_mount(line, &text, &m);
		if (err == -EBADMSG) {
			t->malformed++;
			err = 0;
		} else if (!err) {
			err = add(t, &cap, &m);
		}
	}
	t->malformed += lines.skipped;
	buf_done(&text);
	return err;
}

static int compare_ids(const void *a, const void *b, void *arg)
{
	const struct mount_table *t = arg;
	uint32_t x = t->list[*(const size_t *)a].mount.id;
	uint32_t y = t->list[*(const size_t *)b].mount.id;

	return x < y ? -1 : x > y;
}

static size_t index_of(const struct mount_table *t, uint32_t id)
{
	size_t from = 0, to = t->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (t->list[t->by_id[middle]].mount.id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < t->len && t->list[t->by_id[from]].mount.id == id ? t->by_id[from] :
									 MOUNT_NONE;
}

#define PLACING UINT32_MAX

/*
 * Sets the depths of a mount and of those it is on, as far as they have none. A ring of parents,
 * which no kernel writes, has no way in: where it closes it is opened.
 */
static void place(struct mount_table *t, size_t index)
{
	struct mount_node *top = &t->list[index];
	uint32_t depth = 1;

	for (;;) {
		top->depth = PLACING;
		if (top->parent == MOUNT_NONE)
			break;
		if (t->list[top->parent].depth == PLACING) {
			top->parent = MOUNT_NONE;
			break;
		}
		if (t->list[top->parent].depth) {
			depth = t->list[top->parent].depth + 1;
			break;
		}
		top = &t->list[top->parent];
	}
	for (size_t i = index; &t->list[i] != top; i = t->list[i].parent)
		depth++;
	for (;; index = t->list[index].parent) {
		t->list[index].depth = depth--;
		if (&t->list[index] == top)
			break;
	}
}

static int link_tree(struct mount_table *t)
{
	t->by_id = calloc(t->len, sizeof(*t->by_id));
	if (!t->by_id)
		return -ENOMEM;
	for (size_t i = 0; i < t->len; i++)
		t->by_id[i] = i;
	qsort_r(t->by_id, t->len, sizeof(*t->by_id), compare_ids, t);
	for (size_t i = 0; i < t->len; i++) {
		struct mount_node *node = &t->list[i];

		node->first_child = node->next_sibling = MOUNT_NONE;
		node->parent = index_of(t, node->mount.parent_id);
		if (node->parent == i)
			node->parent = MOUNT_NONE;
	}
	for (size_t i = 0; i < t->len; i++) {
		if (!t->list[i].depth)
			place(t, i);
	}
	/* From the last on, so that children stand in the order of the file. */
	for (size_t i = t->len; i-- > 0;) {
		size_t parent = t->list[i].parent;

		if (parent == MOUNT_NONE)
			continue;
		t->list[i].next_sibling = t->list[parent].first_child;
		t->list[parent].first_child = i;
	}
	return 0;
}

int mount_table_read(int pid_fd, struct mount_table *ret_table)
{
	int err;

	*ret_table = (struct mount_table){ 0 };
	err = read_all(pid_fd, ret_table);
	return !err && ret_table->len ? link_tree(ret_table) : err;
}

/* Of a copied /proc pid 1 will be the host's. */
static bool is_in_host_ns(const struct world *w, int pid_fd)
{
	struct proc_ns ns;

	return !w->is_live || (read_ns(pid_fd, &ns) == 0 &&
			       world_is_host_ns(w, PROC_NS_MNT, ns.inode[PROC_NS_MNT]) == 1);
}

int mount_table_read_host(const struct world *w, struct mount_table *ret_table)
{
	static const char *const names[] = { "1", "self", "2" };

	*ret_table = (struct mount_table){ 0 };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		_cleanup_close_ int fd =
			openat(w->proc_fd, names[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || !is_in_host_ns(w, fd))
			continue;
		if (mount_table_read(fd, ret_table) == 0 && ret_table->len)
			return 0;
		mount_table_done(ret_table);
	}
	return -EACCES;
}

void mount_table_done(struct mount_table *t)
{
	arena_done(&t->arena);
	free(t->list);
	free(t->by_id);
	*t = (struct mount_table){ 0 };
}

const struct mount_node *mount_table_find(const struct mount_table *t, uint32_t id)
{
	size_t index = index_of(t, id);

	return index == MOUNT_NONE ? NULL : &t->list[index];
}

static size_t next_root(const struct mount_table *t, size_t from)
{
	while (from < t->len && t->list[from].parent != MOUNT_NONE)
		from++;
	return from < t->len ? from : MOUNT_NONE;
}

size_t mount_table_first(const struct mount_table *t)
{
	return next_root(t, 0);
}

size_t mount_table_next(const struct mount_table *t, size_t index)
{
	if (t->list[index].first_child != MOUNT_NONE)
		return t->list[index].first_child;
	while (t->list[index].next_sibling == MOUNT_NONE) {
		if (t->list[index].parent == MOUNT_NONE)
			return next_root(t, index + 1);
		index = t->list[index].parent;
	}
	return t->list[index].next_sibling;
}

bool mount_is_below(struct str path, struct str dir)
{
	if (dir.len == 1 && dir.p[0] == '/')
		return path.len && path.p[0] == '/';
	return str_has_prefix(path, dir) && (path.len == dir.len || path.p[dir.len] == '/');
}

/* The mount that a path leads to: of those with the longest name the last, which is on top. */
const struct mount_node *mount_table_covering(const struct mount_table *t, struct str path)
{
	const struct mount_node *best = NULL;

	for (size_t i = 0; i < t->len; i++) {
		const struct mount_node *node = &t->list[i];

		if (mount_is_below(path, node->mount.point) &&
		    (!best || node->mount.point.len >= best->mount.point.len))
			best = node;
	}
	return best;
}

/* Appends point and what of root is below from: both begin with '/', "/" is nothing. */
static void join(struct buf *path, struct str point, struct str root, struct str from)
{
	struct str below = from.len == 1 ? root : str_from(root.p + from.len, root.len - from.len);

	if (point.len > 1)
		buf_str(path, point);
	if (below.len > 1 || point.len == 1)
		buf_str(path, below.len ? below : STR_LITERAL("/"));
}

bool mount_table_locate(const struct mount_table *t, const struct proc_mount *m, uint32_t except_id,
			struct buf *ret_path)
{
	size_t start = ret_path->len, best_len = SIZE_MAX;

	for (size_t i = 0; i < t->len; i++) {
		const struct proc_mount *there = &t->list[i].mount;
		size_t path_start = ret_path->len;
		struct str path;

		/* The largest part of the file system is the least surprising name. */
		if (there->dev_major != m->dev_major || there->dev_minor != m->dev_minor ||
		    there->id == except_id || there->root.len >= best_len ||
		    !mount_is_below(m->root, there->root))
			continue;
		join(ret_path, there->point, m->root, there->root);
		if (ret_path->failed)
			return false;
		path = str_from(ret_path->data + path_start, ret_path->len - path_start);
		if (mount_table_covering(t, path) != &t->list[i]) {
			ret_path->len = path_start;
			continue;
		}
		best_len = there->root.len;
		memmove(ret_path->data + start, path.p, path.len);
		ret_path->len = start + path.len;
	}
	return best_len != SIZE_MAX;
}
