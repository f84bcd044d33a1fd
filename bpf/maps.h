/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * maps.h - everything the programs keep, in one place
 *
 * The agent talks to the programs through memory alone: the ring, and the global
 * variables below, which libbpf puts into memory-mapped arrays. No bpf() call is
 * made after attaching, so that every capability for it can be dropped.
 */
#ifndef PROCTRACE_MAPS_H
#define PROCTRACE_MAPS_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "proctrace/config.h"
#include "proctrace/gate.h"
#include "proctrace/meter.h"
#include "proctrace/wire.h"

/* Set before loading, frozen after; the verifier drops what it switches off. */
const volatile struct ptc_config config = { .v1_subsys = -1 };

/* Written by both sides; see ring.h. */
struct ptc_wake wake;

/* Written here, read by the agent. A shard is shared by the CPUs of one remainder. */
struct ptc_stats stats[PTC_STAT_SHARDS];

/* The agent writes what is its own in there, see include/proctrace/gate.h. */
struct ptc_decided decided[PTC_GATE_HIERARCHIES];

/* The agent sets the real size before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

/* Which containers are excluded or limited; one slot only if none can be, see gate.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PTC_GATE_SLOTS);
	__type(key, u32);
	__type(value, struct ptc_gate);
} gates SEC(".maps");

/* How much of each container was sent; one only if none is limited, see limit.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PTC_METERS);
	__type(key, u32);
	__type(value, struct ptc_meter);
} meters SEC(".maps");

/* Why the namespaces of a process in a container may not be the container's. */
enum visit {
	/* Called setns(2) on its way in from outside, as a runtime's; until it executes what it brings. */
	VISIT_ENTERING,
	/* Of the container, and in others' namespaces, perhaps of one that is asked for; so are its children. */
	VISIT_AWAY,
	/* It, or who forked it, made them. */
	VISIT_MADE,
};

/* Those of whom that is known; key: pid. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, u32);
} visitors SEC(".maps");

/* Who sent the last signal that can end this process; key: its pid. */
struct sender {
	u64 target_start_ns;
	u64 start_ns;
	u32 pid;
	u32 uid;
	u32 number;
	s32 code;
	u32 from_kernel;
	u32 pad;
	char comm[PTC_COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct sender);
} senders SEC(".maps");

/* Processes that the out-of-memory killer chose; key: pid, value: start time. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, u64);
} oom_victims SEC(".maps");

/*
 * What is kept of a call from its entry to its end; key: the task, which an exec by a thread
 * does not change as it does the thread's id. No LRU: an entry that were thrown out would be a
 * record that nobody counts.
 */
#define CALLS_MAX 1024

/* The namespaces at the entry of setns() or unshare(). */
struct ns_entry {
	u32 ns[PTC_NS_COUNT];
	u32 flags;
	u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CALLS_MAX);
	__type(key, u64);
	__type(value, struct ns_entry);
} ns_entries SEC(".maps");

/*
 * The pointers given to execve() or execveat(). The strings are read
 * at the exit of a call that failed: their pages may not be resident at its entry,
 * and the kernel has touched them by its end.
 */
struct exec_entry {
	u64 filename;
	u64 argv;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CALLS_MAX);
	__type(key, u64);
	__type(value, struct exec_entry);
} exec_entries SEC(".maps");

#define SCRATCH_SLOTS 32
#define SCRATCH_TAIL  (4 * (PTC_PATH_MAX + PTC_NAME_MAX)) /* two paths, two strings */

/*
 * Where the record of an exec is put together: how large it is shows only when its paths
 * were walked, and the verifier would follow every walk anew for each size class of a
 * record. What is loaded from here has no bounds for the verifier, which is a merit: it
 * then follows one way through what comes, not one for each way that led to a number.
 */
struct scratch {
	struct ptc_exec exec;
	u64 args_start; /* address of the arguments in the process's memory */
	u32 copy_len;	/* bytes from there on: arguments, and environment behind them */
	u32 tail_len;	/* bytes of tail in use; offsets of its slices count from its start */
	char tail[SCRATCH_TAIL];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/*
 * The slots in use. "One for each CPU" would not do: a kernel that preempts tracepoints may
 * run a second program in the midst of the first. Inserting a key that is not there is the
 * only exclusive operation that BPF has on 5.10; compare-and-exchange came with 5.12
 * (5ffa25502b5a).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, u32);
	__type(value, u32);
} scratches_taken SEC(".maps");

#endif /* PROCTRACE_MAPS_H */
