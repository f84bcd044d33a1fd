/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * path.h - a path as the process sees it, by a bounded walk to its root
 *
 * bpf_d_path() is refused to tracepoint programs, and /proc/<pid>/exe shows the
 * reader's view. The components are copied last one first, with a NUL after each;
 * the agent turns them round. What does not fit is flagged.
 */
#ifndef PROCTRACE_PATH_H
#define PROCTRACE_PATH_H

#include <bpf/bpf_core_read.h>

#include "maps.h"
#include "slice.h"

struct walk {
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
};

enum step {
	STEP_NAME,     /* a component */
	STEP_MOUNT,    /* crossed a mount point: nothing to copy */
	STEP_ROOT,     /* arrived at the process's root */
	STEP_DETACHED, /* arrived at another root: out of the process's reach */
};

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

static __always_inline void walk_init(struct walk *w, struct path *from, struct path *root)
{
	struct vfsmount *mnt = NULL;

	bpf_core_read(&mnt, sizeof(mnt), &from->mnt);
	w->mount = mount_of(mnt);
	bpf_core_read(&w->dentry, sizeof(w->dentry), &from->dentry);
	bpf_core_read(&mnt, sizeof(mnt), &root->mnt);
	w->root_mount = mount_of(mnt);
	bpf_core_read(&w->root_dentry, sizeof(w->root_dentry), &root->dentry);
}

/* One component up, as the kernel's prepend_path() does. */
static __always_inline enum step walk_step(struct walk *w, struct dentry **ret_component)
{
	/* Not through w: a relocation would be made for struct walk, which is ours. */
	struct dentry *dentry = w->dentry, *parent, *mnt_root;
	struct mount *mount = w->mount, *mount_parent;

	*ret_component = dentry;
	if (dentry == w->root_dentry && mount == w->root_mount)
		return STEP_ROOT;
	mnt_root = BPF_CORE_READ(mount, mnt.mnt_root);
	if (dentry == mnt_root) {
		mount_parent = BPF_CORE_READ(mount, mnt_parent);
		if (mount_parent == mount)
			return STEP_DETACHED;
		w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		w->mount = mount_parent;
		return STEP_MOUNT;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == parent)
		return STEP_DETACHED;
	w->dentry = parent;
	return STEP_NAME;
}

/* Copies one component; false if there is no room or it cannot be read. */
static __always_inline bool copy_component(struct scratch *s, struct ptc_slice *slice,
					   struct dentry *dentry)
{
	u32 off = slice_next(slice);
	long n;

	if (off - slice->off > PTC_PATH_MAX || off > SCRATCH_TAIL - PTC_NAME_MAX)
		return false;
	n = bpf_probe_read_kernel_str(s->tail + off, PTC_NAME_MAX,
				      BPF_CORE_READ(dentry, d_name.name));
	if (n <= 0)
		return false;
	slice_advance(slice, n);
	return true;
}

/* Copies a path behind what is in the scratch's tail. slice: one of those in s->exec. */
static __noinline int copy_path(struct scratch *s, struct ptc_slice *slice, struct path *from,
				struct path *root)
{
	struct dentry *component = NULL;
	struct walk w;

	slice_begin(slice, s->tail_len, PTC_SLICE_REVERSED | PTC_SLICE_TRUNCATED);
	walk_init(&w, from, root);
	for (int i = 0; i < PTC_PATH_DEPTH; i++) {
		enum step step = walk_step(&w, &component);

		if (step == STEP_ROOT) {
			slice->flags = PTC_SLICE_REVERSED;
			break;
		}
		if (step == STEP_DETACHED) {
			slice->flags = PTC_SLICE_REVERSED | PTC_SLICE_DETACHED;
			/*
			 * A memfd is in no directory, and a file that was mounted by itself has
			 * none once the mount is detached; both have a name.
			 */
			if (slice_next(slice) == slice->off)
				copy_component(s, slice, component);
			break;
		}
		if (step == STEP_NAME && !copy_component(s, slice, component))
			break;
	}
	s->tail_len = slice_end(slice);
	return 0;
}

/* The same for a string in kernel memory; the NUL is not counted. */
static __always_inline void copy_string(struct scratch *s, struct ptc_slice *slice,
					const char *from)
{
	u32 off = s->tail_len;
	long n = -1;

	slice_begin(slice, off, 0);
	if (off <= SCRATCH_TAIL - PTC_PATH_MAX)
		n = bpf_probe_read_kernel_str(s->tail + off, PTC_PATH_MAX, from);
	if (n > 0)
		slice_advance(slice, n - 1);
	else
		slice->flags = PTC_SLICE_UNREAD;
	s->tail_len = slice_end(slice);
}

#endif /* PROCTRACE_PATH_H */
