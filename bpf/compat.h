/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * compat.h - one accessor for each thing that kernels name differently
 *
 * Each cites the commit that renamed it. Features are tested by their presence in
 * the kernel's BTF, never by a version.
 */
#ifndef PROCTRACE_COMPAT_H
#define PROCTRACE_COMPAT_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* parent became __parent in 6.15 (633488947ef6, "kernfs: Use RCU to access kernfs_node::parent"). */
static __always_inline u64 kernfs_parent_id(struct kernfs_node *kn)
{
	struct kernfs_node *parent;

	if (bpf_core_field_exists(kn->parent)) {
		parent = BPF_CORE_READ(kn, parent);
	} else {
		struct kernfs_node___v615 *now = (void *)kn;

		parent = BPF_CORE_READ(now, __parent);
	}
	return parent ? BPF_CORE_READ(parent, id) : 0;
}

#define MM_FILEPAGES  0 /* include/linux/mm_types_task.h */
#define MM_ANONPAGES  1
#define MM_SHMEMPAGES 3

/* The index must be a constant: an element of another size is another relocation. */
#define RSS_COUNT(mm, index)                                                      \
	({                                                                        \
		s64 rss_ = 0;                                                     \
		bpf_core_read(&rss_, sizeof(rss_), &(mm)->rss_stat[index].count); \
		rss_ > 0 ? rss_ : 0;                                              \
	})

/*
 * Peak resident pages of a memory map: the larger of its high-water mark, which the
 * kernel brings up to date only now and then, and what is resident now. Before 6.2
 * (f1a7941243c1, "mm: convert mm's rss stats into percpu_counter") an exiting task
 * has no mm any more when its exit is traced, so only the newer form is read.
 * Returns false if it cannot be told.
 */
static __always_inline bool mm_peak_pages(struct mm_struct *mm, u64 *ret_pages)
{
	u64 now, mark;

	if (!bpf_core_field_exists(mm->rss_stat[0].count))
		return false;
	now = RSS_COUNT(mm, MM_FILEPAGES) + RSS_COUNT(mm, MM_ANONPAGES) +
	      RSS_COUNT(mm, MM_SHMEMPAGES);
	mark = BPF_CORE_READ(mm, hiwater_rss);
	*ret_pages = now > mark ? now : mark;
	return true;
}

/*
 * Copies a string from user memory, at most `size` bytes with its NUL. Returns how many
 * those are, or a negative errno. For an empty string the helper returns 0 on 5.10 to
 * 6.12, and 1 on 6.18 (tried). Told apart without a branch, which the verifier would
 * follow anew for each argument.
 */
static __always_inline long read_user_string(char *to, u32 size, u64 from)
{
	u64 top;
	long n;

	*to = '\0';
	n = bpf_probe_read_user_str(to, size, (void *)from);
	top = n | -n; /* its highest bit: n is not 0 */
	asm volatile("" : "+r"(top));
	return n + 1 - (top >> 63);
}

#endif /* PROCTRACE_COMPAT_H */
