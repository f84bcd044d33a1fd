/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * path.h - a path as the process sees it, by a bounded walk to its root
 *
 * bpf_d_path() is refused to tracepoint programs, and /proc/<pid>/exe shows the
 * reader's view. A path is walked twice: once to learn how long it is, so that a
 * record of the right class can be reserved, and once to copy its components,
 * last one first, with a NUL after each; the agent turns them round. Names may
 * change between the two walks (rename(2)): the second one stops at the bound and
 * flags what it left out.
 */
#ifndef PROCTRACE_PATH_H
#define PROCTRACE_PATH_H

#include <bpf/bpf_core_read.h>

#include "maps.h"

struct walk {
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
	bool ended; /* that was the last component */
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
	w->ended = false;
}

/* One component up, as the kernel's prepend_path() does. */
static __always_inline enum step walk_step(struct walk *w, struct qstr *ret_name)
{
	/* Not through w: a relocation would be made for struct walk, which is ours. */
	struct dentry *dentry = w->dentry, *parent, *mnt_root;
	struct mount *mount = w->mount, *mount_parent;

	if (w->ended)
		return STEP_DETACHED;
	if (dentry == w->root_dentry && mount == w->root_mount)
		return STEP_ROOT;
	mnt_root = BPF_CORE_READ(mount, mnt.mnt_root);
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == mnt_root) {
		mount_parent = BPF_CORE_READ(mount, mnt_parent);
		if (mount_parent == mount)
			return STEP_DETACHED;
		w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		w->mount = mount_parent;
		return STEP_MOUNT;
	}
	bpf_core_read(ret_name, sizeof(*ret_name), &dentry->d_name);
	/* A memfd is its own parent: in no directory, yet with a name. */
	w->ended = dentry == parent;
	w->dentry = parent;
	return STEP_NAME;
}

/* Bytes that copying this path will take, and one component more. */
static __noinline u32 path_measure(struct path *from, struct path *root)
{
	struct qstr name = {};
	struct walk w;
	u32 len = 0;

	walk_init(&w, from, root);
	for (int i = 0; i < PTC_PATH_DEPTH; i++) {
		enum step step = walk_step(&w, &name);

		if (step == STEP_ROOT || step == STEP_DETACHED)
			break;
		if (step == STEP_NAME)
			len += (name.len & (PTC_NAME_MAX - 1)) + 1;
	}
	return len;
}

/*
 * While a slice is copied, its full_len is the offset of the next byte. It is kept
 * in the record and loaded anew in each iteration because the verifier knows
 * nothing of a value from there: in a register its bounds would differ in each
 * iteration and on each way through it, no state would be recognised as seen
 * before, and verification would take quadratic time.
 */
static __always_inline void slice_begin(struct ptc_slice *slice, u32 off, u32 flags)
{
	slice->off = off;
	slice->flags = flags;
	*(volatile u32 *)&slice->full_len = off;
}

static __always_inline u32 slice_next(struct ptc_slice *slice)
{
	return *(volatile u32 *)&slice->full_len;
}

static __always_inline void slice_advance(struct ptc_slice *slice, u32 n)
{
	*(volatile u32 *)&slice->full_len += n;
}

/* Returns the offset after it. */
static __always_inline u32 slice_end(struct ptc_slice *slice)
{
	u32 end = slice_next(slice);

	slice->len = end - slice->off;
	slice->full_len = slice->len;
	return end;
}

/*
 * Copies a path to record + off, never past cap, which is a constant to the
 * verifier. Returns the offset after it.
 */
static __always_inline u32 path_copy(void *record, u32 off, u32 cap, struct ptc_slice *slice,
				     struct path *from, struct path *root)
{
	struct qstr name = {};
	struct walk w;

	slice_begin(slice, off, PTC_SLICE_REVERSED | PTC_SLICE_TRUNCATED);
	walk_init(&w, from, root);
	for (int i = 0; i < PTC_PATH_DEPTH; i++) {
		enum step step = walk_step(&w, &name);
		long n;

		if (step == STEP_ROOT || step == STEP_DETACHED) {
			slice->flags = PTC_SLICE_REVERSED |
				       (step == STEP_DETACHED ? PTC_SLICE_DETACHED : 0);
			break;
		}
		if (step == STEP_MOUNT)
			continue;
		off = slice_next(slice);
		if (off > cap - PTC_NAME_MAX)
			break;
		n = bpf_probe_read_kernel_str(record + off, PTC_NAME_MAX, name.name);
		if (n <= 0)
			break;
		slice_advance(slice, n);
	}
	return slice_end(slice);
}

/*
 * Length of a string in kernel memory with its NUL, at most PTC_PATH_MAX. What is
 * copied on the way is never read, so it does not matter who else writes there.
 */
static char never_read[8][PTC_PATH_MAX];

static __always_inline u32 string_measure(const char *from)
{
	long n = bpf_probe_read_kernel_str(never_read[bpf_get_smp_processor_id() & 7], PTC_PATH_MAX,
					   from);

	return n > 0 ? n : 0;
}

/* Copies a kernel string in steps of a component's size; the NUL is not counted. */
static __always_inline u32 string_copy(void *record, u32 off, u32 cap, struct ptc_slice *slice,
				       const char *from)
{
	slice_begin(slice, off, PTC_SLICE_TRUNCATED);
	for (int i = 0; i < PTC_PATH_MAX / (PTC_NAME_MAX - 1) + 1; i++) {
		long n;

		off = slice_next(slice);
		if (off > cap - PTC_NAME_MAX)
			break;
		n = bpf_probe_read_kernel_str(record + off, PTC_NAME_MAX,
					      from + i * (PTC_NAME_MAX - 1));
		if (n <= 0)
			break;
		slice_advance(slice, n - 1);
		if (n < PTC_NAME_MAX) {
			slice->flags = 0;
			break;
		}
	}
	return slice_end(slice);
}

#endif /* PROCTRACE_PATH_H */
