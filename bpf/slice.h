/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * slice.h - writing the variable parts of a record one after the other
 *
 * While a slice is written, its full_len is the offset of the next byte. It is kept in
 * memory and loaded anew in each iteration because the verifier knows nothing of a value
 * from there: in a register its bounds would differ in each iteration and on each way
 * through it, no state would be recognised as seen before, and verification would take
 * quadratic time.
 */
#ifndef PROCTRACE_SLICE_H
#define PROCTRACE_SLICE_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "proctrace/wire.h"

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

#endif /* PROCTRACE_SLICE_H */
