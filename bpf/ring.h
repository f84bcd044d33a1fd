/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * ring.h - reserving, submitting, counting, and when to wake the agent
 *
 * Waking the agent costs ten times what a record costs, so records are submitted
 * without it. The agent is woken in two cases only: it said that it blocks until
 * something comes (wake.idle), or it naps by timer (wake.napping) and the ring
 * fills past config.wake_bytes.
 *
 * Why idle is read after the submit, and why the wake-up is a record of its own:
 * reading the flag first and choosing the submit's flags by it loses wake-ups.
 * The submit's atomic exchange of the record header is the barrier on this side;
 * the agent sets idle, issues a full barrier, and only then compares the
 * positions. So either the agent sees the record or this side sees idle.
 */
#ifndef PROCTRACE_RING_H
#define PROCTRACE_RING_H

#include "maps.h"

static __always_inline struct ptc_stats *this_stats(void)
{
	return &stats[bpf_get_smp_processor_id() & (PTC_STAT_SHARDS - 1)];
}

static __always_inline void count_lost(u32 type, u32 reason)
{
	struct ptc_stats *s = this_stats();
	u64 now = bpf_ktime_get_boot_ns();

	__sync_fetch_and_add(&s->lost[type][reason], 1);
	/* Two CPUs of one shard may race here; either time is true. */
	if (!s->lost_first_ns)
		s->lost_first_ns = now;
	s->lost_last_ns = now;
}

static __always_inline void wake_agent(void)
{
	void *nothing = bpf_ringbuf_reserve(&ring, 8, 0);

	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	__sync_fetch_and_add(&this_stats()->wakeups, 1);
}

/* Something was submitted that had better not wait for the timer. */
static __always_inline void hurry(void)
{
	if (*(volatile u32 *)&wake.napping) {
		wake.napping = 0;
		wake_agent();
	}
}

static __always_inline void submit(void *record, u32 type)
{
	__sync_fetch_and_add(&this_stats()->sent[type], 1);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	if (*(volatile u32 *)&wake.idle) {
		wake.idle = 0;
		wake_agent();
	} else if (*(volatile u32 *)&wake.napping &&
		   bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > config.wake_bytes) {
		hurry();
	}
}

static __always_inline void fill_header(struct ptc_hdr *hdr, u32 type, u32 size)
{
	hdr->time_ns = bpf_ktime_get_boot_ns();
	hdr->size = size;
	hdr->cpu = bpf_get_smp_processor_id();
	hdr->type = type;
	hdr->version = PTC_WIRE_VERSION;
	hdr->flags = 0;
}

/* A record without a tail: NULL if there is no room, which is counted. */
#define RESERVE(rec, record_type)                                              \
	({                                                                     \
		(rec) = bpf_ringbuf_reserve(&ring, sizeof(*(rec)), 0);         \
		if (rec)                                                       \
			fill_header(&(rec)->hdr, record_type, sizeof(*(rec))); \
		else                                                           \
			count_lost(record_type, PTC_LOST_FULL);                \
		(rec);                                                         \
	})

/*
 * A record with a tail, of the smallest class that holds need bytes. *ret_cap is
 * the class, a constant to the verifier on each path, so that the bounds of
 * everything written below are known. Few classes: long records are rare, and each
 * class is verified anew.
 */
static __always_inline void *reserve_class(u32 need, u32 *ret_cap)
{
	if (need <= 1024) {
		*ret_cap = 1024;
		return bpf_ringbuf_reserve(&ring, 1024, 0);
	}
	if (need <= 2048) {
		*ret_cap = 2048;
		return bpf_ringbuf_reserve(&ring, 2048, 0);
	}
	if (need <= 8192) {
		*ret_cap = 8192;
		return bpf_ringbuf_reserve(&ring, 8192, 0);
	}
	if (need <= 65536) {
		*ret_cap = 65536;
		return bpf_ringbuf_reserve(&ring, 65536, 0);
	}
	*ret_cap = PTC_RECORD_MAX;
	return bpf_ringbuf_reserve(&ring, PTC_RECORD_MAX, 0);
}

#endif /* PROCTRACE_RING_H */
