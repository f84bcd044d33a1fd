// SPDX-License-Identifier: Apache-2.0
/*
 * mounts.c - the mounts it sees: a tree, where each is on the host, overlays, masks
 */
#include "inspect/section.h"

#include <errno.h>

#include "inspect/common.h"
#include "inspect/mount_table.h"
#include "procfs/scan.h"

struct mounts {
	struct mount_table own;
	struct mount_table host;
	int host_error;	 /* 0, or why the host's are not known */
	bool is_host_ns; /* its mount namespace is the host's */
};

static bool has_option(struct str options, const char *wanted)
{
	struct str name, value;

	while (proc_mount_next_option(&options, &name, &value)) {
		if (str_eq(name, str_of(wanted)))
			return true;
	}
	return false;
}

/* Of the mount or of the file system below it. */
static bool is_read_only(const struct proc_mount *m)
{
	return has_option(m->options, "ro") || has_option(m->super_options, "ro");
}

static void put_propagation(const struct proc_mount *m, struct doc *d)
{
	if (m->shared && m->master)
		doc_text(d, "propagation", NULL, "shared %u, slave of %u", m->shared, m->master);
	else if (m->shared)
		doc_text(d, "propagation", NULL, "shared %u", m->shared);
	else if (m->master)
		doc_text(d, "propagation", NULL, "slave of %u", m->master);
	else
		doc_text(d, "propagation", NULL, m->unbindable ? "unbindable" : "private");
	/* The numbers of groups are not, whether there are any is what matters. */
	doc_passing(d);
}

static void put_on_host(const struct mounts *mounts, const struct proc_mount *m, struct doc *d)
{
	struct buf path = { 0 };

	/* In the host's namespace only a part is somewhere else as well. */
	if (mounts->host_error == 0 && !(mounts->is_host_ns && m->root.len == 1) &&
	    mount_table_locate(&mounts->host, m, mounts->is_host_ns ? m->id : 0, &path))
		doc_str(d, "on_host", "on the host", str_from(path.data, path.len));
	buf_done(&path);
}

static void put_mount(const struct mounts *mounts, const struct mount_node *node, struct doc *d)
{
	const struct proc_mount *m = &node->mount;

	if (!doc_item(d))
		return;
	doc_str(d, "point", NULL, m->point);
	doc_depth(d, node->depth - 1);
	doc_str(d, "type", NULL, m->type);
	doc_str(d, "source", NULL, m->source);
	doc_str(d, "root", NULL, m->root);
	doc_bool(d, "read_only", "read only", is_read_only(m));
	doc_str(d, "options", NULL, m->options);
	put_propagation(m, d);
	put_on_host(mounts, m, d);
	doc_u64(d, "id", NULL, m->id);
	doc_passing(d);
	doc_u64(d, "parent_id", "on", m->parent_id);
	doc_passing(d);
	doc_text(d, "device", NULL, "%u:%u", m->dev_major, m->dev_minor);
	doc_passing(d);
	doc_end(d);
}

static void put_tree(const struct mounts *mounts, struct doc *d)
{
	const struct mount_table *t = &mounts->own;

	doc_list(d, "mounts", NULL);
	for (size_t i = mount_table_first(t); i != MOUNT_NONE; i = mount_table_next(t, i))
		put_mount(mounts, &t->list[i], d);
	doc_end(d);
	if (t->malformed)
		doc_u64(d, "malformed", "lines that could not be read", t->malformed);
}

/* ---- overlays ---- */

/* The directories of all options with this name; those of a "+" are written plainly. */
static void put_layers(const struct proc_mount *m, const char *option, const char *key,
		       struct doc *d)
{
	struct str rest = m->super_options, name, value, path;
	size_t option_len = strlen(option);
	struct buf text = { 0 }, layer = { 0 };

	doc_list(d, key, NULL);
	while (proc_mount_next_option(&rest, &name, &value)) {
		bool is_plain = name.len == option_len + 1 && name.p[option_len] == '+';

		if (!str_has_prefix(name, str_of(option)) || (name.len != option_len && !is_plain))
			continue;
		buf_reset(&text);
		value = proc_mount_unescape(&text, value);
		if (is_plain) {
			doc_str(d, NULL, NULL, value);
			continue;
		}
		for (buf_reset(&layer); proc_overlay_next_layer(&value, &layer, &path);
		     buf_reset(&layer))
			doc_str(d, NULL, NULL, path);
	}
	doc_end(d);
	if (text.failed || layer.failed)
		d->failed = true;
	buf_done(&text);
	buf_done(&layer);
}

