// SPDX-License-Identifier: Apache-2.0
/*
 * probe.bpf.c - the least that a tracer can do: an empty record for each fork, exec and exit
 *
 * Nothing in it needs a helper for which the program would have to be GPL.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "probe.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, PROBE_RING_BYTES);
} ring SEC(".maps");

const volatile __u32 wakes; /* for each record; else the agent comes by itself */
__u64 lost;

static __always_inline int send(void)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, PROBE_RECORD_BYTES, 0);

	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	*record = bpf_ktime_get_boot_ns();
	bpf_ringbuf_submit(record, wakes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("raw_tracepoint/sched_process_fork")
int on_fork(void *ctx)
{
	(void)ctx;
	return send();
}

SEC("raw_tracepoint/sched_process_exec")
int on_exec(void *ctx)
{
	(void)ctx;
	return send();
}

SEC("raw_tracepoint/sched_process_exit")
int on_exit(void *ctx)
{
	(void)ctx;
	return send();
}

char LICENSE[] SEC("license") = "Apache-2.0";
