/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * config.h - what the agent tells the kernel side before it is loaded
 *
 * Lives in read-only data, so that the verifier removes what is switched off.
 */
#ifndef PROCTRACE_CONFIG_H
#define PROCTRACE_CONFIG_H

#include <linux/types.h>

struct ptc_config {
	__u64 wake_bytes;      /* unread bytes in the ring past which a napping agent is woken */
	__u64 rate_limit;      /* records of a container in a window (meter.h); 0: any number */
	__u64 rate_window_ns;  /* how long a window is */
	__s32 v1_subsys;       /* index of a v1 controller in css_set.subsys, -1: none */
	__u32 v1_hierarchy_id; /* its hierarchy, as in /proc/cgroups */
	__u32 capture_env;     /* copy the environment at exec */
	__u32 signals;	       /* send PTC_SIGNAL records */
	__u32 gates;	       /* some containers may be excluded, or limited; see gate.h */
	__u32 failed_exec;     /* calls of execve() that may fail are noted at their entry */
	__u32 namespaces;      /* likewise those of setns() and unshare() */
	__u32 pad;
};

_Static_assert(sizeof(struct ptc_config) == 56, "size of struct ptc_config");

#endif /* PROCTRACE_CONFIG_H */