static bool is_overlay(const struct proc_mount *m)
{
	return str_eq(m->type, STR_LITERAL("overlay")) ||
	       str_eq(m->type, STR_LITERAL("fuse.fuse-overlayfs"));
}

static void put_overlay(const struct proc_mount *m, struct doc *d)
{
	doc_str(d, "point", NULL, m->point);
	put_layers(m, "upperdir", "upper", d);
	put_layers(m, "workdir", "work", d);
	put_layers(m, "lowerdir", "lower", d);
	put_layers(m, "datadir", "data", d);
}

/* Each is a block of its own: the paths of layers are long. */
static void put_overlays(const struct mounts *mounts, struct doc *d)
{
	doc_list(d, "overlays", NULL);
	for (size_t i = 0; i < mounts->own.len; i++) {
		if (!is_overlay(&mounts->own.list[i].mount) || !doc_item(d))
			continue;
		put_overlay(&mounts->own.list[i].mount, d);
		doc_end(d);
	}
	doc_end(d);
}

/* ---- masks ---- */

/* What runtimes put over parts of /proc and /sys; NULL: nothing of that kind. */
static const char *mask_of(const struct proc_mount *m)
{
	static const char *const kernels[] = { "proc", "sysfs" };

	if (str_has_suffix(m->root, STR_LITERAL("/null")) &&
	    (str_eq(m->type, STR_LITERAL("devtmpfs")) || str_eq(m->type, STR_LITERAL("tmpfs"))))
		return "hidden: /dev/null is mounted over it";
	if (str_eq(m->type, STR_LITERAL("tmpfs")))
		return is_read_only(m) ? "hidden: a read-only tmpfs is mounted over it" :
					 "hidden: a tmpfs is mounted over it";
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		if (str_eq(m->type, str_of(kernels[i])) && m->root.len > 1)
			return is_read_only(m) ? "read only" : "mounted again, writable";
	}
	if (str_has_prefix(m->type, STR_LITERAL("fuse")))
		return "replaced by a file system in user space";
	return NULL;
}

static void put_masks(const struct mounts *mounts, struct doc *d)
{
	doc_list(d, "masks", "masks over /proc and /sys");
	for (size_t i = 0; i < mounts->own.len; i++) {
		const struct proc_mount *m = &mounts->own.list[i].mount;
		const char *mask = mask_of(m);

		if (!mask || m->point.len <= strlen("/sys/") ||
		    (!mount_is_below(m->point, STR_LITERAL("/proc")) &&
		     !mount_is_below(m->point, STR_LITERAL("/sys"))) ||
		    str_eq(m->point, STR_LITERAL("/proc")) ||
		    str_eq(m->point, STR_LITERAL("/sys/fs/cgroup")) || !doc_item(d))
			continue;
		doc_str(d, "point", NULL, m->point);
		doc_text(d, "mask", NULL, "%s", mask);
		doc_end(d);
	}
	doc_end(d);
}

static bool is_in_host_ns(struct subject *s)
{
	const struct proc_ns *ns;

	return subject_ns(s, &ns) == 0 &&
	       world_is_host_ns(s->world, PROC_NS_MNT, ns->inode[PROC_NS_MNT]) == 1;
}

void inspect_mounts(struct subject *s, struct doc *d)
{
	struct mounts mounts = { .is_host_ns = is_in_host_ns(s) };
	int err = mount_table_read(s->live_fd, &mounts.own);

	if (err && s->is_zombie) {
		common_no_program(s, "mounts", NULL, d); /* it has left its mount namespace */
	} else if (err) {
		doc_missing(d, "mounts", NULL, err);
	} else {
		mounts.host_error = mount_table_read_host(s->world, &mounts.host);
		if (mounts.host_error)
			doc_missing(d, "on_host", "where they are on the host", mounts.host_error);
		put_tree(&mounts, d);
		put_overlays(&mounts, d);
		put_masks(&mounts, d);
	}
	mount_table_done(&mounts.own);
	mount_table_done(&mounts.host);
}
